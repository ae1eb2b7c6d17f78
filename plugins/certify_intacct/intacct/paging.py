"""Reads all pages of a query and proves that nothing is missing.

Each page with another offset is a new query to Intacct, so records can be skipped or repeated when others are written meanwhile.
Pages are ordered by a unique key, and three things must hold: every page names the same total, no record number of a page was on
the page before it, and the pages together hold as many records as the total says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from certify_intacct.intacct.responses import Result
from certify_intacct.model.errors import AnswerUnreadable, IncompleteAnswer


@dataclass(frozen=True)
class QueryPage:
    """Some of a query's records.

    :param records: field name → text, in the order of the query; empty text where Intacct has nothing.
    :param total_count: how many records the query has in all.
    :param offset: how many came before this page.
    """

    records: list[dict[str, Any]]
    total_count: int
    offset: int


def pages(ask: Callable[[int], Result], *, where: str) -> Iterator[QueryPage]:
    """Ask for page after page until all records are there. A query without records gives one empty page.

    :param ask: gives the result of the query at an offset.
    :raises IncompleteAnswer: what came is not what there is; reading once more from the start is the cure.
    :raises AnswerUnreadable: a page contradicts itself.
    """
    offset = 0
    total: int | None = None
    seen: set[Any] = set()
    while True:
        result = ask(offset)
        records = list(result.records)
        if result.count is not None and result.count != len(records):
            raise AnswerUnreadable(f"A page announces {result.count} records and holds {len(records)}.", where=where)
        said = _total(result, offset, len(records), where)
        if total is not None and said != total:
            raise _incomplete(f"there were {total} records at first and {said} later", where)
        total = said
        keys = _keys(records)
        if seen & set(keys) or len(set(keys)) != len(keys):
            raise _incomplete("a record came twice", where)
        seen = set(keys)
        yield QueryPage(records, total, offset)
        offset += len(records)
        if offset >= total:
            break
        if not records:
            raise _incomplete(f"{offset} of {total} records came, then an empty page", where)
    if offset != total:
        raise _incomplete(f"{offset} records came, but there are {total}", where)


def _total(result: Result, offset: int, count: int, where: str) -> int:
    if result.total_count is not None:
        return result.total_count
    if result.remaining is not None:
        return offset + count + result.remaining
    if not result.records:
        return offset
    raise AnswerUnreadable("A page does not say how many records there are.", where=where)


def _keys(records: Sequence[dict[str, Any]]) -> list[str]:
    """The records' numbers, which are unique. One that is none proves nothing; whoever stages the record refuses it by name."""
    numbers = (record.get("RECORDNO") for record in records)
    return [number for number in numbers if isinstance(number, str) and number.strip()]


def _incomplete(what: str, where: str) -> IncompleteAnswer:
    return IncompleteAnswer(
        f"The records changed while they were read: {what}.",
        where=where,
        cure="Reading them again from the start cures it.",
    )
