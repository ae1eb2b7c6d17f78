"""What a load is about, as it is written down when a run opens it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import BadInput
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.staging.database import Database
from certify_intacct.staging.manifest import get_load, uncovered_dates


@pytest.fixture
def company_zone(connections) -> ZoneInfo:
    return ZoneInfo(load(config_path()).company.time_zone)


@pytest.fixture
def opened(connections, context, database):
    def run(direction: str, **options):
        load_id = OpenLoadOperator(task_id="open_load", direction=direction).execute(context(**options))
        with Database(database.loader_url).connection() as connection:
            return get_load(connection, load_id)

    return run


def test_a_reconciliation_by_hand_is_no_preview(opened):
    assert opened("reconciliation").dry_run is False, (
        "it changes nothing at either service: there is nothing to preview"
    )
    assert opened("expense").dry_run is True


def test_every_opening_is_a_load_of_its_own(opened):
    assert opened("expense").load_id != opened("expense").load_id


def test_a_run_for_some_entities_covers_no_date(opened, database):
    load = opened("expense", dry_run=False, entities=["100"])
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
