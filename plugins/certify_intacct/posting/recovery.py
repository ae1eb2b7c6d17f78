"""Settles documents in doubt: those that were sent, and nobody knows whether they were executed.

They are looked up. Found and equal: accepted. Absent counts only after the longest late commit, twice, minutes apart, and only when
the same look-up also finds a document that is known to be posted. Then, where it was measured that this company refuses replays,
the frozen bytes go out again under the same control ID; otherwise a person decides. What waits for that person is looked for in
every run all the same: nothing is to be asked of anybody that Intacct can tell.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import alike, reader_of
from certify_intacct.model.errors import ConnectorError
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.lookup import difference, look
from certify_intacct.staging import ledger, ledger_reads, open_reports

if TYPE_CHECKING:
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.replayer import Replayer
    from certify_intacct.posting.report_locks import ReportLocks
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

ONE_QUERY = 400

_UNPROVEN = (
    "It was not found in Intacct. That proves nothing, since no other document is known that should have been found there. "
    "Look for it with a user who sees all entities; if it is not there, decide to plan it afresh."
)
_BLIND = (
    "It was not found in Intacct, and neither was any other document that must be there: the web services user does not see them. "
    "Give it the right to see them; the next run looks again."
)

_OURS = "intacct_company = %(intacct)s AND certify_company = %(certify)s AND "


class Recovery:
    """Settles what can be settled, for all loads of the company.

    A place (entity and object of Intacct) in which nobody can be asked is left as it is, with the reason on its open items: the others
    are settled, and the run goes on with its own work.

    :param locks: the reports that are being sent by somebody are left to them
    :param replayer: sends again what is provably absent; None: nothing is sent
    """

    def __init__(self, run: PostingRun, *, locks: ReportLocks, replayer: Replayer | None = None) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.sending = run.configuration.posting.sending
        self.locks = locks
        self.replayer = replayer
        self._half_proven = False

    def settle(self) -> None:
        """Looks at every document that is ``sending`` without anybody sending it, or in doubt, or held."""
        self._half_proven = False
        self._each("state IN ('sending', 'in_doubt')", {}, self._absent)
        self._each("state = 'held'", {}, None)

    def settle_just_sent(self, tokens: Collection[str]) -> None:
        """Looks once at what this load sent of some reports and whose answer was lost: mostly it is there."""
        self._each(
            "state = 'in_doubt' AND load_id = %(load)s AND absent_checks = 0 AND token = ANY(%(sent)s)",
            {"load": self.run.load_id, "sent": list(tokens)},
            None,
        )

    def find(self) -> None:
        """Looks for all that is in doubt or held, and sends nothing."""
        self._each("state IN ('in_doubt', 'held')", {}, None)

    def settle_again(self, pause: Callable[[float], None]) -> None:
        """The second look, when ``settle`` made the first of some absence: it saves a daily run a whole day.

        :param pause: waits some seconds, at most ``absence_checks_minutes_apart``
        """
        if self._half_proven:
            pause(self.sending.absence_checks_minutes_apart * 60)
            self.settle()

    def _each(
        self, condition: str, values: Mapping[str, Any], absent: Callable[[LedgerDocument, datetime], None] | None
    ) -> None:
        """Looks for the documents for which an SQL condition of ours holds, under the locks of their reports.

        :param absent: what is done with a document that is provably not to be seen now
        """
        everything = {"intacct": self.company.intacct_company_id, "certify": self.company.certify_company, **values}
        with self.database.connection() as connection:
            waiting = ledger_reads.find_documents(connection, _OURS + condition, everything)
        if not waiting:
            return
        ours = self.locks.take(document.token for document in waiting)
        try:
            with self.database.connection() as connection:
                # Again, under the lock: somebody may have settled them meanwhile.
                current = ledger_reads.find_documents(
                    connection,
                    f"{_OURS}{condition} AND token = ANY(%(tokens)s)",
                    {**everything, "tokens": list(ours)},
                )
                for document in current:
                    if document.state is LedgerState.SENDING:
                        message = "The run that sent it ended before it wrote down the answer."
                        ledger.move(
                            connection, document.document_id, LedgerState.IN_DOUBT, message=message, **self.run.who
                        )
            for documents in _together(sorted(current, key=_place)):
                try:
                    self._look(documents, absent)
                except ConnectorError as error:
                    self._unseen(documents, error)
        finally:
            self.locks.give_back(ours)

    def _look(
        self, documents: Sequence[LedgerDocument], absent: Callable[[LedgerDocument, datetime], None] | None
    ) -> None:
        with self.database.connection() as connection:
            witnesses = ledger_reads.witnesses(connection, documents[0], alike(documents[0].kind))
            now = ledger_reads.now(connection)
        found = look(self.hook, [entry.document for entry in [*documents, *witnesses]])
        with self.database.connection() as connection:
            numbers = [hit.number for hit in found]
            known = {
                entry.number for entry in ledger_reads.by_number(connection, self.company.intacct_company_id, numbers)
            }
        seen = {hit.record_no for hit in found}
        proof = any(entry.record_no in seen for entry in witnesses)
        for document in documents:
            hits = [hit for hit in found if hit.number == document.number]
            strangers = [hit.number for hit in found if hit.token == document.token and hit.number not in known]
            if hits:
                self._found(document, hits)
            elif strangers:
                named = ", ".join(strangers)
                self._hold(document, f"Intacct has {named} with its token, which the ledger does not know.")
            elif absent is not None and (proof or not witnesses):
                absent(document, now)
            elif absent is not None and now >= self._late(document, now):
                with self.database.connection() as connection:
                    self._keep_open(connection, document, OpenState.IN_DOUBT, _BLIND)

    def _found(self, entry: LedgerDocument, hits: Sequence[Found]) -> None:
        hit = hits[0]
        differs = difference(entry.document, hits)
        if differs:
            self._hold(entry, f"Intacct has {entry.number}, and it differs from what was sent: {differs}.")
            return
        log.info("%s: its answer was lost, and it is in Intacct as record %s.", entry.number, hit.record_no)
        message = "Its answer was lost; it was found in Intacct."
        with self.database.connection() as connection:
            ledger.move(
                connection, entry.document_id, LedgerState.ACCEPTED, record_no=hit.record_no, record_url=hit.url,
                intacct_state=hit.state, message=message, **self.run.who,
            )  # fmt: skip
            if entry.state is LedgerState.HELD:
                self._keep_open(connection, entry, OpenState.FOUND, f"{message} The next run finishes the report.")
            else:
                open_reports.close_parts(connection, entry.certify_company, [(entry.report_id, entry.part)])

    def _absent(self, entry: LedgerDocument, now: datetime) -> None:
        """What a look-up that sees has not found. The times are PostgreSQL's: the clocks of workers may differ."""
        if now < self._late(entry, now):
            return
        if entry.absent_checks == 0 or entry.last_absent_at is None:
            with self.database.connection() as connection:
                ledger.note(connection, {entry.document_id: {"absent_checks": 1, "last_absent_at": now}})
            self._half_proven = True
            return
        if now < entry.last_absent_at + timedelta(minutes=self.sending.absence_checks_minutes_apart):
            return
        if self.replayer is None:
            return
        with self.database.connection() as connection:
            proven = ledger_reads.witnesses(connection, entry, alike(entry.kind))
        against = self.replayer.objection(entry)
        if against:
            self._hold(entry, against if proven else _UNPROVEN)
        elif (
            proven
        ):  # As long as it may be sent again, another document may come to be known that proves what a look-up sees.
            self.replayer.replay(entry)

    def _late(self, entry: LedgerDocument, now: datetime) -> datetime:
        """From when on its absence counts."""
        return (entry.last_sent_at or now) + timedelta(minutes=self.sending.late_commit_minutes)

    def _unseen(self, documents: Sequence[LedgerDocument], error: ConnectorError) -> None:
        numbers = ", ".join(document.number for document in documents[:6])
        log.warning("%s documents could not be looked for (%s): %s", len(documents), numbers, error)
        with self.database.connection() as connection:
            for document in documents:
                if document.state is not LedgerState.HELD:
                    self._keep_open(
                        connection, document, OpenState.IN_DOUBT, f"It could not be looked for in Intacct: {error}"
                    )

    def _hold(self, entry: LedgerDocument, message: str) -> None:
        with self.database.connection() as connection:
            if entry.state is LedgerState.HELD:  # why its report waits is the plan's to say
                ledger.note(connection, {entry.document_id: {"message": message}})
                return
            ledger.move(connection, entry.document_id, LedgerState.HELD, message=message, **self.run.who)
            self._keep_open(connection, entry, OpenState.HELD, message, rule=Rule.HELD_DOCUMENT)

    def _keep_open(
        self, connection: Connection, entry: LedgerDocument, state: OpenState, message: str, *, rule: str = ""
    ) -> None:
        item = entry.as_open(state, f"{entry.number}: {message}", rule=rule)
        open_reports.keep_open(connection, entry.certify_company, self.run.load_id, item)


def _together(by_place: Sequence[LedgerDocument]) -> Iterator[list[LedgerDocument]]:
    """Documents of one place, few enough to be looked up with their witnesses in one query."""
    for _, members in groupby(by_place, key=_place):
        documents = list(members)
        for start in range(0, len(documents), ONE_QUERY):
            yield documents[start : start + ONE_QUERY]


def _place(entry: LedgerDocument) -> tuple[str, str]:
    return entry.session_entity, reader_of(entry.kind).object
