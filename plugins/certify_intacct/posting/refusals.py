"""Says of a document that Intacct refused which of its lines and fields it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import Explanation
from certify_intacct.model.dimensions import DIMENSIONS, Dimension
from certify_intacct.model.documents import INVOICE_DATE, Document, DocumentLine
from certify_intacct.transport.text import read_day

# More lines than these are counted.
_MOST_LINES = 5


def own_date_refused(document: Document, meaning: Explanation) -> str:
    """The date of an invoice, where Intacct may have refused that and not the posting's; empty otherwise.

    Nobody publishes which of the two a closed period refuses. What is said of the posting's date alone tells of it.
    """
    own = document.details.get(INVOICE_DATE, "")
    if meaning.reason != reasons.CLOSED_PERIOD or own == str(document.posting_date):
        return ""
    try:
        named = read_day(meaning.value)
    except ValueError:
        return own
    return "" if named == document.posting_date else own


def refusal(document: Document, meaning: Explanation, dimensions: Iterable[Dimension] = DIMENSIONS) -> str:
    """What people read of a document that was refused: what it means, the lines in question, Intacct's own words, the cure.

    :param dimensions: as the company calls them
    """
    if own := own_date_refused(document, meaning):
        meaning = replace(
            meaning,
            sentence=f"The books may be closed on the invoice's own date {own}; it would be posted on {document.posting_date}.",
            cure="Open the period of that date for this entity and subledger in Intacct, or enter the bill there and decide that it "
            "was booked by hand: its own date is not moved.",
        )
    place = _place(document, meaning, dimensions)
    return " ".join(text for text in (meaning.sentence, place, meaning.said, meaning.cure) if text)


def _place(document: Document, meaning: Explanation, dimensions: Iterable[Dimension]) -> str:
    if meaning.reason == reasons.DIMENSION_MISSING:
        return _lines(document, dict(_lacking(document, meaning, dimensions)))
    if not meaning.value:
        return ""
    return _lines(document, dict(_having(document, meaning.value)))


def _having(document: Document, value: str) -> Iterator[tuple[int, str]]:
    """By its number each line that has the value, with the field in which it stands."""
    for number, line in enumerate(document.lines, start=1):
        for name, stands in _fields(line):
            if stands == value:
                yield number, name


def _lacking(document: Document, meaning: Explanation, dimensions: Iterable[Dimension]) -> Iterator[tuple[int, str]]:
    """By its number each line of the account that has not what the account demands; the field where the word is one that is known."""
    word = meaning.word.casefold()
    named = (
        row.line
        for row in dimensions
        if word and word in {text.casefold() for text in (row.noun, row.called, row.name)}
    )
    wanted = next(named, "")
    for number, line in enumerate(document.lines, start=1):
        if meaning.account and line.account != meaning.account:
            continue
        if not wanted or not any(stands for name, stands in _fields(line) if name == wanted):
            yield number, wanted


def _fields(line: DocumentLine) -> list[tuple[str, str]]:
    own = [("the account", line.account), ("LOCATIONID", line.location_id), ("DEPARTMENTID", line.department_id)]
    return [*own, *line.dimensions.items(), *(("the tax detail", entry.detail_id) for entry in line.tax)]


def _lines(document: Document, found: Mapping[int, str]) -> str:
    if not found:
        return ""
    fields = ", ".join(sorted({name for name in found.values() if name}))
    of = f"{fields} of " if fields else ""
    if len(found) == len(document.lines) > 1:
        return f"It is {of}each of its {len(found)} lines."
    named = [f"line {number} (expense {document.lines[number - 1].expense_id})" for number in sorted(found)]
    more = len(named) - _MOST_LINES
    listed = ", ".join(named[:_MOST_LINES])
    return f"It is {of}{listed}{f' and {more} more' if more > 0 else ''}."
