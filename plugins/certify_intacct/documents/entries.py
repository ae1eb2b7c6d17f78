"""What the books have of a document: its party, currency, date and total, and of each line what decides where its money stands.

All of it is JSON values, so it can be kept, hashed and accepted by a person. Texts for people (memo, description) are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from certify_intacct.documents import own_fields
from certify_intacct.documents.own_fields import FIELD, stated_by
from certify_intacct.intacct.values import parse_amount
from certify_intacct.model.currencies import amount_text
from certify_intacct.model.dimensions import DEPARTMENT, DIMENSIONS, ENTITY
from certify_intacct.model.documents import CENT, DocumentLine

#: A line: ``account`` or ``label``, ``amount``, ``tax`` and ``spent`` where they are stated, and the codes that are filled, by the
#: dimension's name.
Entry = Mapping[str, str]
#: ``payee_id``, ``currency``, ``date`` (ISO), ``total``, and ``entries``; ``fields``, where the header has some of the company's own.
Stands = Mapping[str, Any]

AMOUNT, FIELDS, LOCATION, SPENT, TAX = "amount", "fields", "location", "spent", "tax"
_TOTAL, _SHOWN = "total", 6
#: A dimension of a line and what it is called in an entry. A line names a location, which belongs to an entity.
NAMED = {dimension.line: dimension.name for dimension in DIMENSIONS} | {ENTITY.line: LOCATION}


def text_of(value: Decimal) -> str:
    """An amount as it is kept: two decimals, or as many as it has."""
    return f"{value.quantize(CENT):f}" if value == value.quantize(CENT) else f"{value.normalize():f}"


def entry_of(line: DocumentLine, *, by_label: bool) -> dict[str, str]:
    """A line of a document of ours."""
    codes = {LOCATION: line.location_id, DEPARTMENT.name: line.department_id}
    codes |= {NAMED.get(field, f"{FIELD}{field}"): code for field, code in line.dimensions.items()} | stated_by(line)
    # An entry over nothing is stated by nobody.
    tax = {TAX: text_of(abs(line.total - line.amount))} if line.total != line.amount else {}
    spent = {SPENT: spent_text(line.spent.amount, line.spent.currency)} if line.spent else {}
    account = {"label" if by_label else "account": line.account}
    return {**account, AMOUNT: text_of(line.amount), **tax, **spent, **_filled(codes)}


def spent_text(amount: Decimal, currency: str) -> str:
    """What was spent, as it is compared."""
    return f"{text_of(amount)} {currency}"


def entry_read(
    record: Mapping[str, Any], reads: Mapping[str, str], value: Decimal, own: Iterable[str] = ()
) -> dict[str, str]:
    """A line as Intacct states it.

    :param reads: where it states ``account``, ``label``, ``location_id`` and ``department_id``
    :param value: what it adds to the document, without tax; what a journal credits is below zero
    :param own: the fields of the company's own that were read of it
    :raises BadInput: its tax is no number
    """
    fields = NAMED | {
        reads["location_id"]: LOCATION,
        reads["department_id"]: DEPARTMENT.name,
        reads["account"]: "account",
    }
    if "label" in reads:
        fields[reads["label"]] = "label"
    tax = parse_amount(str(record.get("TRX_TAX") or ""))
    stated = {TAX: text_of(abs(tax))} if tax else {}
    codes = _filled({name: record.get(field) for field, name in fields.items()})
    return {AMOUNT: text_of(value), **stated, **codes, **own_fields.stated({name: record[name] for name in own})}


def in_order(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines of one document, in the order in which it shows them."""
    return sorted(lines, key=lambda line: (int(line.get("LINE_NO") or 0), int(line["RECORDNO"])))


def _filled(codes: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(code) for name, code in codes.items() if code not in (None, "")}


class Otherwise(NamedTuple):
    """One thing that stands otherwise than it did.

    :param line: the line it is about, as a person would name it; empty: the document itself
    :param name: what of it; empty: all of the line, which is missing or new
    """

    line: str
    name: str
    before: str
    after: str


class _Line(NamedTuple):
    """A line that is not as it was; without ``before`` it is new, without ``after`` it is missing."""

    before: Entry | None
    after: Entry | None
    changes: Sequence[Otherwise] = ()


def differences(before: Stands, after: Stands, words: Mapping[str, str], *, may_fill: bool) -> list[str]:
    """What stands otherwise than it did, each difference as half a sentence for a person.

    :param before: as it was sent, or as it was first read
    :param words: what the kind calls ``payee_id``
    :param may_fill: whether codes that ``before`` leaves empty may be filled: Intacct does so by itself when it takes a document
    """
    currency = before["currency"] or after["currency"]
    found = [
        f"{words.get(one.name, one.name)} {one.after} instead of {one.before}"
        for one in _written(_of_header(before, after), currency)
    ]
    found += map(_told, _changes(before.get(FIELDS, {}), after.get(FIELDS, {}), may_fill=may_fill, may_hide=may_fill))
    for line in _of_entries(before["entries"], after["entries"], may_fill=may_fill, may_hide=may_fill):
        if line.after is None:
            found.append(f"{_named(line.before or {}, currency)} is missing")
        elif line.before is None:
            found.append(f"{_named(line.after, currency)} is new")
        else:
            said = map(_told, _written(line.changes, currency))
            found.append(f"{_named(line.before, currency)}: {', '.join(said)}")
    return found if len(found) <= _SHOWN else [*found[:_SHOWN], f"and {len(found) - _SHOWN} more"]


def each_difference(before: Stands, after: Stands, words: Mapping[str, str]) -> list[Otherwise]:
    """All that stands otherwise, one by one: also what ``before`` leaves empty, but no tax or spent amount that no line states."""
    currency = before["currency"] or after["currency"]
    header = _written(_of_header(before, after), currency)
    found = [one._replace(name=words.get(one.name, one.name)) for one in header]
    found += _changes(before.get(FIELDS, {}), after.get(FIELDS, {}), may_fill=False, may_hide=True)
    for line in _of_entries(before["entries"], after["entries"], may_fill=False, may_hide=True):
        name = _named(line.before or line.after or {}, currency)
        if line.before and line.after:
            found += [one._replace(line=name) for one in _written(line.changes, currency)]
        else:
            found.append(Otherwise(name, "", name if line.before else "", name if line.after else ""))
    return found


def _of_header(before: Stands, after: Stands) -> Iterator[Otherwise]:
    for name in ("payee_id", "currency", "date", _TOTAL):
        # In a company of one currency none is stated.
        if after[name] != before[name] and (after[name] or name != "currency"):
            yield Otherwise("", name, before[name], after[name])


def _written(found: Iterable[Otherwise], currency: str) -> Iterator[Otherwise]:
    """The same with amounts as people write them: they are kept with two decimals, whatever their currency."""
    for one in found:
        if one.name in (_TOTAL, AMOUNT, TAX):
            yield one._replace(before=_amount(one.before, currency), after=_amount(one.after, currency))
        else:
            yield one


def _amount(kept: str, currency: str) -> str:
    return kept and amount_text(Decimal(kept), currency, ",")


def _told(one: Otherwise) -> str:
    return (
        f"{one.name} {one.after} instead of {one.before or 'none'}"
        if one.after
        else f"no {one.name} instead of {one.before}"
    )


def _same(before: Entry, after: Entry, *, may_fill: bool, may_hide: bool) -> bool:
    return not list(_changes(before, after, may_fill=may_fill, may_hide=may_hide))


def _changes(before: Entry, after: Entry, *, may_fill: bool, may_hide: bool) -> Iterator[Otherwise]:
    """What a line has otherwise than it had.

    :param may_hide: no kind of line must state the tax, or what was spent, that was sent with it
    """
    for name in sorted(before.keys() | after.keys()):
        mine, theirs = before.get(name, ""), after.get(name, "")
        hidden = may_hide and name in (SPENT, TAX) and not theirs
        if mine != theirs and not hidden and not (may_fill and not mine):
            yield Otherwise("", name, mine, theirs)


def _of_entries(
    before: Sequence[Entry], after: Sequence[Entry], *, may_fill: bool, may_hide: bool
) -> Iterator[_Line]:  # fmt: skip
    """Lines in their order where that explains all, else whatever their order: a person may have sorted them."""
    how = {"may_fill": may_fill, "may_hide": may_hide}
    if len(before) == len(after) and all(
        _same(mine, theirs, **how) for mine, theirs in zip(before, after, strict=True)
    ):
        return
    left = list(after)
    missing = []
    # Those that say most first: what says little may be met by many.
    for mine in sorted(before, key=len, reverse=True):
        exact = next((one for one in left if mine == one), None)
        alike = exact or next((one for one in left if _same(mine, one, **how)), None)
        if alike is None:
            missing.append(mine)
        else:
            left.remove(alike)
    for mine in missing:
        theirs = _nearest(mine, left)
        if theirs is None:
            yield _Line(mine, None)
        else:
            left.remove(theirs)
            yield _Line(mine, theirs, tuple(_changes(mine, theirs, **how)))
    for theirs in left:
        yield _Line(None, theirs)


def _nearest(mine: Entry, others: Sequence[Entry]) -> Entry | None:
    """The line that has most in common with one that is not there any more; None when none has anything."""

    def common(one: Entry) -> int:
        return sum(one.get(name) == value for name, value in mine.items())

    best = max(others, key=common, default=None)
    return best if best is not None and common(best) else None


def _named(entry: Entry, currency: str) -> str:
    return f"the line over {_amount(entry[AMOUNT], currency)} on {entry.get('account') or entry.get('label') or 'no account'}"
