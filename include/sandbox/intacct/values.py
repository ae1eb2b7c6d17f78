"""What a field accepts and how its value is kept: dates, amounts, booleans, words of a list, lengths.

Intacct XML gateway reference, "Dates, times, numbers": dates are mm/dd/yyyy, amounts plain decimals that are rounded to
two places, booleans `true` and `false`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from include.sandbox.intacct import problems
from include.sandbox.intacct.catalog import Field, ObjectType
from include.sandbox.intacct.records import DATE, TIMESTAMP
from include.sandbox.settings import Settings

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_MOMENT = re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}")
_YES = frozenset({"true", "t", "1", "yes"})
_NO = frozenset({"false", "f", "0", "no"})
CENT = Decimal("0.01")
MULTIPLE = "#~#"


def read_date(text: str) -> date | None:
    """The day of an mm/dd/yyyy text, or None when it is not one (an ISO date is not)."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, DATE).date()  # noqa: DTZ007 (Intacct's dates have no zone)
    except ValueError:
        return None


def need_date(text: str) -> date:
    """The day of an mm/dd/yyyy text. Raises Problem: PL03000006."""
    day = read_date(text)
    if day is None:
        raise problems.bad_date(text)
    return day


def like(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern, in which % is any text and _ one character. An empty text fits none."""
    signs = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return bool(text) and re.fullmatch(signs, text, re.DOTALL) is not None


def read_decimal(text: str) -> Decimal | None:
    """The number of a plain decimal text, or None (thousands separators and exponents are not accepted)."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def cents(amount: Decimal) -> Decimal:
    """Rounded to two decimals, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: Decimal, settings: Settings) -> str:
    """An amount as the gateway shows it (setting `amount_format`)."""
    rounded = cents(amount)
    if settings.amount_format == "two_decimals":
        return f"{rounded:f}"
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def normal(kind: ObjectType, field: Field, text: str, settings: Settings) -> str:
    """The value as it is kept. Raises Problem when the field cannot hold it."""
    if field.type == "TEXT":
        return _fitting(kind, field, text.strip() if field.refers else text, settings)
    text = text.strip()
    if not text:
        return ""
    if field.type == "DATE":
        return need_date(text).strftime(DATE)
    if field.type == "TIMESTAMP":
        return _moment(text)
    if field.type == "BOOLEAN":
        return _boolean(kind, field, text)
    if field.type == "ENUM":
        return _word(kind, field, text)
    number = read_decimal(text)
    if number is None:
        raise problems.bad_value(kind, field, text)
    if field.type == "CURRENCY":
        return money(number, settings)
    return f"{number:f}"


def length_of(kind: ObjectType, field: Field, settings: Settings) -> int | None:
    """The longest text of a field: the setting `field_lengths` before the catalog."""
    return settings.field_lengths.get(kind.name, {}).get(field.name, field.max_length)


def _fitting(kind: ObjectType, field: Field, text: str, settings: Settings) -> str:
    longest = length_of(kind, field, settings)
    if longest is None or len(text) <= longest:
        return text
    if settings.over_length == "truncate":
        return text[:longest]
    raise problems.too_long(kind, field, longest)


def _moment(text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise problems.bad_date(text)
    try:
        return datetime.strptime(text, TIMESTAMP).strftime(TIMESTAMP)  # noqa: DTZ007
    except ValueError:
        raise problems.bad_date(text) from None


def _boolean(kind: ObjectType, field: Field, text: str) -> str:
    if text.lower() in _YES:
        return "true"
    if text.lower() in _NO:
        return "false"
    raise problems.bad_value(kind, field, text)


def _word(kind: ObjectType, field: Field, text: str) -> str:
    if field.multiple and MULTIPLE in text:
        return MULTIPLE.join(_word(kind, field, one.strip()) for one in text.split(MULTIPLE))
    for word, code in field.values.items():
        if text.lower() == word.lower() or text == code:
            return word
    raise problems.bad_value(kind, field, text)
