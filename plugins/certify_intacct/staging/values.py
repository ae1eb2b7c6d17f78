"""Reads one value of a service as the type of its column, exactly and without guessing.

Intacct sends everything as text: dates ``mm/dd/yyyy``, timestamps ``mm/dd/yyyy hh:mm:ss``, booleans ``true``/``false``,
amounts as plain decimals. Certify sends JSON: dates ``YYYY-MM-DD`` (a time part may follow), 0/1 or ``true``/``false``, amounts
as numbers. An empty value is NULL in both, for every type but text and code. ``activity`` is Certify's flag in the words of Intacct's
status: ``active`` or ``inactive``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from certify_intacct.staging.streams.stream import ColumnType
from certify_intacct.transport.text import RECORD_ID, read_day


class Unreadable(ValueError):
    """The value is not of the type that its column asks for."""


# Decimal takes "1_000" for a thousand, and figures of every script.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TIMESTAMP_FORMATS = ("%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y", "%Y-%m-%d")
# JSON may hold one half of a surrogate pair ("\ud800"); no encoding of Unicode can.
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
#: Codes are keys of ours too, and an index of PostgreSQL takes no more than 2,700 bytes. Both services allow far less.
LONGEST_CODE = 400
_SHOWN = 60
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def read_value(kind: ColumnType, value: Any) -> Any:
    """The value as ``str``, ``int``, ``Decimal``, ``date``, ``datetime``, ``bool`` or None.

    :raises Unreadable: when it is not of that type; a text with a NUL character or half a surrogate pair is unreadable too, since
        PostgreSQL can hold neither
    """
    if kind == "id":
        return _identifier(value)
    if value is None:
        return None
    if kind in ("text", "code"):
        return _text(value, longest=LONGEST_CODE if kind == "code" else None)
    if isinstance(value, (dict, list)):
        raise Unreadable("a nested value")
    text = str(value).strip()
    return _READERS[kind](text) if text else None


def record_id(record: Mapping[str, Any]) -> str:
    """The ID of a record of Certify; empty when it has none that can be read."""
    try:
        return _identifier(record.get("ID"))
    except Unreadable:
        return ""


def is_processed(header: Mapping[str, Any]) -> bool:
    """Whether Certify shows a report as processed; what cannot be read is no yes."""
    try:
        return bool(read_value("boolean", header.get("Processed")))
    except Unreadable:
        return False


def processed_date(header: Mapping[str, Any]) -> date | None:
    """The date on which a report was processed; None when it is not known."""
    try:
        day: date | None = read_value("date", header.get("ProcessedDate"))
    except Unreadable:
        return None
    return day


def shown(field: str, value: Any) -> str:
    """A field with the value that it should not have, short and in ASCII: every odd character is escaped."""
    if value is None:
        return f"{field} is missing"
    # Enough of a huge value, without writing all of it out.
    part = value[: 2 * _SHOWN] if isinstance(value, (str, list)) else value
    try:
        text = json.dumps(part, default=str)
    except RecursionError:
        text = "a nested value"
    return f"{field} is {text[:_SHOWN]}{'...' if len(text) > _SHOWN else ''}"


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not RECORD_ID.fullmatch(value):
        raise Unreadable("no ID of a record")
    return value


def _text(value: Any, *, longest: int | None) -> str:
    if isinstance(value, (dict, list)):
        raise Unreadable("a nested value where a text belongs")
    text = str(value)
    if not text.isascii() and _SURROGATE.search(text):
        raise Unreadable("half a surrogate pair")
    if "\x00" in text:
        raise Unreadable("a NUL character")
    if longest is not None and len(text) > longest:
        raise Unreadable("too long for a code")
    return text


def storable(value: Any) -> Any:
    """The JSON value with U+FFFD in place of every character that PostgreSQL cannot hold: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return _NOT_STORABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {storable(name): storable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    return value


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(text)
    return Decimal(text)


def _integer(text: str) -> int:
    try:
        number = _decimal(text)
        # INTEGER fields of Intacct sometimes hold "12.0".
        if number == number.to_integral_value() and abs(number) < 2**63:
            return int(number)
    except (InvalidOperation, ValueError):
        pass
    raise Unreadable(text)


def _numeric(text: str) -> Decimal:
    try:
        number = _decimal(text)
    except InvalidOperation:
        raise Unreadable(text) from None
    if not number.is_finite() or number.adjusted() > 15 or number.as_tuple().exponent < -12:  # type: ignore[operator]
        raise Unreadable(text)
    return number


def _date(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise Unreadable(text) from None


def _timestamp(text: str) -> datetime:
    for pattern in _TIMESTAMP_FORMATS:
        try:
            # Neither service says which time zone it means, so none is claimed.
            return datetime.strptime(text, pattern)  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable(text)


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise Unreadable(text) from None


def _activity(text: str) -> str:
    return "active" if _boolean(text) else "inactive"


_READERS = {
    "integer": _integer,
    "numeric": _numeric,
    "date": _date,
    "timestamp": _timestamp,
    "boolean": _boolean,
    "activity": _activity,
}
