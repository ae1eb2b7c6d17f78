"""One small storm, the same each time for its seed: one lane, and kills that wait for the moment between Intacct's commit and ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.chaos.environment import Environment
from include.chaos.round import Round, Size
from include.chaos.worker_pool import Lane, WorkerPool
from tests import memory

SMALL = Size(people=24, reports_per_day=8, days=1, runs=2, aimed=3, sudden=0, acts=0, heat=1.5, organization=False)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Environment, list[Lane]]]:
    with memory.folder("connector-chaos-test-") as folder:
        environment = Environment(folder, 1)
        pool = None
        try:
            environment.start()
            pool = WorkerPool(folder)
            yield environment, [pool.lane(0)]
        finally:
            if pool is not None:
                pool.stop()
            environment.stop()


@pytest.mark.parametrize(("number", "kind"), [(1, "APBILL"), (3, "GLBATCH")])
def test_nothing_twice_and_nothing_lost(place, number, kind):
    environment, lanes = place
    result = Round(environment, lanes, 7, number, SMALL).play()
    verdict = result.verdict
    assert {name: found for name, found in verdict.wrongs.items() if found} == {}
    assert verdict.in_doubt == verdict.undecidable
    assert result.fine
    # A storm in which nothing happens proves nothing.
    assert verdict.documents[kind]
    assert result.faults.total() > 3
    assert result.kills.total()
