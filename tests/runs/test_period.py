"""Which dates a run is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period
from certify_intacct.runs.period import resolve_dry_run, resolve_period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YESTERDAY = date(2026, 11, 21)


def resolve(params=None, run_type="manual", start=None, end=None, zone="UTC", now=NOW):
    return resolve_period(
        params=params or {}, run_type=run_type, interval_start=start, interval_end=end, now=now, time_zone=zone
    )


@pytest.mark.parametrize("run_type", ["scheduled", "backfill"])
def test_an_interval_is_its_days(run_type):
    assert resolve(
        run_type=run_type, start=datetime(2026, 11, 3, tzinfo=UTC), end=datetime(2026, 11, 4, tzinfo=UTC)
    ) == Period(date(2026, 11, 3), date(2026, 11, 3))


@pytest.mark.parametrize(
    ("zone", "utc_start", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        # At midnight the clock is set to one: the day before ends there, and the day begins there.
        ("Africa/Cairo", datetime(2026, 4, 22, 22, tzinfo=UTC), 24),
        ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC), 23),
        ("America/Havana", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
    ],
)
def test_days_are_the_companys_also_when_the_clock_changes(zone, utc_start, hours):
    period = resolve(run_type="scheduled", start=utc_start, end=utc_start + timedelta(hours=hours), zone=zone)
    assert len(period) == 1


def test_a_manual_run_without_dates_is_about_the_last_complete_day():
    assert resolve() == Period(YESTERDAY, YESTERDAY)
    late_in_new_york = datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert resolve(zone="America/New_York", now=late_in_new_york).end == date(2026, 11, 20)


def test_a_manual_run_may_name_its_dates():
    asked = {"period_start": "2026-11-01", "period_end": "2026-11-05"}
    assert resolve(asked) == Period(date(2026, 11, 1), date(2026, 11, 5))


@pytest.mark.parametrize(
    "params",
    [
        {"period_start": "2026-11-01"},
        {"period_end": "2026-11-01"},
        {"period_start": "2026-11-05", "period_end": "2026-11-01"},
        {"period_start": "05.11.2026", "period_end": "2026-11-06"},
        {"period_start": "2026-11-21", "period_end": "2026-11-22"},
    ],
)
def test_wrong_dates_are_refused(params):
    with pytest.raises(BadInput):
        resolve(params)


def test_an_interval_of_part_days_is_refused():
    with pytest.raises(BadInput, match="whole days"):
        resolve(
            run_type="scheduled", start=datetime(2026, 11, 3, 2, tzinfo=UTC), end=datetime(2026, 11, 4, 2, tzinfo=UTC)
        )


def test_a_manual_run_for_another_interval_is_ambiguous():
    with pytest.raises(BadInput, match="backfill"):
        resolve(start=datetime(2026, 11, 3, tzinfo=UTC), end=datetime(2026, 11, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("asked", "run_type", "preview"),
    [
        (None, "manual", True),
        (None, "scheduled", False),
        (None, "backfill", False),
        (False, "manual", False),
        (True, "backfill", True),
    ],
)
def test_manual_runs_preview_by_default(asked, run_type, preview):
    assert resolve_dry_run({"dry_run": asked}, run_type) is preview
