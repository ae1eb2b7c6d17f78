"""What a load is about, as it is written down when a run opens it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import BadInput, ConfigurationError, GuardTripped
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.pages.links import LoadLink, load_url
from certify_intacct.staging.database import Database
from certify_intacct.staging.manifest import get_load, uncovered_dates


@pytest.fixture
def company_zone(connections) -> ZoneInfo:
    return ZoneInfo(load(config_path()).company.time_zone)


@pytest.fixture
def opened(connections, context, database):
    def run(direction: str, *, preview: bool = False, **options):
        task = OpenLoadOperator(task_id="open_load", direction=direction, preview=preview)
        load_id = task.execute(context(**options))
        with Database(database.loader_url).connection() as connection:
            return get_load(connection, load_id)

    return run


def test_a_task_leads_to_the_page_of_its_load_and_to_the_list_where_none_was_opened(connections, context, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    where, task = SimpleNamespace(dag_id="expense_sync"), OpenLoadOperator(task_id="open_load", direction="expense")
    assert load_url(task, where) == "https://airflow.example.com/team/connector/loads?dag=expense_sync"
    load_id = task.execute(context())
    opened = f"https://airflow.example.com/team/connector/expense_sync/loads/{load_id}"
    assert LoadLink().get_link(task, ti_key=where) == opened
    later = RunReportOperator(task_id="report", load_id=load_id)
    assert [link.get_link(later, ti_key=where) for link in later.operator_extra_links] == [opened]


@pytest.mark.parametrize("run_type", ["manual", "scheduled", "backfill"])
def test_only_what_the_dag_is_makes_a_preview(opened, run_type):
    for direction in ("organization", "expense"):
        for preview in (False, True):
            run = {"run_type": run_type, "run_id": f"{direction} {preview}"}
            assert opened(direction, preview=preview, **run).preview is preview


@pytest.mark.parametrize(
    "entity", ["\x00", "100\x00", "\ud800", "1\x1b[31m", "", "  ", "x" * 101, 100, None, ["100"], {"a": "b"}]
)
def test_what_can_be_no_entity_is_refused_by_its_place(opened, entity):
    """Airflow's API takes any text, and a database does not: it would be an error that is tried again for half an hour."""
    with pytest.raises(BadInput, match="Entity 2 "):
        opened("expense", entities=["100", entity])
    assert opened("expense", entities=["100", "Ünïon 7"]).entities == ("100", "Ünïon 7")


def test_a_run_that_previewed_under_an_earlier_version_does_not_post_when_it_is_cleared(opened):
    """A run by hand was a preview then, without being given anything."""
    opened("expense", preview=True, run_id="manual__then")
    with pytest.raises(GuardTripped, match="was opened as a preview"):
        opened("expense", run_id="manual__then")
    assert opened("expense", preview=True, run_id="manual__then").preview is True
    assert opened("expense", run_id="manual__now").preview is False


@pytest.mark.parametrize(
    ("direction", "given", "cure"),
    [
        ("expense", {"dry_run": True}, "trigger expense_preview"),
        ("expense", {"dry_run": None}, "trigger expense_preview"),
        ("organization", {"dry_run": True}, "trigger organization_preview"),
        # It keeps people and lists of all entities, whatever is asked for.
        ("organization", {"entities": ["100"]}, "nothing but period_start, period_end."),
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


@pytest.mark.parametrize("direction", ["organization", "reconciliation"])
def test_a_run_that_the_form_of_an_earlier_version_started_is_cleared_as_before(opened, direction):
    """That form handed on every field, also those in which nobody wrote anything."""
    assert opened(direction, period_start=None, period_end=None, entities=[]).entities == ()


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


@pytest.mark.parametrize("late", [timedelta(seconds=0), timedelta(hours=3), timedelta(days=40)])
@pytest.mark.parametrize("with_interval", [True, False])
def test_a_run_by_hand_is_about_the_day_before_it_was_triggered_however_late_it_opens(
    opened, company_zone, late, with_interval
):
    """At 23:59 somebody looks at yesterday; the first task may find a worker after midnight, or the run is cleared weeks later."""
    today = datetime.now(tz=company_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    triggered = today - late - timedelta(seconds=60)
    yesterday = triggered.date() - timedelta(days=1)
    midnight = datetime.combine(triggered.date(), datetime.min.time(), company_zone)
    interval = (
        (datetime.combine(yesterday, datetime.min.time(), company_zone), midnight) if with_interval else (None, None)
    )
    period = opened("expense", interval=interval, run_after=triggered.astimezone(UTC)).period
    assert (period.start, period.end) == (yesterday, yesterday)


def test_what_was_not_a_complete_day_when_it_was_triggered_is_refused(opened, company_zone):
    triggered = datetime.now(tz=company_zone) - timedelta(days=3)
    day = str(triggered.date())
    with pytest.raises(BadInput, match="last complete day"):
        opened("expense", run_after=triggered, period_start=day, period_end=day)


def test_a_scheduled_run_is_about_its_interval_and_the_present(opened, company_zone):
    start = datetime(2026, 3, 2, tzinfo=company_zone)
    period = opened(
        "expense", run_type="scheduled", interval=(start, start + timedelta(days=1)), run_after=start
    ).period
    assert period.start == date(2026, 3, 2)
