"""Small storms, the same each time for their seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from include.chaos.__main__ import keep, write_course
from include.chaos.environment import Environment
from include.chaos.round import Round
from include.chaos.size import Size
from include.chaos.worker_pool import Lane
from include.local.exposure import exposed
from tests.chaos.place import storm_place

SMALL = Size(people=24, reports_per_day=8, days=1, runs=2, aimed=3, sudden=0, acts=0, heat=1.5, organization=False)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Environment, list[Lane]]]:
    with storm_place("test", 2) as made:
        yield made


@pytest.mark.parametrize(
    ("number", "made", "reports"),
    # A report below zero is one of many.
    [
        (12, {"gl_journal": "GLBATCH"}, 8),
        (30, {"card_vendor_bill": "APBILL"}, 8),
        (5, {"ap_adjustment": "APADJUSTMENT", "expense_adjustment": "EXPENSEADJUSTMENTS"}, 90),
    ],
)
def test_nothing_twice_and_nothing_lost(place, number, made, reports):
    environment, lanes = place
    result = Round(environment, lanes[:1], 7, number, replace(SMALL, reports_per_day=reports)).play()
    verdict = result.verdict
    assert {name: found for name, found in verdict.wrongs.items() if found} == {}
    assert verdict.in_doubt == verdict.undecidable
    assert result.fine
    # A storm in which nothing happens proves nothing.
    assert set(made) <= set(result.targets)
    assert all(verdict.documents[kind] for kind in made.values())
    assert result.faults.total() > 3
    assert result.kills.total()


def test_lines_of_several_entities_share_documents_in_a_storm(place):
    environment, lanes = place
    result = Round(environment, lanes[:1], 7, 35, SMALL).play()
    assert result.fine, result.verdict.wrongs
    assert {"ap_bill", "gl_journal"} <= set(result.targets)
    assert result.verdict.several_entities
    assert result.faults.total() > 3


def test_a_round_that_is_played_again_does_the_same_step_by_step(place):
    """Two lanes at once, people, acts, sudden deaths and a second deployment's chance: all of it is drawn from the seed."""
    environment, lanes = place
    size = Size(people=24, reports_per_day=5, days=1, runs=1, aimed=5, sudden=5, acts=6, heat=1.5, rivals=False)
    first, again = (Round(environment, lanes, 7, 5, size).play() for _ in range(2))
    assert first.course == again.course
    assert first.digest == again.digest
    assert min(counted.total() for counted in (first.kills, first.acts, first.faults))
    assert {line.split()[2] for line in first.course if line.split()[1] == "lane"} == {"0", "1"}


def test_what_is_kept_of_a_round_is_as_private_as_the_stack(place, tmp_path):
    """A demo in the same checkout looks at every file."""
    environment, lanes = place
    result = Round(environment, lanes[:1], 7, 12, SMALL).play()
    write_course(result, tmp_path)
    keep(environment, 12, tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".sql", ".log", ".txt"}
    assert all(path.stat().st_size for path in tmp_path.iterdir())
    assert exposed([tmp_path], []) == []


def test_the_database_keeps_the_time_of_the_round(place):
    environment, _ = place
    environment.new_databases("clock")
    clock = environment.clock
    clock.set(datetime(2031, 5, 6, 7, tzinfo=UTC))
    asked = "SELECT now(), clock_timestamp(), clock_timestamp()"
    with psycopg.connect(environment.loader_url(0)) as connection:
        began, first, second = connection.execute(asked).fetchone() or ()
        assert began <= first <= second
        clock.sleep(60)
        same, later, _ = connection.execute(asked).fetchone() or ()
        assert same == began
        assert timedelta(seconds=59) < later - first < timedelta(seconds=61)
        connection.commit()
        assert connection.execute("SELECT now()").fetchone() > (later,)
    assert began.astimezone(UTC).date().isoformat() == "2031-05-06"
    with psycopg.connect(environment.owner_url) as connection:
        # What a row gets by itself was decided when the tables were made.
        (default,) = connection.execute(
            "SELECT column_default FROM information_schema.columns WHERE table_schema = 'ledger' AND table_name = 'event' "
            "AND column_name = 'at'"
        ).fetchone() or ("",)
    assert "pg_catalog" not in default
