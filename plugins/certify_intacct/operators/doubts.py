"""Settles documents in doubt: those that were sent, and nobody knows whether they were executed.

They are looked up. Found and equal: accepted. Absent counts only after the longest late commit, twice, minutes apart, and only when
the same look-up also finds a document that is known to be posted. Then, where it was measured that this company refuses replays,
the frozen bytes go out again under the same control ID; otherwise a person decides.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError
from certify_intacct.model.ledger import LedgerState
from certify_intacct.operators.intacct_lookup import Found, line_counts, look
from certify_intacct.staging import ledger, report_plans

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.operators.intacct_poster import Run
    from certify_intacct.operators.report_locks import ReportLocks
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.ledger import LedgerDocument

log = logging.getLogger(__name__)

REPLAY_FACT = "replay_refused"
MOST_ATTEMPTS = 3
ONE_QUERY = 400
# Refusals that cannot be the refusal of a replay in unknown words.
_PLAIN = frozenset(
    {
        reasons.CLOSED_PERIOD, reasons.DIMENSION_MISSING, reasons.DIMENSION_INVALID, reasons.VENDOR, reasons.ACCOUNT, reasons.PROJECT,
        reasons.PERMISSION, reasons.TAX, reasons.TERM, reasons.SMART_RULE,
    }
)  # fmt: skip


class Doubts:
    """Settles what can be settled, for all loads of the company.

    :param locks: the reports that are being sent by somebody are left to them
    """

    def __init__(
        self, *, hook: SageIntacctHook, database: Database, configuration: Configuration, locks: ReportLocks, run: Run
    ) -> None:
        self.hook = hook
        self.database = database
        self.company = configuration.company
        self.sending = configuration.posting.sending
        self.locks = locks
        self.run = run

    def settle(self, *, first_look_only: bool = False) -> None:
        """Looks at every document that is ``sending`` without anybody sending it, or in doubt.

        :param first_look_only: only those that this load just sent, and only whether they are found
        """
        condition = (
            "intacct_company = %(company)s AND certify_company = %(certify)s AND state IN ('sending', 'in_doubt')"
        )
        if first_look_only:
            condition += " AND load_id = %(load)s AND state = 'in_doubt' AND absent_checks = 0"
        values = {
            "company": self.company.intacct_company_id,
            "certify": self.company.certify_company,
            "load": self.run.load_id,
        }
        with self.database.connection() as connection:
            waiting = ledger.find_documents(connection, condition, values)
        ours = self.locks.take(document.token for document in waiting)
        try:
            with self.database.connection() as connection:
                # Again, under the lock: somebody may have settled them meanwhile.
                current = ledger.find_documents(
                    connection, condition + " AND token = ANY(%(tokens)s)", {**values, "tokens": list(ours)}
                )
                for document in current:
                    if document.state is LedgerState.SENDING:
                        message = "The run that sent it ended before it wrote down the answer."
                        ledger.move(
                            connection, document.document_id, LedgerState.IN_DOUBT, message=message, **self._who
                        )
            self._look(current, first_look_only=first_look_only)
        finally:
            self.locks.give_back(ours)

    def _look(self, waiting: Sequence[LedgerDocument], *, first_look_only: bool) -> None:
        by_place = sorted(waiting, key=_place)
        for documents in _together(by_place):
            witness = self._witness(documents[0])
            found = look(self.hook, [entry.document for entry in [*documents, *witness]])
            for document in documents:
                hits = [hit for hit in found if hit.number == document.number]
                if hits:
                    self._found(document, hits)
                elif not first_look_only:
                    seen = {hit.record_no for hit in found}
                    self._absent(document, proof=any(entry.record_no in seen for entry in witness))

    def _witness(self, document: LedgerDocument) -> list[LedgerDocument]:
        """A document of the same kind and place that is known to be posted: a look-up that misses it proves nothing."""
        with self.database.connection() as connection:
            return ledger.find_documents(
                connection,
                """
                document_id = (
                    SELECT max(document_id) FROM ledger.document WHERE intacct_company = %(company)s AND kind = %(kind)s
                    AND session_entity = %(session)s AND state IN ('accepted', 'in_gl') AND seen_at IS NOT NULL
                )
                """,
                {"company": document.intacct_company, "kind": document.kind.value, "session": document.session_entity},
            )

    def _found(self, entry: LedgerDocument, hits: Sequence[Found]) -> None:
        document = entry.document
        hit = hits[0]
        lines = line_counts(self.hook, entry.kind, entry.session_entity, [hit.record_no]).get(hit.record_no, 0)
        if len(hits) > 1:
            return self._hold(entry, f"Intacct has {len(hits)} documents with the number {entry.number}.")
        if not hit.agrees_with(document) or lines != len(document.lines):
            differs = hit.disagreement(document) or f"{lines} lines instead of {len(document.lines)}"
            return self._hold(entry, f"Intacct has {entry.number}, and it differs from what was sent: {differs}.")
        log.info("%s: its answer was lost, and it is in Intacct as record %s.", entry.number, hit.record_no)
        message = "Its answer was lost; it was found in Intacct."
        with self.database.connection() as connection:
            ledger.move(
                connection, entry.document_id, LedgerState.ACCEPTED, record_no=hit.record_no, record_url=hit.url,
                intacct_state=hit.state, message=message, **self._who,
            )  # fmt: skip
        return None

    def _absent(self, entry: LedgerDocument, *, proof: bool) -> None:
        now = datetime.now(tz=UTC)
        earliest = (entry.last_sent_at or now) + timedelta(minutes=self.sending.late_commit_minutes)
        if not proof or now < earliest:
            return
        if entry.absent_checks == 0 or entry.last_absent_at is None:
            with self.database.connection() as connection:
                ledger.note(connection, entry.document_id, absent_checks=1, last_absent_at=now)
            return
        if now < entry.last_absent_at + timedelta(minutes=self.sending.absence_checks_minutes_apart):
            return
        with self.database.connection() as connection:
            refused = ledger.fact(connection, entry.intacct_company, REPLAY_FACT)
        if refused is not True:
            self._hold(
                entry,
                "It is not in Intacct, but nobody has shown that Intacct refuses a second request with the same control ID. "
                "Run the DAG verify_company, or look for it and release the report.",
            )
        elif entry.attempts >= MOST_ATTEMPTS:
            self._hold(entry, f"It was sent {entry.attempts} times, never answered and never found.")
        else:
            self._replay(entry)

    def _replay(self, entry: LedgerDocument) -> None:
        """The same bytes under the same control ID: when the first request arrives late after all, one of the two is refused."""
        who = self._who
        with self.database.connection() as connection:
            ledger.move(
                connection, entry.document_id, LedgerState.SENDING, attempts=entry.attempts + 1, absent_checks=0, last_absent_at=None,
                message="Proven absent; sent again under the same control ID.", **who,
            )  # fmt: skip
        function = Function(control_id=entry.control_id, xml=entry.request, name=entry.kind.value, writes=True)
        state, columns = LedgerState.IN_DOUBT, {}
        try:
            (result,) = self.hook.send([function], entity=entry.session_entity, unique=True)
        except AnswerUnreadable as error:
            message = f"The answer was lost again: {error}"
        except ConnectorError as error:
            message = f"Not executed: {error}"
        else:
            message = ""
            if result.succeeded and result.key:
                state, columns = LedgerState.ACCEPTED, {"record_no": result.key}
            elif not result.succeeded:
                meaning = explain(result.errors)
                message = f"{meaning.text} {meaning.cure}"
                if meaning.reason in _PLAIN:
                    state = LedgerState.REJECTED
        with self.database.connection() as connection:
            ledger.move(connection, entry.document_id, state, message=message, **columns, **who)

    def _hold(self, entry: LedgerDocument, message: str) -> None:
        with self.database.connection() as connection:
            ledger.move(connection, entry.document_id, LedgerState.HELD, message=message, **self._who)
            report_plans.keep_open(
                connection,
                certify_company=entry.certify_company,
                report_id=entry.report_id,
                state="held",
                load_id=self.run.load_id,
                rule="held_document",
                reason=f"{entry.number}: {message}",
            )

    @property
    def _who(self) -> dict[str, str]:
        return {"run_id": self.run.run_id, "actor": self.run.actor}


def _together(by_place: Sequence[LedgerDocument]) -> Iterator[list[LedgerDocument]]:
    """Documents of one place, few enough to be looked up with their witness in one query."""
    for _, members in groupby(by_place, key=_place):
        documents = list(members)
        for start in range(0, len(documents), ONE_QUERY):
            yield documents[start : start + ONE_QUERY]


def _place(entry: LedgerDocument) -> tuple[str, str]:
    return entry.session_entity, entry.kind.value
