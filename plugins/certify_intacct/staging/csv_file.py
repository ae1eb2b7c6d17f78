"""Rows as a file of CSV that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from certify_intacct.model.currencies import amount_text

# What a spreadsheet takes for a formula: these signs, wide ones in some countries, where a cell begins. One begins with the text, in a
# file that is opened with other separators than ours behind each of them too, and behind what breaks a line.
_FORMULA = re.compile('(^|[;\t\n])(?=[\t\n "]*[=+@\uff1d\uff0b\uff0d\uff20-])')

# Where a file is printed, they move, colour and command a terminal, and a spreadsheet has no sign for them. A carriage return alone
# would have a row written over itself.
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


class Money(NamedTuple):
    """An amount as a cell; its currency says how many decimals it is written with."""

    amount: Decimal | None
    currency: str


def as_csv(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV under their headings; amounts with the decimals of their currency (:class:`Money`), two without one, and all of
    their own where they have more, and a point; dates as ISO."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return amount_text(value, "")
        case Money():
            return "" if value.amount is None else amount_text(value.amount, value.currency)
        case date():
            return value.isoformat()
        case str():
            return _FORMULA.sub(r"\1'", value.replace("\r\n", "\n").translate(_CONTROLS))
        case _:
            return str(value)
