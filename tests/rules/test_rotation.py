"""Every date of a posted report is compared within a week, the last ones every day, and none twice a day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.rotation import DAYS, due, ranges

TODAY = date(2026, 3, 31)
dates = st.sets(st.integers(0, 61), max_size=62).map(lambda found: {TODAY - timedelta(days=n) for n in found})


@given(dates, st.integers(0, 10), st.data())
def test_within_a_week_of_daily_runs_every_date_is_compared(posted, recent, data):
    compared: dict[date, date | None] = {
        day: data.draw(st.none() | st.integers(1, 40).map(lambda n: TODAY - timedelta(days=n)))
        for day in sorted(posted)
    }
    times = dict.fromkeys(posted, 0)
    for offset in range(DAYS):
        today = TODAY + timedelta(days=offset)
        days = due(compared, today, recent)
        assert {day for day in posted if day >= today - timedelta(days=recent)} <= set(days)
        for day in days:
            compared[day] = today
            times[day] += 1
        assert due(compared, today, recent) == []
    assert all(times.values())


@given(dates, st.sets(st.integers(0, 27)))
def test_after_days_without_a_run_what_is_overdue_comes_first(posted, missed):
    compared: dict[date, date | None] = dict.fromkeys(posted)
    for offset in range(28):
        today = TODAY + timedelta(days=offset)
        if offset not in missed:
            compared |= dict.fromkeys(due(compared, today, 3), today)
        if offset >= DAYS and offset not in missed:
            assert all(last is None or last > today - timedelta(days=DAYS) for last in compared.values())


def test_a_day_has_a_seventh_of_the_older_dates():
    posted = [TODAY - timedelta(days=n) for n in range(62)]
    compared: dict[date, date | None] = dict.fromkeys(posted)
    for offset in range(28):
        today = TODAY + timedelta(days=offset)
        days = due(compared, today, 0)
        compared |= dict.fromkeys(days, today)
        assert len(days) <= 10


@given(dates)
def test_ranges_have_all_dates_and_are_short(posted):
    days = sorted(posted)
    found = ranges(days)
    assert [day for part in found for day in part] == days
    assert all(part[-1] - part[0] < timedelta(days=DAYS) for part in found)


def test_a_weekend_between_divides_nothing():
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    assert ranges([friday, monday]) == [[friday, monday]]
    assert ranges([friday, monday + timedelta(days=1)]) == [[friday], [monday + timedelta(days=1)]]
