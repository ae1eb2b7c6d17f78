"""Lines of a document summed by their coding, where a journal is to state no single expenses.

The document goes on knowing each expense; only what is sent is summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from certify_intacct.model.documents import Document, DocumentLine, TaxEntry

#: Among the details of a document.
LINES, SUMMED = "lines", "summed"

Coding = tuple[object, ...]


def coding_of(line: DocumentLine) -> Coding:
    """Where a line is booked, and on which side."""
    own = (tuple(sorted(line.dimensions.items())), tuple(sorted(line.custom_fields.items())))
    place = (line.account, line.location_id, line.department_id, *own)
    # Of a line that is all tax, its tax says which.
    return (*place, line.billable, line.total < 0, tuple(entry.detail_id for entry in line.tax))


def summed(document: Document) -> Sequence[DocumentLine]:
    """A line for all that are coded alike, in the order in which the first of each came; what is refunded stands apart."""
    groups: dict[Coding, list[DocumentLine]] = {}
    for line in document.lines:
        groups.setdefault(coding_of(line), []).append(line)
    return [_sum(lines, document.description) for lines in groups.values()]


def _sum(lines: Sequence[DocumentLine], description: str) -> DocumentLine:
    first = lines[0]
    if len(lines) == 1:
        return first
    taxes = tuple(
        TaxEntry(detail_id=entry.detail_id, amount=sum((line.tax[place].amount for line in lines), Decimal(0)))
        for place, entry in enumerate(first.tax)
    )
    total = sum((line.amount for line in lines), Decimal(0))
    return replace(first, amount=total, tax=taxes, memo=f"{description}: {len(lines)} expenses")
