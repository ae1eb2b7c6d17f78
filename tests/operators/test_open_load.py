"""What a load is about, as it is written down when a run opens it."""

from __future__ import annotations

import re

import pytest

from certify_intacct.model.errors import BadInput, ConfigurationError, GuardTripped
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.staging.database import Database
from certify_intacct.staging.manifest import get_load, uncovered_dates


@pytest.fixture
def opened(connections, context, database):
    def run(direction: str, *, preview: bool = False, **options):
        task = OpenLoadOperator(task_id="open_load", direction=direction, preview=preview)
        load_id = task.execute(context(**options))
        with Database(database.loader_url).connection() as connection:
            return get_load(connection, load_id)

    return run


@pytest.mark.parametrize("run_type", ["manual", "scheduled", "backfill"])
def test_only_what_the_dag_is_makes_a_preview(opened, run_type):
    for direction in ("organization", "expense"):
        for preview in (False, True):
            run = {"run_type": run_type, "run_id": f"{direction} {preview}"}
            assert opened(direction, preview=preview, **run).dry_run is preview


def test_a_run_that_previewed_under_an_earlier_version_does_not_post_when_it_is_cleared(opened):
    """A run by hand was a preview then, without being given anything."""
    opened("expense", preview=True, run_id="manual__then")
    with pytest.raises(GuardTripped, match="was opened as a preview"):
        opened("expense", run_id="manual__then")
    assert opened("expense", preview=True, run_id="manual__then").dry_run is True
    assert opened("expense", run_id="manual__now").dry_run is False


@pytest.mark.parametrize(
    ("direction", "given", "cure"),
    [
        ("expense", {"dry_run": True}, "trigger expense_preview"),
        ("expense", {"dry_run": None}, "trigger expense_preview"),
        ("organization", {"dry_run": True}, "trigger organization_preview"),
        ("expense", {"entites": ["100"]}, "nothing but period_start, period_end, entities"),
        ("reconciliation", {"entities": ["100"]}, "nothing but period_start, period_end."),
    ],
)
def test_what_a_run_does_not_know_is_refused_before_anything_is_read(opened, database, direction, given, cure):
    """Airflow hands on whatever conf holds: who asks for a preview in the old way, or misspells a limit, must not post."""
    with pytest.raises(BadInput) as refused:
        opened(direction, **given)
    assert repr(next(iter(given))) in refused.value.message
    assert cure in refused.value.cure
    with Database(database.loader_url).connection() as connection:
        assert connection.execute("SELECT 1 FROM ops.load").fetchall() == []


def test_airflow_and_connector_yaml_speak_of_the_same_days(opened, monkeypatch):
    """Otherwise the dates of a backfill would be other days than those of the schedule, and nobody would see it."""
    monkeypatch.setenv("AIRFLOW__CORE__DEFAULT_TIMEZONE", "America/New_York")
    with pytest.raises(ConfigurationError, match="America/New_York, and the company lives in Europe/Berlin") as refused:
        opened("expense")
    name, _, zone = re.search(r"(AIRFLOW__\w+)(=)([\w/]+)\.", refused.value.cure).groups()
    monkeypatch.setenv(name, zone)
    assert opened("expense").period


def test_every_opening_is_a_load_of_its_own(opened):
    assert opened("expense").load_id != opened("expense").load_id


def test_a_run_for_some_entities_covers_no_date(opened, database):
    load = opened("expense", entities=["100"])
    with Database(database.loader_url).connection() as connection:
        connection.execute("UPDATE ops.load SET state = 'loaded' WHERE load_id = %s", [load.load_id])
        assert uncovered_dates(connection, "expense", load.period.start, load.period.end) == [load.period.start]
