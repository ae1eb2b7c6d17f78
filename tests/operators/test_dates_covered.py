"""A day whose run never happened is told by the next thing that runs: the morning's reconciliation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats

from certify_intacct.operators.dates_covered import DatesCoveredOperator
from certify_intacct.staging.manifest import advance
from tests.shipped_config import today


def yesterday() -> date:
    """Asked anew each time: the night may end while tests run."""
    return today() - timedelta(days=1)


class Heard(NoStatsLogger):
    gauges: dict[tuple[str, str], float] = {}

    @classmethod
    def gauge(cls, stat, value, rate=1, delta=False, *, tags=None) -> None:
        cls.gauges[tags["dag_id"], stat.removeprefix("certify_intacct.")] = value


@pytest.fixture
def gauges():
    Heard.gauges = {}
    stats.initialize(factory=Heard, export_legacy_names=False)
    yield Heard.gauges
    stats.initialize(factory=NoStatsLogger, export_legacy_names=False)


@pytest.fixture
def morning(monkeypatch, database, caplog):
    """Runs the task as it runs each morning, and says what was told."""
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    caplog.set_level("INFO")

    def run() -> tuple[dict[str, int], str]:
        caplog.clear()
        found = DatesCoveredOperator(task_id="dates_covered", load_id=1).execute({})
        return found, caplog.text

    return run


@pytest.fixture
def ran(store, new_load):
    """A run of a sync on a day came so far."""

    def run(days_ago: int, *, direction: str = "expense", state: str = "loaded") -> None:
        load_id = new_load(
            day=yesterday() - timedelta(days=days_ago), direction=direction, run_id=f"{direction}-{days_ago}"
        )
        if state != "open":
            with store.connection() as connection:
                advance(connection, load_id, state)

    return run


def test_a_scheduler_that_was_off_all_night_is_told_with_the_command_that_covers_it(morning, ran, gauges):
    ran(3)
    found, told = morning()
    assert found == {"expense_sync": 3}
    assert f"expense_sync: {yesterday()} is covered by no run." in told
    assert (
        "No run has begun with it: Airflow's scheduler did not run, the DAG is paused, or its run waits in the" in told
    )
    first = yesterday() - timedelta(days=2)
    assert (
        f"airflow backfill create --dag-id expense_sync --from-date {first} --to-date {yesterday()} --reprocess" in told
    )
    # Through the one notifier, which mails it where addresses are set.
    assert f"expense_sync: no run has covered {yesterday()}\n" in told
    assert gauges["expense_sync", "dates_uncovered"] == 3
    assert 0 <= gauges["expense_sync", "last_load_age_seconds"] < 600


@pytest.mark.parametrize(
    ("state", "said"),
    [("planned", "waits for an approval"), ("open", "is reading"), ("stopped", "was stopped by a check")],
)
def test_a_run_that_began_and_never_came_to_its_end_is_named(morning, ran, state, said):
    ran(1)
    ran(0, state=state)
    found, told = morning()
    assert found == {"expense_sync": 1}
    assert said in told
    assert "No run has begun" not in told


def test_a_night_that_went_well_tells_nobody_and_ends_the_alarm(morning, ran, gauges):
    ran(1)
    ran(0)
    found, told = morning()
    assert found == {"expense_sync": 0}
    assert "covered by no run" not in told
    assert gauges["expense_sync", "dates_uncovered"] == 0


def test_older_dates_alone_were_told_by_the_run_after_them(morning, ran):
    ran(5)
    ran(0)
    found, told = morning()
    assert found == {"expense_sync": 4}
    assert "covered by no run" not in told


def test_both_syncs_are_looked_at_and_one_that_nobody_uses_is_not(morning, ran):
    assert morning() == ({}, "")
    ran(0)
    ran(40, direction="organization")
    assert morning()[0] == {"expense_sync": 0}
    ran(2, direction="organization")
    found, told = morning()
    assert found == {"expense_sync": 0, "organization_sync": 31}
    assert f"organization_sync: {yesterday()} is covered by no run." in told
