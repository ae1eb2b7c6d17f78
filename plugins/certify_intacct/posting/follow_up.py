"""Reads documents back: what state they are in at Intacct, and whether anybody changed, reversed or deleted them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.model.ledger import LedgerState, allowed
from certify_intacct.posting.lookup import Found, by_record
from certify_intacct.staging import ledger, ledger_reads

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

_FOLLOWED = (LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.ALTERED)


class FollowUp:
    """Follows documents that Intacct accepted: until they are in its general ledger, and after that when asked."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.late = timedelta(minutes=run.configuration.posting.sending.late_commit_minutes)

    def accepted(self) -> Counter[str]:
        """Reads back everything that is accepted but not yet in Intacct's general ledger."""
        with self.database.connection() as connection:
            waiting = ledger_reads.find_documents(
                connection,
                "intacct_company = %(intacct)s AND certify_company = %(certify)s AND state = 'accepted' AND record_no IS NOT NULL",
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
                for entry in entries:
                    state = self._state(entry, found.get(entry.record_no or ""), now, sees=sees)
                    counts[state.value if state else "unseen"] += 1
                    self._write(connection, entry, found.get(entry.record_no or ""), state, now)
        return counts

    def _sees(self, entries: Sequence[LedgerDocument]) -> bool:
        """Whether other documents of the same place can be seen: a user who lost a right sees none, and nothing was deleted then."""
        with self.database.connection() as connection:
            others = ledger_reads.witnesses(connection, entries[0], [entry.document_id for entry in entries])
        numbers = [other.record_no for other in others if other.record_no]
        return bool(numbers) and bool(by_record(self.hook, entries[0].kind, entries[0].session_entity, numbers))

    def _state(self, entry: LedgerDocument, found: Found | None, now: datetime, *, sees: bool) -> LedgerState | None:
        """The state that Intacct shows; None when the document is not to be seen, and that may be for being too new, or for our eyes.

        :param now: the time by PostgreSQL, before Intacct was asked; the clocks of workers may differ
        :param sees: whether another document of the same place was seen
        """
        if found is None:
            # What was adopted was never sent by us: it counts from the last moment at which it was seen.
            known_at = entry.last_sent_at or entry.seen_at or entry.updated_at
            return LedgerState.DELETED if sees and now - known_at > self.late else None
        if found.ledger_state is LedgerState.REVERSED:
            return LedgerState.REVERSED
        return found.ledger_state if found.agrees_with(entry.document) else LedgerState.ALTERED

    def _write(
        self, connection: Any, entry: LedgerDocument, found: Found | None, state: LedgerState | None, now: datetime
    ) -> None:
        who = self.run.who
        if found is not None:
            ledger.note(
                connection,
                entry.document_id,
                seen_at=now,
                intacct_state=found.state,
                record_url=found.url,
            )
        if state is None or state is entry.state or not allowed(entry.state, state):
            return
        message = ""
        if state is LedgerState.ALTERED and found is not None:
            message = f"Somebody changed it in Intacct: {found.disagreement(entry.document)}."
        elif state in (LedgerState.REVERSED, LedgerState.DELETED):
            message = f"Somebody {state.value} it in Intacct."
        if message:
            log.warning("%s: %s", entry.number, message)
        ledger.move(connection, entry.document_id, state, message=message, **who)


def _place(entry: LedgerDocument) -> tuple[str, str]:
    return entry.session_entity, entry.kind.value
