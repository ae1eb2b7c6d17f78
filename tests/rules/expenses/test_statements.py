"""Every day belongs to exactly one statement of a card, and each statement closes on its day of the month or the month's last."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.expenses.statements import closing_day

ONE = timedelta(days=1)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(9998, 12, 31))
statement_days = st.integers(1, 31)


def closes(day: date, statement_day: int) -> bool:
    """Whether a statement closes on that day."""
    return day.day == min(statement_day, monthrange(day.year, day.month)[1])


@given(days, statement_days)
def test_a_statement_closes_on_the_first_closing_day_on_the_day_or_after_it(day, statement_day):
    found = closing_day(day, statement_day)
    assert closes(found, statement_day)
    assert day <= found < day + timedelta(days=31)
    between = (day + timedelta(days=number) for number in range((found - day).days))
    assert not any(closes(one, statement_day) for one in between)


@given(days, statement_days)
def test_every_day_belongs_to_exactly_one_statement(day, statement_day):
    """What follows a day is on the same statement, unless that closed on the day: then it is on the next, which closes later."""
    this, following = closing_day(day, statement_day), closing_day(day + ONE, statement_day)
    assert (following == this) is (day != this)
    assert following >= this
    assert closing_day(this, statement_day) == this, "a closing day is on the statement that it closes"


@pytest.mark.parametrize(
    ("day", "statement_day", "closing"),
    [
        (date(2026, 2, 1), 31, date(2026, 2, 28)),
        (date(2028, 2, 1), 30, date(2028, 2, 29)),
        (date(2026, 2, 28), 29, date(2026, 2, 28)),
        (date(2026, 4, 30), 31, date(2026, 4, 30)),
        (date(2026, 3, 12), 12, date(2026, 3, 12)),
        (date(2026, 3, 13), 12, date(2026, 4, 12)),
        (date(2026, 1, 31), 30, date(2026, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        # Where the calendar ends, a mistyped year ends nothing else.
        (date(9999, 12, 31), 12, date.max),
    ],
)
def test_shorter_months_and_the_ends_of_years(day, statement_day, closing):
    assert closing_day(day, statement_day) == closing
