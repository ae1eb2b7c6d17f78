"""Reads documents back: what state they are in at Intacct, and whether anybody changed, reversed or deleted them."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of
from certify_intacct.model.ledger import LedgerState, allowed
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.lookup import by_record
from certify_intacct.staging import alarms, decisions, ledger, ledger_reads, report_plans
from certify_intacct.staging.alarms import Alarm

if TYPE_CHECKING:
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

_FOLLOWED = (LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.DECLINED, LedgerState.ALTERED)
_ASKED = (LedgerState.DECLINED, LedgerState.REVERSED, LedgerState.DELETED)
_COMPARED = (LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.ALTERED)
#: A word of STATE that nobody here knows: counted, raised as an alarm, found by reconciliation.
UNKNOWN_STATE = "unknown_state"


class FollowUp:
    """Follows documents that Intacct accepted: until they are in its general ledger, and after that when asked."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.late = timedelta(minutes=run.configuration.posting.sending.late_commit_minutes)

    def accepted(self) -> Counter[str]:
        """Reads back everything that Intacct has, but not yet in its general ledger or not as it was sent; and what is to be done
        about it by people, who may have done it."""
        with self.database.connection() as connection:
            waiting = ledger_reads.find_documents(
                connection,
                "intacct_company = %(intacct)s AND certify_company = %(certify)s AND record_no IS NOT NULL "
                "AND (state IN ('accepted', 'declined', 'altered') OR EXISTS (SELECT FROM ledger.open_item i "
                "WHERE (i.certify_company, i.report_id) = (ledger.document.certify_company, ledger.document.report_id)))",
                {"intacct": self.company.intacct_company_id, "certify": self.company.certify_company},
            )
        return self.check(waiting)

    def check(self, documents: Sequence[LedgerDocument]) -> Counter[str]:
        """Compares documents with what Intacct has now, writes what changed into the ledger, and counts the states found."""
        counts: Counter[str] = Counter()
        wanted = [document for document in documents if document.state in _FOLLOWED and document.record_no]
        for (session, _), members in groupby(sorted(wanted, key=_place), key=_place):
            entries = list(members)
            with self.database.connection() as connection:
                now = ledger_reads.now(connection)
            found = by_record(self.hook, entries[0].kind, session, [entry.record_no or "" for entry in entries])
            sees = bool(found) or self._sees(entries)
            with self.database.connection() as connection:
                reports = {entry.report_id for entry in entries}
                accepted = decisions.accepted(connection, self.company.certify_company, reports)
                for entry in entries:
                    hit = found.get(entry.record_no or "")
                    state = self._state(entry, hit, now, accepted, sees=sees)
                    counts[_word(state, hit)] += 1
                    self._write(connection, entry, hit, state, now)
        return counts

    def _sees(self, entries: Sequence[LedgerDocument]) -> bool:
        """Whether other documents of the same place can be seen: a user who lost a right sees none, and nothing was deleted then."""
        with self.database.connection() as connection:
            others = ledger_reads.witnesses(connection, entries[0], [entry.document_id for entry in entries])
        numbers = [other.record_no for other in others if other.record_no]
        return bool(numbers) and bool(by_record(self.hook, entries[0].kind, entries[0].session_entity, numbers))

    def _state(
        self,
        entry: LedgerDocument,
        found: Found | None,
        now: datetime,
        accepted: Collection[tuple[str, str]],
        *,
        sees: bool,
    ) -> LedgerState | None:
        """The state that Intacct shows; None when nobody can tell.

        Either it is not to be seen, and that may be for being too new, or for our eyes; or its STATE is a word that nobody knows.

        :param now: the time by PostgreSQL, before Intacct was asked; the clocks of workers may differ
        :param accepted: number and hash of what persons accepted as it stands
        :param sees: whether another document of the same place was seen
        """
        if found is None:
            # What was adopted was never sent by us: it counts from the last moment at which it was seen.
            known_at = entry.last_sent_at or entry.seen_at or entry.updated_at
            return LedgerState.DELETED if sees and now - known_at > self.late else None
        state = found.meaning.ledger_state
        if state not in (LedgerState.ACCEPTED, LedgerState.IN_GL):
            return state
        kind, document = kind_of(entry.kind), entry.document
        altered = bool(kind.disagreement(document, found))
        if altered and (entry.number, entry.hash_of(kind.stands(document, found))) not in accepted:
            return LedgerState.ALTERED
        return state

    def _write(
        self,
        connection: Connection,
        entry: LedgerDocument,
        found: Found | None,
        state: LedgerState | None,
        now: datetime,
    ) -> None:
        who = self.run.who
        differs = kind_of(entry.kind).disagreement(entry.document, found) if found is not None else ""
        if found is not None:
            seen: dict[str, Any] = {"seen_at": now, "intacct_state": found.state, "record_url": found.url}
            if state in _COMPARED:
                seen["stands"] = json.dumps(kind_of(entry.kind).stands(entry.document, found)) if differs else None
            ledger.note(connection, entry.document_id, **seen)
            if state is LedgerState.ALTERED:
                self._waits(connection, entry, found, differs)
            if found.meaning.ledger_state is None:
                alarms.raise_alarms(connection, self.run.load_id, [_alarm(entry, found)])
        if state is None or state is entry.state or not allowed(entry.state, state):
            return
        if state in _ASKED:
            self._is_asked(connection, entry, state)
        message = ""
        if state is LedgerState.ALTERED:
            message = _altered(differs)
        elif entry.state is LedgerState.ALTERED and state in (LedgerState.ACCEPTED, LedgerState.IN_GL):
            message = "Accepted as it stands." if differs else "Put right again in Intacct."
        elif state is LedgerState.DECLINED:
            message = "Whoever was to approve it in Intacct declined it."
        elif state is LedgerState.ACCEPTED and found is not None:
            message = f"It is {found.state} in Intacct now, and so not in its general ledger."
        elif state in (LedgerState.REVERSED, LedgerState.DELETED):
            message = f"Somebody {state.value} it in Intacct."
        if message:
            log.warning("%s: %s", entry.number, message)
        ledger.move(connection, entry.document_id, state, message=message, **who)

    def _is_asked(self, connection: Connection, entry: LedgerDocument, state: LedgerState) -> None:
        """The next run, of whatever dates, reads the report and asks a person what becomes of it."""
        item = report_plans.OpenReport(
            report_id=entry.report_id,
            state=OpenState.FOUND,
            reason=f"{entry.number} is {state.value} in Intacct: the next run says what can be decided.",
            part=entry.part,
            payer=entry.payer.value,
            number=entry.number,
            currency=entry.currency,
            total=entry.total,
        )
        report_plans.keep_open(connection, entry.certify_company, self.run.load_id, item)

    def _waits(self, connection: Connection, entry: LedgerDocument, found: Found, differs: str) -> None:
        """What was changed in Intacct waits for a person, exactly as it stands there now."""
        ledger.note(connection, entry.document_id, message=_altered(differs))
        item = report_plans.OpenReport(
            report_id=entry.report_id,
            state=OpenState.HELD,
            rule=Rule.ALTERED_IN_INTACCT,
            reason=f"{entry.number}: {_altered(differs)}",
            part=entry.hash_of(kind_of(entry.kind).stands(entry.document, found)),
            payer=entry.payer.value,
            number=entry.number,
            currency=entry.currency,
            total=entry.total,
        )
        report_plans.keep_open(connection, entry.certify_company, self.run.load_id, item)


def _altered(differs: str) -> str:
    return f"Somebody changed it in Intacct: {differs}."


def _word(state: LedgerState | None, found: Found | None) -> str:
    return state.value if state else UNKNOWN_STATE if found else "unseen"


def _alarm(entry: LedgerDocument, found: Found) -> Alarm:
    log.error("%s: its STATE in Intacct is %r, which is not known here.", entry.number, found.state)
    return Alarm(
        what=f"document {entry.number}",
        rule=UNKNOWN_STATE,
        reason=f"Its STATE in Intacct is {found.state!r}, which is not known here: nobody can tell whether it is posted.",
        cure=f"Look at {kind_of(entry.kind).label} {entry.number} (record {found.record_no}) in Intacct, and report the word.",
    )


def _place(entry: LedgerDocument) -> tuple[str, str]:
    return entry.session_entity, entry.kind.value
