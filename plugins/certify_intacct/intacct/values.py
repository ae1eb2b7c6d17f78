"""How Python values are written to Intacct and how its texts are read back.

Generic functions: dates `mm/dd/yyyy`, timestamps `mm/dd/yyyy hh:mm:ss` (24 hours, no zone), booleans `true`/`false`, plain decimals.
Legacy functions: dates as `year`, `month`, `day` elements (Intacct XML gateway reference, Dates, times, numbers).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from certify_intacct.model.errors import BadInput
from certify_intacct.transport.text import clean_text

_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def text_of(value: Any, *, field: str) -> str:
    """Write one value as Intacct's generic functions want it.

    :param value: str, bool, int, Decimal, date or datetime (naive). A float is refused: it is never an exact amount.
    :param field: the field's name, for the refusal.
    :raises BadInput: a type that has no form in Intacct, or a character that XML cannot hold; named by field and place.
    """
    if isinstance(value, str):
        return clean_text(value, field=field)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadInput(f"{field} is {value}, which is no amount.")
        return format(value, "f")
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise BadInput(f"{field} has a time zone, but Intacct's times have none.", cure="Convert it first.")
        return value.strftime("%m/%d/") + f"{value.year:04d} " + value.strftime("%H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%m/%d/") + f"{value.year:04d}"
    raise BadInput(
        f"{field} is of type {type(value).__name__}, which Intacct cannot take.", cure="Use text, Decimal or date."
    )


def parse_date(text: str) -> date | None:
    """Read `mm/dd/yyyy`; empty is None. A timestamp gives its day.

    :raises BadInput: anything else.
    """
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip().split(" ")[0], "%m/%d/%Y").date()  # noqa: DTZ007 - Intacct's dates have no zone
    except ValueError:
        raise BadInput(f"{text!r} is not a date as Intacct writes it (mm/dd/yyyy).") from None


def parse_timestamp(text: str) -> datetime | None:
    """Read `mm/dd/yyyy hh:mm:ss`; empty is None. The result is naive: in which zone it is, depends on the web services user.

    :raises BadInput: anything else.
    """
    if not text.strip():
        return None
    for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y"):
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007
        except ValueError:
            continue
    raise BadInput(f"{text!r} is not a timestamp as Intacct writes it (mm/dd/yyyy hh:mm:ss).")


def parse_boolean(text: str) -> bool | None:
    """Read `true` or `false` (also `T` and `F` of the older functions); empty is None.

    :raises BadInput: anything else.
    """
    word = text.strip().lower()
    if not word:
        return None
    if word in ("true", "t"):
        return True
    if word in ("false", "f"):
        return False
    raise BadInput(f"{text!r} is neither true nor false.")


def parse_amount(text: str) -> Decimal | None:
    """Read a plain decimal exactly; empty is None. Thousands separators, exponents and words are refused.

    :raises BadInput: anything that is not a plain decimal.
    """
    plain = text.strip()
    if not plain:
        return None
    if not _AMOUNT.fullmatch(plain) or not plain.isascii():
        raise BadInput(f"{text!r} is not an amount as Intacct writes it (plain decimal).")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise BadInput(f"{text!r} is not an amount as Intacct writes it (plain decimal).") from None
