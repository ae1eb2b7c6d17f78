"""A document of ours as Intacct has it, header and lines: what a ledger records that did not send it itself.

The mapping of today may be another one than that by which the document was made, so nothing that Intacct states is taken from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from certify_intacct.documents.entries import in_order
from certify_intacct.documents.found import NotRecordable
from certify_intacct.documents.own_fields import names_on_lines
from certify_intacct.documents.reading import Findable, Record
from certify_intacct.intacct.values import parse_amount, parse_boolean, parse_date
from certify_intacct.model.currencies import money
from certify_intacct.model.dimensions import OWN_LINE
from certify_intacct.model.documents import OWNER, Document, DocumentLine
from certify_intacct.model.errors import BadInput, IncompleteAnswer

_DATES = frozenset(field.name for field in fields(Document) if "date" in str(field.type))


def header_fields(kind: Findable) -> set[str]:
    """What of a header, or else of each line, is read to record it."""
    return {field for field in (kind.day_field, *kind.header_reads.values()) if field}


def line_fields(kind: Findable, planned: Document) -> list[str]:
    """What of a line may have to be recorded; no company has all of it."""
    own = _own_of_lines(planned)
    return ["LINE_NO", "TRX_AMOUNT", *kind.line_fields, *kind.line_reads.values(), *kind.further, *sorted(own)]


def _own_of_lines(planned: Document) -> set[str]:
    """The fields of the company's own that the plan has on lines."""
    dimensions = {name for line in planned.lines for name in line.dimensions if name.startswith(OWN_LINE)}
    return names_on_lines(planned) | dimensions


def as_it_stands(kind: Findable, planned: Document, header: Record, lines: Sequence[Record]) -> Document:
    """The document as it stands in Intacct; what Intacct does not state is as planned.

    :param planned: by today's mapping, with the same payee, currency, total and number of lines
    :param header: those of ``header_fields`` that the company has there
    :param lines: those of ``line_fields``, and of ``header_fields`` that the header has not
    :raises NotRecordable: its lines do not make its total, or are not of the form in which they were sent
    :raises IncompleteAnswer: a value is none of its type
    """
    lines = kind.own_lines(planned, lines)
    if len(lines) != len(kind.lines_of(planned)):
        raise NotRecordable(f"{len(lines)} lines instead of {len(kind.lines_of(planned))}")
    try:
        ordered = in_order(lines)
        entries, details = kind.expense_lines(planned, ordered)
        by_label = all(entry.get(kind.line_reads.get("label", "")) for entry in entries)
        stated = _stated(kind, {**ordered[0], **header})
        if planned.session_entity and not stated.get("tax_solution"):
            # Inside an entity, which has one, none is sent, and none need be stated.
            stated.pop("tax_solution", None)
        stands = _of_expenses(kind, planned, [_line(kind, planned, entry, by_label) for entry in entries])
    except BadInput as error:
        raise IncompleteAnswer(
            f"{kind.label} {planned.number}: {error.message}", where="look-up of documents"
        ) from None
    document = replace(
        planned,
        **stated,
        entity=planned.entity if OWNER in planned.details else stands[0].location_id or planned.entity,
        lines=stands,
        by_label=by_label,
        details={**planned.details, **details},
        custom_fields={
            name: str(header[name]) if name in header else value
            for name, value in planned.custom_fields.items()
            if name not in header or header[name]
        },
    )
    if document.total != planned.total:
        raise NotRecordable(
            f"its lines add up to {money(document.total, planned.currency)}, and it is over {money(planned.total, planned.currency)}"
        )
    if document.posting_date != planned.posting_date:
        document = replace(document, intended_date=None)
    foreign = document.currency != document.base_currency
    return document if foreign else replace(document, exchange_rate_type="", exchange_rate="", exchange_rate_date=None)


def _line(kind: Findable, planned: Document, record: Record, by_label: bool) -> DocumentLine:
    text = {name: str(record.get(field) or "") for name, field in kind.line_reads.items()}
    own = sorted(_own_of_lines(planned) - names_on_lines(planned))
    return DocumentLine(
        expense_id="",
        account=text["label" if by_label else "account"],
        amount=parse_amount(str(record["TRX_AMOUNT"] or "")) or Decimal(0),
        memo=text["memo"],
        location_id=text["location_id"],
        department_id=text["department_id"],
        dimensions={field: str(record[field]) for field in (*kind.further, *own) if record.get(field)},
        billable=bool(parse_boolean(text["billable"])),
        custom_fields={name: str(record[name]) for name in sorted(names_on_lines(planned)) if record.get(name)},
    )


def _of_expenses(kind: Findable, planned: Document, stands: Sequence[DocumentLine]) -> tuple[DocumentLine, ...]:
    """The lines that stand, by expense; sums of expenses tell none, so they are as planned or nobody knows what they are.

    :raises NotRecordable: sums stand that are not the planned ones
    """
    left = list(kind.booked(planned))
    if len(left) == len(planned.lines):
        return _with_expenses(planned.lines, stands)
    for line in stands:
        alike = (one for one in left if _place(one) == _place(line) and line.amount in (one.amount, one.total))
        mine = next(alike, None)
        if mine is None:
            raise NotRecordable("its lines are sums of expenses, and others than the plan's")
        left.remove(mine)
    return planned.lines


def _place(line: DocumentLine) -> tuple[object, ...]:
    dimensions = sorted(line.dimensions.items())
    return line.account, line.location_id, line.department_id, dimensions, line.billable


def _with_expenses(planned: Sequence[DocumentLine], stands: Sequence[DocumentLine]) -> tuple[DocumentLine, ...]:
    """The lines that stand, each with its expense: amounts tell which, and where they do not, the order in which they were sent.

    Intacct states no tax on a line: where the amount is without that of the plan, it is what the plan says.
    """
    left = list(planned)
    found: dict[int, DocumentLine] = {}
    for by_amount in (True, False):
        for position, line in enumerate(stands):
            alike = (one for one in left if not by_amount or line.amount in (one.amount, one.total))
            if position not in found and (mine := next(alike, None)) is not None:
                left.remove(mine)
                net = bool(mine.tax) and line.amount == mine.amount
                found[position] = replace(line, expense_id=mine.expense_id, tax=mine.tax if net else ())
    return tuple(found[position] for position in range(len(stands)))


def _stated(kind: Findable, record: Record) -> dict[str, Any]:
    """What Intacct states of a document. One that is not posted yet may have its own date alone."""
    texts = {name: str(record[field] or "") for name, field in kind.header_reads.items() if field in record}
    if not texts.get("posting_date") and record.get(kind.day_field):
        texts["posting_date"] = str(record[kind.day_field])
    needed = {"posting_date", "base_currency"}
    return {
        name: parse_date(text) if name in _DATES else text for name, text in texts.items() if text or name not in needed
    }
