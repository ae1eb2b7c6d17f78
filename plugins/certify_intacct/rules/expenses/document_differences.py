"""Two plans of the same report: which of their documents are about the same lines, and what differs between two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from certify_intacct.model.currencies import amount_text
from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.model.documents import Document, DocumentLine, Spent, TaxEntry

#: What identifies a document, and what is compared by itself below.
_NOT_COMPARED = frozenset({"key", "number", "token", "payer", "lines", "details", "custom_fields"})
_NOT_OF_LINES = frozenset({"expense_id", "dimensions", "custom_fields"})
#: What a person calls them; the others are called as they are named.
_CALLED = {
    "payee_id": "payee", "posting_date": "date", "session_entity": "posted in", "location_id": "location",
    "department_id": "department", "by_label": "account labels",
}  # fmt: skip
#: The line, what of it, and how either document states that.
_Pair = tuple[str, str, Any, Any]
_DIMENSIONS = {row.line: row.name for row in DIMENSIONS}


@dataclass(frozen=True, kw_only=True)
class DocumentDifference:
    """A field that two documents state otherwise.

    :param expense_id: the line it is about; empty: the document itself
    :param what: the field, as a person calls it
    :param before: how the first states it, and ``after`` the second; empty where it does not
    """

    expense_id: str
    what: str
    before: str
    after: str


def beside(
    before: Sequence[Document], after: Sequence[Document]
) -> list[tuple[Document | None, Document | None]]:  # fmt: skip
    """The documents of one report in pairs: each with that of the other plan which has most of the same lines.

    Numbers say nothing: another kind, or another division of the report, makes other ones of the same lines.
    """
    common = [
        (len(_parts(mine) & _parts(theirs)), mine.kind is theirs.kind, -abs(mine.total - theirs.total), -i, -j)
        for i, mine in enumerate(before)
        for j, theirs in enumerate(after)
    ]
    left, right, found = dict(enumerate(before)), dict(enumerate(after)), []
    for shared, _, _, i, j in sorted(common, reverse=True):
        if shared and -i in left and -j in right:
            found.append((left.pop(-i), right.pop(-j)))
    alone: list[tuple[Document | None, Document | None]] = [(one, None) for one in left.values()]
    return [*found, *alone, *((None, one) for one in right.values())]


def document_differences(before: Document, after: Document) -> list[DocumentDifference]:
    """What the second document states otherwise than the first, the header first."""
    found = [*_of_header(before, after), *_of_lines(before, after)]
    return list(_told(found, before.currency, after.currency))


def _parts(document: Document) -> frozenset[tuple[str, str]]:
    return frozenset((expense_id, document.payer.value) for expense_id in document.expense_ids)


def _of_header(before: Document, after: Document) -> Iterator[_Pair]:
    pairs = [("total", before.total, after.total)]
    pairs += [(name, getattr(before, name), getattr(after, name)) for name in _names(Document, _NOT_COMPARED)]
    pairs += _mapped("", before.details, after.details)
    pairs += _mapped("field ", before.custom_fields, after.custom_fields)
    yield from (("", *pair) for pair in pairs)


def _of_lines(before: Document, after: Document) -> Iterator[_Pair]:
    """Line by line of each expense: one may have become several, its tax on an account of its own for example."""
    sides = [_by_expense(document.lines) for document in (before, after)]
    for expense_id in sorted(sides[0].keys() | sides[1].keys()):
        for mine, theirs in zip_longest(sides[0].get(expense_id, ()), sides[1].get(expense_id, ())):
            if mine is None or theirs is None:
                yield expense_id, "line", mine, theirs
            else:
                yield from ((expense_id, *pair) for pair in _pairs_of_lines(mine, theirs))


def _pairs_of_lines(before: DocumentLine, after: DocumentLine) -> list[tuple[str, Any, Any]]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in _names(DocumentLine, _NOT_OF_LINES)]
    pairs += [
        (_DIMENSIONS.get(name, name), mine, theirs)
        for name, mine, theirs in _mapped("", before.dimensions, after.dimensions)
    ]
    return pairs + _mapped("field ", before.custom_fields, after.custom_fields)


def _by_expense(lines: Sequence[DocumentLine]) -> Mapping[str, list[DocumentLine]]:
    found: defaultdict[str, list[DocumentLine]] = defaultdict(list)
    for line in lines:
        found[line.expense_id].append(line)
    return found


def _names(what: Any, without: frozenset[str]) -> list[str]:
    return [field.name for field in fields(what) if field.name not in without]


def _mapped(prefix: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, Any, Any]]:
    return [
        (f"{prefix}{name}", before.get(name, ""), after.get(name, ""))
        for name in sorted({*before.keys(), *after.keys()})
    ]


def _told(pairs: Iterable[_Pair], mine: str, theirs: str) -> Iterator[DocumentDifference]:
    """Those of the pairs that differ, the amounts of each side in its own currency."""
    for expense_id, name, before, after in pairs:
        if value_text(before) != value_text(after):
            what = _CALLED.get(name) or (name if name.startswith("field ") else name.replace("_", " "))
            yield DocumentDifference(
                expense_id=expense_id, what=what, before=value_text(before, mine), after=value_text(after, theirs)
            )


def value_text(value: Any, currency: str = "") -> str:
    """A value of a document as it is shown and compared: what is not stated is empty.

    :param currency: of an amount
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case Decimal():
            return amount_text(value, currency)
        case date():
            return value.isoformat()
        case DocumentLine():
            return f"{amount_text(value.total, currency)} on {value.account}"
        case Spent():
            return f"{amount_text(value.amount, value.currency)} {value.currency} at {value.rate}"
        case tuple():
            return ", ".join(
                f"{one.detail_id} {amount_text(one.amount, currency)}" for one in value if isinstance(one, TaxEntry)
            )
        case _:
            return str(value)
