"""Intacct's own meter of API calls, as far as a company shows it: APIUSAGESUMMARY, else APIUSAGEDETAIL.

The vendor names both objects (help, View API usage: in real time, for the last 60 days) and publishes no field of theirs, so fields
are found by their type and by what they are called: what counts, when, by which sender, by which user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from certify_intacct.intacct.definitions import letters
from certify_intacct.intacct.filters import GreaterOrEqual
from certify_intacct.intacct.values import parse_date
from certify_intacct.model.errors import BadInput, FunctionFailed, IncompleteAnswer, PermissionDenied

if TYPE_CHECKING:
    from certify_intacct.intacct.definitions import FieldDefinition, ObjectDefinition
    from certify_intacct.intacct.hook import SageIntacctHook

#: The first is small, the second has a row a call.
OBJECTS = ("APIUSAGESUMMARY", "APIUSAGEDETAIL")
#: More groups than that are no sums by day, and each page of them is billed.
MOST_ROWS = 10_000
_NUMBERS = frozenset({"INTEGER", "DECIMAL", "SEQUENCE", "NUMBER", "CURRENCY"})
_COUNTS = ("trans", "calls", "count", "volume", "usage")
_DAYS = ("created", "usage", "date", "day")
_SENDERS = ("sender", "partner")
_USERS = ("loginid", "userid", "login", "user")
_PERIODS = ("period", "month")
_PERIOD = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})|(?P<month2>\d{1,2})[-/](?P<year2>\d{4})")


@dataclass(frozen=True, kw_only=True)
class Metered:
    """What was asked on a day, or in the month that begins on it, by a sender and a user; None where Intacct does not say by whom."""

    day: date
    monthly: bool
    sender: str | None
    user: str | None
    calls: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the meter says.

    :param rows: None where it cannot be told, and ``said`` why
    :param said: which object, or why not, in words
    """

    rows: Sequence[Metered] | None
    said: str


@dataclass(frozen=True, kw_only=True)
class _Fields:
    count: str
    when: str
    monthly: bool
    sender: str | None
    user: str | None

    @property
    def groups(self) -> list[str]:
        return [name for name in (self.when, self.sender, self.user) if name]


def read(hook: SageIntacctHook, since: date) -> Reading:
    """What was asked since a day, as far as Intacct tells it.

    :raises ConnectorError: Intacct could not be asked (network, sign-in)
    """
    why: list[str] = []
    for name in OBJECTS:
        try:
            fields = _found(hook.lookup(name))
            if isinstance(fields, str):
                why.append(f"{name} {fields}")
                continue
            rows = _rows(hook, name, fields, since)
        except (FunctionFailed, IncompleteAnswer, PermissionDenied) as error:
            why.append(f"{name}: {error.message.rstrip('.')}")
            continue
        if isinstance(rows, str):
            why.append(f"{name} {rows}")
            continue
        return Reading(rows=rows, said=f"{name}: {', '.join([fields.count, *fields.groups])}")
    return Reading(rows=None, said=f"{'; '.join(why)}.")


def _found(definition: ObjectDefinition) -> _Fields | str:
    """The fields by what they mean; in words what is missing."""
    fields = [one for one in definition.fields.values() if one.name.upper() != "RECORDNO"]
    count = _called(fields, _COUNTS, lambda one: one.datatype.upper() in _NUMBERS)
    if count is None:
        return "shows no field that counts calls"
    others = [one for one in fields if one.name != count]
    day = _called(others, _DAYS, lambda one: one.datatype.upper() in ("DATE", "TIMESTAMP"))
    period = _called(others, _PERIODS, lambda one: one.datatype.upper() not in ("DATE", "TIMESTAMP"))
    if not (day or period):
        return "shows no date and no month"
    when = day or period or ""
    texts = [one for one in others if one.name != when and one.datatype.upper() not in (*_NUMBERS, "DATE", "TIMESTAMP")]
    sender = _called(texts, _SENDERS)
    user = _called((one for one in texts if one.name != sender), _USERS)
    return _Fields(count=count, when=when, monthly=day is None, sender=sender, user=user)


def _called(
    fields: Iterable[FieldDefinition], words: Sequence[str], fits: Callable[[FieldDefinition], bool] | None = None
) -> str | None:
    """The field that fits and has the first of these words in its name or label; a date before a time."""
    fitting = sorted(
        (one for one in fields if fits is None or fits(one)), key=lambda one: one.datatype.upper() == "TIMESTAMP"
    )
    return next((one.name for word in words for one in fitting if word in letters(f"{one.name} {one.label}")), None)


def _rows(hook: SageIntacctHook, name: str, fields: _Fields, since: date) -> list[Metered] | str:
    found: list[Metered] = []
    condition = None if fields.monthly else GreaterOrEqual(fields.when, since)
    for page in hook.query(name, fields.groups, filter=condition, order_by=fields.groups, sums=[fields.count]):
        if page.total_count > MOST_ROWS:
            return f"lists {page.total_count} single calls and no sums, each page of which would be billed"
        for record in page.records:
            row = _row(record, fields)
            if isinstance(row, str):
                return row
            found.append(row)
    return found


def _row(record: Mapping[str, str], fields: _Fields) -> Metered | str:
    text, counted = str(record.get(fields.when) or ""), _sum(record, fields.count)
    day = _month(text) if fields.monthly else _day(text)
    if day is None:
        return f"has {text!r} as {fields.when}, which is no {'month' if fields.monthly else 'day'}"
    if counted is None:
        return f"has no sum of {fields.count} that is a number"
    return Metered(
        day=day,
        monthly=fields.monthly,
        sender=None if fields.sender is None else str(record.get(fields.sender) or ""),
        user=None if fields.user is None else str(record.get(fields.user) or ""),
        calls=counted,
    )


def _sum(record: Mapping[str, str], field: str) -> int | None:
    for name in (field, f"SUM.{field}"):
        try:
            number = Decimal(str(record.get(name) or ""))
        except InvalidOperation:
            continue
        if number.is_finite() and number == number.to_integral_value():
            return int(number)
    return None


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except BadInput:
        return None


def _month(text: str) -> date | None:
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        return None
    year, month = int(found["year"] or found["year2"]), int(found["month"] or found["month2"])
    return date(year, month, 1) if 1 <= month <= 12 and year else None
