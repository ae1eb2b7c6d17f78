"""Reads all pages of a query and proves that nothing is missing.

Each page with another offset is a new query to Intacct, so records can be skipped or repeated when others are written meanwhile.
Pages are ordered by a unique key, and three things must hold: every page names the same total, no record number of a page was on
the page before it, and the pages together hold as many records as the total says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from certify_intacct.intacct.filters import Filter
from certify_intacct.intacct.responses import Result
from certify_intacct.model.errors import AnswerUnreadable, IncompleteAnswer
from certify_intacct.transport.columns import column


@dataclass(frozen=True)
class Query:
    """A small query that may share a request with others; its parts are as for ``SageIntacctHook.query``."""

    object_name: str
    fields: Sequence[str]
    filter: Filter


@dataclass(frozen=True)
class QueryPage:
    """Some of a query's records.

    :param records: field name → text, in the order of the query; empty text where Intacct has nothing.
    :param total_count: how many records the query has in all.
    :param offset: how many came before this page.
    """

    records: Sequence[dict[str, Any]]
    total_count: int
    offset: int


class Questions(Protocol):
    """Asks for the pages of one query."""

    def begin(self, offset: int) -> None:
        """The page at ``offset`` will be asked for next."""

    def ask(self, offset: int, then: int | None) -> Result:
        """The result of the query at ``offset``; the page after it begins at ``then``, None when there is none or nobody knows."""


def pages(questions: Questions, *, size: int, where: str) -> Iterator[QueryPage]:
    """Ask for page after page until all records are there. A query without records gives one empty page.

    :param size: how many records a page has, if it is not the last.
    :raises IncompleteAnswer: what came is not what there is; reading once more from the start is the cure.
    :raises AnswerUnreadable: a page contradicts itself.
    """
    offset = 0
    total: int | None = None
    seen: set[Any] = set()
    while True:
        result = questions.ask(offset, offset + size if total is not None and offset + size < total else None)
        records = result.records
        if result.count is not None and result.count != len(records):
            raise AnswerUnreadable(f"A page announces {result.count} records and holds {len(records)}.", where=where)
        said = _total(result, offset, len(records), where)
        if total is not None and said != total:
            raise _incomplete(f"there were {total} records at first and {said} later", where)
        total = said
        keys = _keys(records)
        unique = set(keys)
        if len(unique) != len(keys) or not seen.isdisjoint(unique):
            raise _incomplete("a record came twice", where)
        seen = unique
        following = offset + len(records)
        if records and following < total:
            questions.begin(following)
        yield QueryPage(records, total, offset)
        offset = following
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
    return [number for number in column(records, "RECORDNO") if isinstance(number, str) and number.strip()]


def _incomplete(what: str, where: str) -> IncompleteAnswer:
    return IncompleteAnswer(
        f"The records changed while they were read: {what}.",
        where=where,
        cure="Reading them again from the start cures it.",
    )
