"""What a month of API calls comes to."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.api_use import month_of_calls

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=40)


@given(DAYS, st.integers(0, 10**7), st.integers(1, 28))
def test_days_that_are_all_alike_come_to_their_month(today, calls, before):
    by_day = {today - timedelta(days=back): calls for back in range(before + 1)}
    counted = sum(calls for day in by_day if day.month == today.month)
    month = month_of_calls(by_day, today)
    assert month.so_far == counted
    assert month.by_its_end == counted + calls * (monthrange(today.year, today.month)[1] - today.day)


@given(DAYS, COUNTS)
def test_it_is_never_less_than_what_was_counted_and_at_the_last_day_no_more_than_a_usual_one(today, counts):
    by_day = {today - timedelta(days=back): calls for back, calls in enumerate(counts)}
    month = month_of_calls(by_day, today)
    assert month.by_its_end >= month.so_far
    last = today.replace(day=monthrange(today.year, today.month)[1])
    by_day = {last - timedelta(days=back): calls for back, calls in enumerate(counts)}
    month = month_of_calls(by_day, last)
    assert month.by_its_end - month.so_far <= max(counts)


@given(DAYS, COUNTS, st.integers(1, 10**9))
def test_it_warns_exactly_when_the_tier_is_passed(today, counts, tier):
    month = month_of_calls({today - timedelta(days=back): n for back, n in enumerate(counts)}, today, tier)
    assert month.exceeds == (month.by_its_end > tier)
    assert ("more than the" in month.words) == month.exceeds


def test_days_without_any_call_lower_the_rate():
    month = month_of_calls({date(2026, 11, 1): 1000, date(2026, 11, 11): 0}, date(2026, 11, 11), 100_000)
    assert (month.so_far, month.by_its_end) == (1000, 1000 + 100 + 1900)
    assert month.words == (
        "1,000 calls of Intacct were counted this month, about 3,000 by its end, of the 100,000 of company.api_tier."
    )
    assert month_of_calls({}, date(2026, 11, 11)).by_its_end == 0
