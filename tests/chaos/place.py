"""Where small storms are played: a sandbox, a PostgreSQL and workers of their own, for the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from include.chaos.environment import Environment
from include.chaos.worker_pool import Lane, WorkerPool
from tests import memory


@contextmanager
def storm_place(name: str, lanes: int) -> Iterator[tuple[Environment, list[Lane]]]:
    """An environment and so many lanes, which end with it.

    :param name: stands in the name of its folder
    """
    with memory.folder(f"connector-chaos-{name}-") as folder:
        environment = Environment(folder, lanes)
        pool = None
        try:
            environment.start()
            pool = WorkerPool(folder)
            yield environment, [pool.lane(number) for number in range(lanes)]
        finally:
            if pool is not None:
                pool.stop()
            environment.stop()
