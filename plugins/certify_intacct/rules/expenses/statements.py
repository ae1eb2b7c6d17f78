"""On which statement of a card a charge stands: the one that closes first on its day or after it."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date

from certify_intacct.model.configuration.paid import Card
from certify_intacct.model.reports import ExpenseLine


def charged_on(line: ExpenseLine) -> date | None:
    """The day of a line's charge: its PostingDate, else the expense date; None when Certify states neither."""
    return line.posting_date or line.expense_date


def statement_of(line: ExpenseLine, card: Card) -> date | None:
    """The closing day of the statement on which a line's charge stands; None when nobody knows its day."""
    day = charged_on(line)
    return closing_day(day, card.statement_day) if day else None


def closing_day(day: date, statement_day: int) -> date:
    """The first closing day on a day or after it.

    :param statement_day: 1 to 31; a shorter month closes on its last day
    """
    closes = _closes(day.year, day.month, statement_day)
    if day <= closes:
        return closes
    if day.month < 12:
        return _closes(day.year, day.month + 1, statement_day)
    # Certify lets people mistype a year, and no calendar goes beyond this one.
    return _closes(day.year + 1, 1, statement_day) if day.year < MAXYEAR else date.max


def _closes(year: int, month: int, statement_day: int) -> date:
    return date(year, month, min(statement_day, monthrange(year, month)[1]))
