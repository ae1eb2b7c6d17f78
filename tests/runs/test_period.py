"""Which dates a run is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pendulum
import pytest
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable

from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period
from certify_intacct.rules.backfills import moments
from certify_intacct.runs.period import resolve_period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YESTERDAY = date(2026, 11, 21)


def resolve(params=None, run_type="manual", start=None, end=None, zone="UTC", now=NOW, logical=None):
    return resolve_period(
        params=params or {}, run_type=run_type, interval_start=start, interval_end=end, now=now, time_zone=zone,
        logical_date=logical,
    )  # fmt: skip


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
        {"period_start": "0001-01-01", "period_end": "2026-11-01"},
        {"period_start": "0202-11-01", "period_end": "2026-11-01"},
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


def test_a_manual_run_for_another_interval_is_ambiguous_until_it_names_its_dates():
    interval = {"start": datetime(2026, 11, 3, tzinfo=UTC), "end": datetime(2026, 11, 4, tzinfo=UTC)}
    with pytest.raises(BadInput, match="Trigger it with period_start and period_end"):
        resolve(**interval)
    day = date(2026, 11, 3)
    assert resolve({"period_start": str(day), "period_end": str(day)}, **interval) == Period(day, day)


@pytest.mark.parametrize("logical", [NOW - timedelta(days=3), NOW + timedelta(days=1)])
def test_a_logical_date_that_airflow_takes_for_the_last_complete_day_is_refused(logical):
    """`airflow dags trigger --logical-date` of any date is given the last complete interval before now."""
    last = {"start": datetime(2026, 11, 21, tzinfo=UTC), "end": datetime(2026, 11, 22, tzinfo=UTC)}
    with pytest.raises(BadInput, match=f"logical date {logical.date()}, and Airflow gives it 2026-11-21") as refused:
        resolve(**last, logical=logical)
    assert "period_start and period_end" in refused.value.cure
    asked = {"period_start": "2026-11-19", "period_end": "2026-11-19"}
    assert resolve(asked, **last, logical=logical) == Period(date(2026, 11, 19), date(2026, 11, 19))
    for clear in (NOW, last["start"]):
        assert resolve(**last, logical=clear) == Period(YESTERDAY, YESTERDAY)


def test_a_dag_without_a_schedule_is_about_the_last_complete_day_too():
    """Airflow gives its run no interval, or one that is a moment: that of the logical date, which people may change."""
    assert resolve(start=NOW, end=NOW) == Period(YESTERDAY, YESTERDAY)
    late_in_new_york = datetime(2026, 11, 22, 3, tzinfo=UTC)
    asked = {"start": late_in_new_york, "end": late_in_new_york, "now": late_in_new_york}
    assert resolve(zone="America/New_York", **asked).end == date(2026, 11, 20)
    with pytest.raises(BadInput, match="2026-11-02"):
        resolve(start=datetime(2026, 11, 3, 9, tzinfo=UTC), end=datetime(2026, 11, 3, 9, tzinfo=UTC))


def midnights(zone: ZoneInfo) -> list[date]:
    """The days of some years that begin twice, or not at midnight."""
    starts = [datetime(2022, 1, 1, tzinfo=zone) + timedelta(days=n) for n in range(5 * 365)]
    return [start.date() for start in starts if start.utcoffset() != start.replace(fold=1).utcoffset()]


ODD = {name: days for name in sorted(available_timezones()) if (days := midnights(ZoneInfo(name)))}


def test_there_are_zones_whose_midnight_comes_twice_or_never():
    assert {"Atlantic/Azores", "America/Havana", "Africa/Cairo", "America/Santiago", "Asia/Beirut"} <= ODD.keys()


@pytest.mark.parametrize("zone", ODD)
def test_what_the_timetable_makes_of_such_a_day_is_that_day(zone):
    timetable = CronDataIntervalTimetable("0 0 * * *", timezone=pendulum.timezone(zone))
    for odd in ODD[zone]:
        noon = pendulum.instance(datetime.combine(odd - timedelta(days=3), time(12), ZoneInfo(zone)))
        restriction = TimeRestriction(earliest=noon, latest=None, catchup=True)
        worked, interval = [], None
        for _ in range(4):
            interval = timetable.next_dagrun_info(
                last_automated_data_interval=interval, restriction=restriction
            ).data_interval
            period = resolve(run_type="backfill", start=interval.start, end=interval.end, zone=zone)
            worked += period.dates()
        assert worked == [odd + timedelta(days=n) for n in range(-2, 2)]


@pytest.mark.parametrize("zone", ODD)
def test_a_backfill_between_two_moments_is_of_the_dates_that_it_is_asked_for(zone):
    """As the page *Cover them* asks Airflow for one, which takes each moment as it is."""
    timetable = CronDataIntervalTimetable("0 0 * * *", timezone=pendulum.timezone(zone))
    for odd in ODD[zone]:
        for first, last in ((0, 0), (-1, 0), (0, 1), (-2, 2), (-1, -1), (1, 1)):
            asked = Period(odd + timedelta(days=first), odd + timedelta(days=last))
            earliest, latest = (pendulum.instance(one) for one in moments(asked.start, asked.end, ZoneInfo(zone)))
            restriction = TimeRestriction(earliest=earliest, latest=latest, catchup=True)
            worked, info = [], None
            while info := timetable.next_dagrun_info(
                last_automated_data_interval=info and info.data_interval, restriction=restriction
            ):
                period = resolve(
                    run_type="backfill", start=info.data_interval.start, end=info.data_interval.end, zone=zone
                )
                worked += period.dates()
            assert worked == list(asked.dates()), (zone, asked)
