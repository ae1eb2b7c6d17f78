"""Looks for documents of ours in Intacct, by token and number, in the session in which they are posted.

What a kind is called there, and what its records mean, is the kind's to say; here is who asks.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from certify_intacct.documents import KINDS, kind_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import In
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.rules.expenses import identity

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind, Record
    from certify_intacct.documents.found import Found
    from certify_intacct.intacct.filters import Filter
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.documents import Document, DocumentKind

log = logging.getLogger(__name__)
Value = TypeVar("Value")

# `in` takes a thousand values; a kind may be asked for by two lists.
_VALUES = 1000


def look(hook: SageIntacctHook, documents: Iterable[Document], *, other_kinds: bool = False) -> list[Found]:
    """Everything in Intacct that carries the token of one of ``documents``, or its number, whoever put it there.

    :param other_kinds: also what a report was posted as before a mapping made another kind of document of it
    :raises ConnectorError: when Intacct cannot answer completely; nothing can be said then
    """
    found: list[Found] = []
    by_session: dict[str, list[Document]] = {}
    for document in documents:
        by_session.setdefault(document.session_entity, []).append(document)
    for session, members in by_session.items():
        own = {member.kind for member in members}
        for kind in KINDS:
            if not other_kinds and kind.kind not in own:
                continue
            named = [member for member in members if other_kinds or member.kind is kind.kind]
            try:
                found += _named(hook, kind, session, named)
            except (PermissionDenied, FunctionFailed) as error:
                if kind.kind in own:
                    raise
                # A company that posts no such documents need not let us see them; then none of ours are there either.
                log.info("%s is not looked for: %s", kind.object, error)
    # A document may be found by both of its names.
    unique = {(item.kind, item.record_no): item for item in found if item.meaning is not Meaning.COUNTER_ENTRY}
    return list(unique.values())


def _named(hook: SageIntacctHook, kind: Kind, session: str, documents: Sequence[Document]) -> list[Found]:
    """What there is of one kind under the names that the documents have, would have as this kind, or had when first posted."""
    tokens = {
        identity.document_number(document.token, sequence, document.key.ordinal, kind.kind): document.token
        for document in documents
        for sequence in range(1, document.key.sequence + 1)
    } | {document.number: document.token for document in documents if document.kind is kind.kind}
    found: list[Found] = []
    for part in chunks(sorted(tokens)):
        found += search(hook, kind, session, kind.named(part, {tokens[number] for number in part}))
    return found


def by_record(
    hook: SageIntacctHook, kind: DocumentKind, session_entity: str, record_numbers: Collection[str]
) -> dict[str, Found]:
    """Documents by RECORDNO, as they are now; one that is missing is not there, or not to be seen yet."""
    found: dict[str, Found] = {}
    for part in chunks(sorted(record_numbers)):
        hits = search(hook, kind_of(kind), session_entity, In("RECORDNO", part))
        found |= {item.record_no: item for item in hits}
    return found


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
    """The documents of a kind that a filter finds, with their lines.

    :param only: leaves out headers whose lines nobody needs
    """
    headers = hook.query_all(kind.object, list(kind.fields), filter=wanted, entity=session, show_private=True)
    records = [record for record in headers if only(record)]
    if not records:
        return []
    fields = sorted(set(kind.entry_fields) & hook.field_names(kind.line_object))
    lines = lines_of(hook, kind, session, [str(record["RECORDNO"]) for record in records], fields)
    return [kind.read_back(record, lines[str(record["RECORDNO"])]) for record in records]


def lines_of(
    hook: SageIntacctHook, kind: Kind, session: str, record_numbers: Sequence[str], fields: Sequence[str]
) -> dict[str, list[Record]]:
    """The lines of documents, by the RECORDNO of their header."""
    found: dict[str, list[Record]] = defaultdict(list)
    for part in chunks(record_numbers):
        for record in hook.query_all(
            kind.line_object,
            list(dict.fromkeys(["RECORDNO", kind.line_parent, *fields])),
            filter=In(kind.line_parent, part),
            entity=session,
            show_private=True,
        ):
            found[str(record[kind.line_parent])].append(record)
    return found


def chunks(values: Sequence[Value]) -> Iterator[list[Value]]:
    """The values in lists that one query takes."""
    for start in range(0, len(values), _VALUES):
        yield list(values[start : start + _VALUES])
