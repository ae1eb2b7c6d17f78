"""Reads documents back, line by line: what state they are in at Intacct, and whether anybody changed, reversed or deleted them."""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from certify_intacct.documents import alike, kind_of, reader_of
from certify_intacct.model.errors import ConnectorError, CredentialsRefused, FunctionFailed, PermissionDenied
from certify_intacct.model.ledger import LedgerState, allowed
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.lookup import by_record, chunks
from certify_intacct.staging import alarms, decisions, first_reads, ledger, ledger_reads, open_reports
from certify_intacct.staging.alarms import Alarm
from certify_intacct.transport.progress import Progress
from certify_intacct.transport.side_by_side import with_each

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.entries import Stands
    from certify_intacct.documents.found import Found
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.documents import Document
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

_FOLLOWED = (LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.DECLINED, LedgerState.ALTERED)
_ASKED = (LedgerState.DECLINED, LedgerState.REVERSED, LedgerState.DELETED)
_SAID = {
    LedgerState.DECLINED: "Whoever was to approve it in Intacct declined it.",
    LedgerState.REVERSED: "Somebody reversed it in Intacct.",
}
#: A word of STATE that nobody here knows, or a value that nobody can read: counted, raised as an alarm, found by reconciliation.
UNKNOWN_STATE, UNREADABLE = "unknown_state", Rule.UNREADABLE
#: What Intacct does not show: to our eyes, or as long as it need not show what it took a moment ago.
UNSEEN, TOO_NEW = "unseen", "too_new"
# A place that we may not enter, or a kind that we may not see.
_NOT_SEEN = (PermissionDenied, CredentialsRefused, FunctionFailed)
# One that is seen is enough; the first may just be deleted.
_WITNESSES = 10
_UNKNOWN = "Its STATE in Intacct is {!r}, which is not known here: nobody can tell whether it is posted."


class Seen(NamedTuple):
    """What was seen of a document.

    :param word: its state; or ``unknown_state``, ``unreadable``, ``unseen``, or ``too_new`` as long as Intacct need not show it yet
    :param text: why nobody can tell its state
    """

    word: str
    text: str = ""


class _Asked(NamedTuple):
    """Documents of one object of Intacct, what gives the answer for them, and the time by PostgreSQL before they were asked for."""

    reader: Kind
    documents: Sequence[LedgerDocument]
    answer: Callable[[], dict[str, Found]]
    now: datetime


class FollowUp:
    """Follows documents that Intacct accepted: until they are in its general ledger, and after that when asked.

    :param others: further hooks, for as many places to be looked at side by side
    """

    def __init__(self, run: PostingRun, *, others: Sequence[SageIntacctHook] = ()) -> None:
        self.run = run
        self.hooks = [run.hook, *others]
        self.database = run.database
        self.company = run.company
        self.late = timedelta(minutes=run.configuration.posting.sending.late_commit_minutes)

    def accepted(self) -> Counter[str]:
        """Reads back everything that Intacct has, but not yet in its general ledger or not as it was sent; and what is to be done
        about it by people, who may have done it. Counts what was found."""
        with self.database.connection() as connection:
            ids = ledger_reads.to_follow(connection, self.company.certify_company, self.company.intacct_company_id)
        counts: Counter[str] = Counter()
        some = list(chunks(ids))
        progress = Progress("Parts of what is read back", len(some))
        with closing(with_each(self.hooks, self._check_some, some)) as checked:
            for found in checked:
                progress.step(documents=len(found))
                counts.update(seen.word for seen in found.values())
        return counts

    def _check_some(self, hook: SageIntacctHook, document_ids: Sequence[int]) -> dict[int, Seen]:
        """As many documents as one query takes: a large day is never in memory as a whole."""
        with self.database.connection() as connection:
            entries = ledger_reads.find_documents(connection, "document_id = ANY(%(ids)s)", {"ids": list(document_ids)})
        wanted = [entry for entry in entries if entry.state in _FOLLOWED]
        return self._check(hook, wanted) if wanted else {}

    def check(self, documents: Sequence[LedgerDocument]) -> dict[int, Seen]:
        """Compares documents with what Intacct has now, and writes what changed into the ledger.

        :returns: what was seen of each document that Intacct has or had, by ID
        """
        wanted = [document for document in documents if document.state in _FOLLOWED and document.record_no]
        seen: dict[int, Seen] = {}
        with closing(with_each(self.hooks, self._check, chunks(wanted))) as checked:
            for found in checked:
                seen |= found
        return seen

    def _check(self, hook: SageIntacctHook, entries: Sequence[LedgerDocument]) -> dict[int, Seen]:
        """Documents, as many as one query takes: those of entities at top level, and what it does not show where it was posted."""
        seen = self._from_above(hook, [entry for entry in entries if entry.session_entity])
        left = sorted((entry for entry in entries if entry.document_id not in seen), key=_session)
        there = [entry for entry in entries if entry.document_id in seen]
        for session, members in groupby(left, key=_session):
            witnesses = [entry for entry in there if entry.session_entity == session]
            seen |= self._in_its_place(hook, session, list(members), witnesses)
        return seen

    def _from_above(self, hook: SageIntacctHook, entries: Sequence[LedgerDocument]) -> dict[int, Seen]:
        """Documents of any entities, as far as top level shows them: one question where each entity would have its own.

        What it does not show is not taken for deleted. An entity that nobody can enter, since it was closed for instance, has no
        other way to be seen.
        """
        seen: dict[int, Seen] = {}
        try:
            asked = self._ask(hook, "", entries) if entries else []
        except _NOT_SEEN:
            return seen
        for reader, members, answer, now in asked:
            try:
                found = answer()
            except _NOT_SEEN:
                continue
            there = [entry for entry in members if entry.record_no in found]
            seen |= self._compare(hook, reader, there, partial(dict, found), now) if there else {}
        return seen

    def _in_its_place(
        self,
        hook: SageIntacctHook,
        session: str,
        entries: Sequence[LedgerDocument],
        witnesses: Sequence[LedgerDocument],
    ) -> dict[int, Seen]:
        """Documents of one session, as that session shows them.

        :param witnesses: others of the session that Intacct has: where one of them is seen, what is not seen is not there
        """
        try:
            asked = self._ask(hook, session, entries, witnesses)
        except _NOT_SEEN as error:
            return _unseen(entries, error)
        seen: dict[int, Seen] = {}
        for reader, members, answer, now in asked:
            seen |= self._compare(hook, reader, members, answer, now)
        return seen

    def _ask(
        self,
        hook: SageIntacctHook,
        session: str,
        entries: Sequence[LedgerDocument],
        witnesses: Sequence[LedgerDocument] = (),
    ) -> list[_Asked]:
        """Asks for documents in one session, those of one object of Intacct together, and for some of the witnesses with them."""
        with self.database.connection() as connection:
            now = ledger_reads.now(connection)
        by_reader: dict[Kind, list[LedgerDocument]] = defaultdict(list)
        for entry in entries:
            by_reader[reader_of(entry.kind)].append(entry)
        numbers: dict[Kind, set[str]] = {}
        for reader, members in by_reader.items():
            others = [entry for entry in witnesses if reader_of(entry.kind) is reader][:_WITNESSES]
            numbers[reader] = {entry.record_no or "" for entry in (*members, *others)}
        answers = by_record(hook, session, numbers)
        return [_Asked(reader, members, answers[reader], now) for reader, members in by_reader.items()]

    def _compare(
        self,
        hook: SageIntacctHook,
        reader: Kind,
        entries: Sequence[LedgerDocument],
        answer: Callable[[], dict[str, Found]],
        now: datetime,
    ) -> dict[int, Seen]:
        """Documents of one place with what Intacct answers; where we may not look, the others are looked at all the same."""
        try:
            found = answer()
            sees = bool(found) or self._sees(hook, reader, entries)
        except _NOT_SEEN as error:
            return _unseen(entries, error)
        seen: dict[int, Seen] = {}
        with self.database.connection() as connection:
            known = _Known(connection, self.company.certify_company, entries)
            changes = _Changes(self.run)
            for entry in entries:
                hit = found.get(entry.record_no or "")
                if hit is None:
                    seen[entry.document_id] = self._missing(connection, changes, entry, now, sees=sees)
                else:
                    seen[entry.document_id] = self._there(connection, changes, entry, hit, now, known)
            changes.write(connection)
        return seen

    def _sees(self, hook: SageIntacctHook, reader: Kind, entries: Sequence[LedgerDocument]) -> bool:
        """Whether other documents of the same place can be seen: a user who lost a right sees none, and nothing was deleted then."""
        with self.database.connection() as connection:
            ids = [entry.document_id for entry in entries]
            others = ledger_reads.witnesses(connection, entries[0], alike(entries[0].kind), ids)
        numbers = [other.record_no for other in others if other.record_no]
        return bool(numbers) and bool(by_record(hook, entries[0].session_entity, {reader: numbers})[reader]())

    def _missing(
        self, connection: Connection, changes: _Changes, entry: LedgerDocument, now: datetime, *, sees: bool
    ) -> Seen:
        """What it means that Intacct does not show a document.

        :param now: the time by PostgreSQL, before Intacct was asked; the clocks of workers may differ
        :param sees: whether another document of the same place was seen
        """
        # What was adopted was never sent by us: it counts from the last moment at which it was seen.
        known_at = entry.last_sent_at or entry.seen_at or entry.updated_at
        if now - known_at <= self.late:
            return Seen(TOO_NEW)
        if not sees:
            return Seen(UNSEEN, "Intacct shows neither this document nor any other that was posted in the same place.")
        self._move(connection, changes, entry, LedgerState.DELETED, "Somebody deleted it in Intacct.")
        return Seen(LedgerState.DELETED)

    def _there(
        self,
        connection: Connection,
        changes: _Changes,
        entry: LedgerDocument,
        found: Found,
        now: datetime,
        known: _Known,
    ) -> Seen:
        """What a document is by what Intacct shows of it; writes that down.

        :param now: as for ``_missing``
        """
        kind, state = kind_of(entry.kind), found.meaning.ledger_state
        changes.note(entry, seen_at=now, intacct_state=found.state, record_url=found.url)
        if state is None:
            return self._alarm(connection, entry, found, UNKNOWN_STATE, _UNKNOWN.format(found.state))
        if state in (LedgerState.REVERSED, LedgerState.DECLINED):
            self._move(connection, changes, entry, state, _SAID[state])
            return Seen(state)
        if found.unreadable:
            return self._alarm(connection, entry, found, UNREADABLE, f"It cannot be read: {found.unreadable}")
        document = entry.document
        stands = kind.stands(document, found)
        differs = kind.disagreement(document, found, known.measure(entry, document))
        changes.note(entry, stands=json.dumps(stands) if differs else None)
        if not differs and not known.was_read(entry):
            changes.first_read(entry, None if stands == kind.as_sent(document) else stands)
        if differs and not known.accepts(entry, stands):
            self._waits(connection, changes, entry, stands, differs)
            self._move(connection, changes, entry, LedgerState.ALTERED, _altered(differs))
            return Seen(LedgerState.ALTERED)
        message = ""
        if entry.state is LedgerState.ALTERED:
            message = "Accepted as it stands." if differs else "Put right again in Intacct."
        elif state is LedgerState.ACCEPTED:
            message = f"It is {found.state} in Intacct now, and so not in its general ledger."
        self._move(connection, changes, entry, state, message)
        return Seen(state)

    def _alarm(self, connection: Connection, entry: LedgerDocument, found: Found, word: str, text: str) -> Seen:
        log.error("%s: %s", entry.number, text)
        label = kind_of(entry.kind).label
        cure = (
            f"Look at {label} {entry.number} (record {found.record_no}) in Intacct. If nothing is wrong with it there, report this "
            "alarm to who maintains the connector."
        )
        alarm = Alarm(what=f"document {entry.number}", rule=word, reason=text, cure=cure)
        alarms.raise_alarms(connection, self.run.load_id, [alarm])
        return Seen(word, text)

    def _move(
        self, connection: Connection, changes: _Changes, entry: LedgerDocument, state: LedgerState, message: str
    ) -> None:
        if state is entry.state or not allowed(entry.state, state):
            return
        if state in _ASKED:
            self._is_asked(connection, entry, state)
        if message:
            log.warning("%s: %s", entry.number, message)
        changes.move(entry, state, message)

    def _is_asked(self, connection: Connection, entry: LedgerDocument, state: LedgerState) -> None:
        """The next run, of whatever dates, reads the report and asks a person what becomes of it."""
        reason = f"{entry.number} is {state.value} in Intacct: the next run says what can be decided."
        item = entry.as_open(OpenState.FOUND, reason)
        open_reports.keep_open(connection, entry.certify_company, self.run.load_id, item)

    def _waits(
        self, connection: Connection, changes: _Changes, entry: LedgerDocument, stands: Stands, differs: str
    ) -> None:
        """What was changed in Intacct waits for a person, exactly as it stands there now."""
        changes.note(entry, message=_altered(differs))
        reason = f"{entry.number}: {_altered(differs)}"
        item = entry.as_open(OpenState.HELD, reason, rule=Rule.ALTERED_IN_INTACCT, part=entry.hash_of(stands))
        open_reports.keep_open(connection, entry.certify_company, self.run.load_id, item)


def _session(entry: LedgerDocument) -> str:
    return entry.session_entity


def _unseen(entries: Sequence[LedgerDocument], error: ConnectorError) -> dict[int, Seen]:
    if not entries:
        return {}
    log.error("%s documents could not be seen: %s", len(entries), error)
    return {entry.document_id: Seen(UNSEEN, str(error)) for entry in entries}


def _altered(differs: str) -> str:
    return f"Somebody changed it in Intacct: {differs}."


class _Changes:
    """What is to be written about documents of one place, all at once."""

    def __init__(self, run: PostingRun) -> None:
        self._who: dict[str, Any] = {**run.who}
        self._notes: dict[int, dict[str, Any]] = defaultdict(dict)
        self._moves: dict[int, tuple[LedgerState, dict[str, str]]] = {}
        self._reads: list[tuple[LedgerDocument, Stands | None]] = []

    def note(self, entry: LedgerDocument, **columns: Any) -> None:
        """What of a document is no change of state."""
        self._notes[entry.document_id] |= columns

    def move(self, entry: LedgerDocument, state: LedgerState, message: str) -> None:
        """Its change of state."""
        self._moves[entry.document_id] = state, {"message": message}

    def first_read(self, entry: LedgerDocument, stands: Stands | None) -> None:
        """How it stood when it was first read back."""
        self._reads.append((entry, stands))

    def write(self, connection: Connection) -> None:
        """Writes them, each document once."""
        alike: dict[tuple[LedgerState | None, tuple[str, ...]], dict[int, dict[str, Any]]] = defaultdict(dict)
        for document_id in self._notes.keys() | self._moves.keys():
            state, moved = self._moves.get(document_id, (None, {}))
            columns = {**self._notes.get(document_id, {}), **moved}
            alike[state, tuple(columns)][document_id] = columns
        first_reads.keep(connection, self._reads)
        for (state, _), documents in alike.items():
            if state is None:
                ledger.note(connection, documents)
            else:
                ledger.move_all(connection, state, documents, **self._who)


class _Known:
    """What is known of documents before Intacct is asked.

    :param entries: the documents
    """

    def __init__(self, connection: Connection, certify_company: str, entries: Sequence[LedgerDocument]) -> None:
        self._first_reads = first_reads.first_reads(connection, entries)
        self._accepted = decisions.accepted(connection, certify_company, {entry.report_id for entry in entries})

    def was_read(self, entry: LedgerDocument) -> bool:
        """Whether a document was read back before."""
        return entry.document_id in self._first_reads

    def measure(self, entry: LedgerDocument, document: Document) -> Stands | None:
        """How a document is to stand: as it was first read; None as long as nobody has."""
        if not self.was_read(entry):
            return None
        return self._first_reads[entry.document_id] or kind_of(entry.kind).as_sent(document)

    def accepts(self, entry: LedgerDocument, stands: Stands) -> bool:
        """Whether a person accepted a document as it stands."""
        return (entry.number, entry.hash_of(stands)) in self._accepted
