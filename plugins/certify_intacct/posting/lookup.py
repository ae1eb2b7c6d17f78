"""Looks for documents of ours in Intacct, by token and number, in the session in which they are posted.

What a kind is called there, and what its records mean, is the kind's to say; here is who asks.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from certify_intacct.documents import READERS, kind_of, read_back, read_by, reader_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import In
from certify_intacct.intacct.paging import Query
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.rules.expenses import identity

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.documents.reading import Record
    from certify_intacct.intacct.filters import Filter
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.documents import Document

log = logging.getLogger(__name__)
Value = TypeVar("Value")

# `in` takes a thousand values; a kind may be asked for by two lists.
_VALUES = 1000


def look(hook: SageIntacctHook, documents: Iterable[Document], *, anywhere: bool = False) -> list[Found]:
    """Everything in Intacct that carries the token of one of ``documents``, or its number, whoever put it there.

    :param anywhere: also what a report was posted as, or where, before a mapping made another kind of document of it or one of another
        entity: at top level everything is seen, private or not
    :raises ConnectorError: when Intacct cannot answer completely; nothing can be said then
    """
    found: list[Found] = []
    by_session: dict[str, list[Document]] = {}
    for document in documents:
        # What both places show is taken from the one in which it is posted.
        for session in dict.fromkeys(["", document.session_entity] if anywhere else [document.session_entity]):
            by_session.setdefault(session, []).append(document)
    for session, members in by_session.items():
        own = {reader_of(member.kind) for member in members}
        wanted = {
            reader: _named(reader, members, other_kinds=anywhere) for reader in READERS if anywhere or reader in own
        }
        asked = [(reader, one) for reader, filters in wanted.items() for one in filters]
        answers = hook.query_together([_headers(hook, reader, one) for reader, one in asked], entity=session)
        for reader in wanted:
            try:
                mine = [answer for (asked_by, _), answer in zip(asked, answers, strict=True) if asked_by is reader]
                found += _with_lines(hook, reader, session, [record for answer in mine for record in answer()])
            except (PermissionDenied, FunctionFailed) as error:
                if reader in own:
                    raise
                # A company that posts no such documents need not let us see them; then none of ours are there either.
                log.info("%s is not looked for: %s", reader.object, error)
    # A document may be found by both of its names.
    unique = {
        (reader_of(item.kind), item.record_no): item for item in found if item.meaning is not Meaning.COUNTER_ENTRY
    }
    return list(unique.values())


def _named(reader: Kind, documents: Sequence[Document], *, other_kinds: bool) -> list[Filter]:
    """What finds documents made as one object under the names that they have, would have as another kind, or had when first posted."""
    tokens: dict[str, str] = {}
    for document in documents:
        kinds = [
            kind.kind
            for kind in read_by(reader)
            if kind.kind is document.kind or (other_kinds and kind.may_be_of(document.key.report_id))
        ]
        for sequence, kind in product(range(1, document.key.sequence + 1), kinds):
            number = identity.document_number(document.token, sequence, document.key.ordinal, kind)
            tokens[number] = document.token
        if reader_of(document.kind) is reader:
            tokens[document.number] = document.token
    return [reader.named(part, {tokens[number] for number in part}) for part in chunks(sorted(tokens))]


def by_record(
    hook: SageIntacctHook, session: str, wanted: Mapping[Kind, Collection[str]]
) -> dict[Kind, Callable[[], dict[str, Found]]]:
    """Documents by RECORDNO, as they are now; one that is missing is not there, or not to be seen yet.

    Headers and lines of all kinds are asked for together.

    :param wanted: RECORDNOs by reader (``documents.READERS``)
    :returns: by reader what gives its documents, or raises its error
    :raises ConnectorError: a request failed as a whole
    """
    parts = [(kind, part) for kind, numbers in wanted.items() for part in chunks(sorted(numbers))]
    known = hook.know_fields([kind.line_object for kind, _ in parts])
    queries: list[Query] = []
    for kind, part in parts:
        queries.append(_headers(hook, kind, In("RECORDNO", part)))
        if kind.line_object in known:
            queries.append(_lines(kind, part, _line_fields(hook, kind)))
    answers = iter(hook.query_together(queries, entity=session))
    asked = [(kind, next(answers), next(answers) if kind.line_object in known else None) for kind, _ in parts]

    def read(wanted_kind: Kind) -> dict[str, Found]:
        return {
            hit.record_no: hit
            for kind, headers, lines in asked
            if kind is wanted_kind
            for hit in _with_lines(hook, kind, session, headers(), lines)
        }

    return {kind: partial(read, kind) for kind in wanted}


def difference(document: Document, hits: Sequence[Found]) -> str:
    """Why what Intacct has under a document's number is not the document, for a person; empty when it is.

    :param hits: all that was found under its number, one at least
    """
    if len(hits) > 1:
        return f"there are {len(hits)} documents with its number"
    return kind_of(document.kind).unlike(document, hits[0])


def search(
    hook: SageIntacctHook,
    kind: Kind,
    session: str,
    wanted: Filter,
    *,
    only: Callable[[Record], bool] = lambda _: True,
) -> list[Found]:
    """The documents that a filter finds, with their lines.

    :param kind: a reader
    :param only: leaves out headers whose lines nobody needs
    """
    headers = hook.query_all(kind.object, _header_fields(hook, kind), filter=wanted, entity=session, show_private=True)
    return _with_lines(hook, kind, session, [record for record in headers if only(record)])


def search_together(
    hook: SageIntacctHook,
    session: str,
    wanted: Sequence[tuple[Kind, Filter]],
    *,
    only: Callable[[Kind, Record], bool],
    described: bool = False,
) -> list[list[Found]]:
    """The same of several filters, each with its reader; the headers of all are asked for together.

    :param described: whether ``only`` looks at the description
    """
    queries = [_headers(hook, kind, one, [kind.described_in] if described else ()) for kind, one in wanted]
    answers = hook.query_together(queries, entity=session)
    return [
        _with_lines(hook, kind, session, [record for record in answer() if only(kind, record)])
        for (kind, _), answer in zip(wanted, answers, strict=True)
    ]


def _headers(hook: SageIntacctHook, kind: Kind, wanted: Filter, more: Sequence[str] = ()) -> Query:
    return Query(kind.object, list(dict.fromkeys([*_header_fields(hook, kind), *more])), wanted)


def _with_lines(
    hook: SageIntacctHook,
    kind: Kind,
    session: str,
    headers: Sequence[Record],
    asked: Callable[[], Iterable[Record]] | None = None,
) -> list[Found]:
    """Documents with their lines.

    :param asked: gives the lines of all headers, where they were asked for together with them
    """
    if not headers:
        return []
    if asked is not None:
        lines = _by_header(kind, asked())
    else:
        numbers = [str(record["RECORDNO"]) for record in headers]
        lines = lines_of(hook, kind, session, numbers, _line_fields(hook, kind))
    found = (read_back(kind, record, lines[str(record["RECORDNO"])]) for record in headers)
    return [replace(one, session=session) for one in found]


def _line_fields(hook: SageIntacctHook, kind: Kind) -> list[str]:
    wanted = {*kind.entry_fields, *hook.also_read.get(kind.line_object, ())}
    return sorted(wanted & hook.field_names(kind.line_object))


def _header_fields(hook: SageIntacctHook, kind: Kind) -> list[str]:
    own = hook.also_read.get(kind.object)
    return [*kind.fields, *sorted(own & hook.field_names(kind.object))] if own else list(kind.fields)


def _lines(kind: Kind, record_numbers: Sequence[str], fields: Sequence[str]) -> Query:
    selected = list(dict.fromkeys(["RECORDNO", kind.line_parent, *fields]))
    return Query(kind.line_object, selected, In(kind.line_parent, record_numbers))


def _by_header(kind: Kind, lines: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in lines:
        found[str(record[kind.line_parent])].append(record)
    return found


def lines_of(
    hook: SageIntacctHook, kind: Kind, session: str, record_numbers: Sequence[str], fields: Sequence[str]
) -> dict[str, list[Record]]:
    """The lines of documents, by the RECORDNO of their header."""
    queries = [_lines(kind, part, fields) for part in chunks(record_numbers)]
    return _by_header(kind, (record for answer in hook.query_together(queries, entity=session) for record in answer()))


def chunks(values: Sequence[Value], *, forms: int = 1) -> Iterator[list[Value]]:
    """The values in lists that one query takes, each in so many forms."""
    most = _VALUES // forms
    for start in range(0, len(values), most):
        yield list(values[start : start + most])
