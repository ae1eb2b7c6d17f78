"""Sends a document in doubt again: the same bytes under the same control ID, where it was measured that this is refused if the
first request was executed after all.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import Function
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, ServiceUnavailable
from certify_intacct.model.ledger import LedgerState
from certify_intacct.posting.decided import taken_out_of, taken_out_since
from certify_intacct.posting.one_by_one import Untold
from certify_intacct.posting.recheck import objection, recoded
from certify_intacct.staging import company_facts, decisions, frozen_reports, ledger, ledger_reads

if TYPE_CHECKING:
    from certify_intacct.intacct.responses import Result
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.recheck import Recheck
    from certify_intacct.posting.report_locks import ReportLocks
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

#: Facts of a company that verify_company measures: whether a control ID that comes again is refused, and how many minutes after it
#: was carried out it was still refused.
REPLAY_FACT = "replay_refused"
PROVEN_FACT = "replay_refused_minutes"
# So often may an answer be lost.
MOST_ATTEMPTS = 3
#: In the answer of a document: Intacct refused its control ID, or may have.
REPEATED = "repeated"
# Refusals that cannot be the refusal of a replay in unknown words.
_PLAIN = frozenset(
    {
        reasons.CLOSED_PERIOD, reasons.DIMENSION_MISSING, reasons.DIMENSION_INVALID, reasons.VENDOR, reasons.EMPLOYEE, reasons.ACCOUNT,
        reasons.PROJECT, reasons.PERMISSION, reasons.TAX, reasons.TERM, reasons.SMART_RULE, reasons.AMOUNT, reasons.BALANCE,
        reasons.NUMBER, reasons.DATE, reasons.COMPLIANCE, reasons.DIRECT_POSTING, reasons.CARD,
    }
)  # fmt: skip
_PASSING = frozenset({reasons.TRANSIENT, reasons.RATE_LIMIT})


class Replayer:
    """Decides whether a document that is provably absent may be sent again, and sends it.

    :param recheck: asks Certify again: a report may have changed while its document was in doubt
    :param locks: holds the lock of the document's report
    """

    def __init__(self, run: PostingRun, *, recheck: Recheck, locks: ReportLocks) -> None:
        self.hook = run.hook
        self.database = run.database
        self.sending = run.configuration.posting.sending
        self.who = run.who
        self.recheck = recheck
        self.locks = locks

    def objection(self, entry: LedgerDocument) -> str:
        """Why an absent document must not be sent again, empty when nothing speaks against it.

        :raises ConnectorError: Certify cannot be asked
        """
        if entry.answer.get(REPEATED):
            return (
                f"Intacct refused it with {entry.message!r}, which may mean that it was carried out before, and yet it was not found. "
                "Look for it with a user who sees all entities; if it is not there, decide to plan it afresh."
            )
        with self.database.connection() as connection:
            refused = company_facts.fact(connection, entry.intacct_company, REPLAY_FACT)
        if refused is not True:
            return (
                "It is not in Intacct, but nobody has shown that Intacct refuses a second request with the same control ID. "
                "Run the DAG verify_company; or look for it in Intacct and, if it is not there, decide to plan it afresh."
            )
        if entry.attempts >= MOST_ATTEMPTS:
            return f"It was sent {entry.attempts} times, never answered and never found."
        # Certify may take long to say whether the report is still the same.
        return self._too_long_ago(entry) or self._changed(entry) or self._too_long_ago(entry)

    def _too_long_ago(self, entry: LedgerDocument) -> str:
        with self.database.connection() as connection:
            proven = company_facts.fact(connection, entry.intacct_company, PROVEN_FACT)
            age = ledger_reads.age(connection, entry.document_id, entry.revision)
        # Measured by an earlier version of the connector: as long as a document in doubt waits at least.
        minutes = (
            float(proven)
            if proven is not None
            else self.sending.late_commit_minutes + self.sending.absence_checks_minutes_apart
        )
        if age <= timedelta(minutes=minutes):
            return ""
        return (
            f"It is not in Intacct and was first sent {age.total_seconds() / 60:.0f} minutes ago. That Intacct refuses a second "
            f"request with the same control ID is proven for {minutes:g} minutes only. Look for it in Intacct; if it is not there, "
            "decide to plan it afresh. For the next time, run the DAG verify_company with a longer wait_minutes."
        )

    def _changed(self, entry: LedgerDocument) -> str:
        """What a person, or Certify, says by now against posting the report as it was frozen; empty when nothing."""
        with self.database.connection() as connection:
            report = frozen_reports.as_planned(connection, entry.load_id, entry.report_id)
            released = decisions.released(connection, entry.certify_company, [entry.report_id])
            closed = decisions.closed(connection, entry.certify_company, [entry.report_id])
            documents = ledger_reads.documents_of_reports(connection, entry.certify_company, {entry.report_id})
        content = report.content
        made = taken_out_of(entry.report_id, closed, documents.get(entry.report_id, ()))
        if taken_out := taken_out_since(entry.document, entry.part, content, made):
            return f"It is not in Intacct, and is not sent again. {taken_out}."
        headers = self.recheck.headers({entry.report_id: date.fromisoformat(content["report"]["processed_date"])})
        rules = {rule for key in (report.source_hash, entry.part) for rule in released.get((entry.report_id, key), ())}
        header, clears = headers.get(entry.report_id), entry.document.clears_payment
        if isinstance(header, Untold):
            # No reason to hold it: the next look asks again.
            raise ServiceUnavailable(f"Certify does not give its report: {header.reason}")
        changed = objection(content["report"], header, sorted(rules), entry.payer, clears_payment=clears)
        if not changed:
            now = self.recheck.lines({entry.report_id: content})[entry.report_id]
            if now.unanswered:
                # No reason to hold it: the next look asks again.
                raise ServiceUnavailable(f"Certify does not give the lines of its report: {'; '.join(now.unreadable)}")
            changed = recoded(content, now, content["lines"].keys() - entry.document.expense_ids)
        return f"It is not in Intacct, and is not sent again: {changed}" if changed else ""

    def replay(self, entry: LedgerDocument) -> None:
        """The same bytes under the same control ID: when the first request arrives late after all, one of the two is refused.

        :raises ServiceUnavailable: the lock of its report is gone; nothing was sent
        """
        self.locks.require()
        with self.database.connection() as connection:
            ledger.move(
                connection, entry.document_id, LedgerState.SENDING, attempts=entry.attempts + 1, absent_checks=0, last_absent_at=None,
                answer={}, message="Proven absent; sent again under the same control ID.", **self.who,
            )  # fmt: skip
        function = Function(control_id=entry.control_id, xml=entry.request, name=entry.kind.value, writes=True)
        try:
            (result,) = self.hook.send([function], entity=entry.session_entity, unique=True)
        except AnswerUnreadable as error:
            self._write(entry, LedgerState.IN_DOUBT, f"The answer was lost again: {error}")
        except ConnectorError as error:
            self._write(entry, LedgerState.IN_DOUBT, f"Not executed: {error}", **_as_before(entry))
        else:
            self._answered(entry, result)

    def _answered(self, entry: LedgerDocument, result: Result) -> None:
        if result.succeeded and result.key:
            self._write(entry, LedgerState.ACCEPTED, "", record_no=result.key)
            return
        if result.succeeded:
            self._write(entry, LedgerState.IN_DOUBT, "Intacct accepted it without saying under which record.")
            return
        meaning = explain(result.errors)
        message = str(meaning)
        answer: dict[str, Any] = {"errors": [str(error) for error in result.errors]}
        if meaning.reason in _PLAIN:
            self._write(entry, LedgerState.REJECTED, message, answer=answer)
        elif meaning.reason in _PASSING:
            self._write(entry, LedgerState.IN_DOUBT, f"Not executed: {message}", answer=answer, **_as_before(entry))
        else:
            # Refused as a replay, or in words that nobody knows: one more look decides, and nothing is sent once more.
            with self.database.connection() as connection:
                columns = _as_before(entry) | {"last_absent_at": ledger_reads.now(connection)}
            self._write(entry, LedgerState.IN_DOUBT, meaning.text, answer=answer | {REPEATED: True}, **columns)

    def _write(self, entry: LedgerDocument, state: LedgerState, message: str, **columns: Any) -> None:
        with self.database.connection() as connection:
            written = ledger.move_from(
                connection, entry.document_id, (LedgerState.SENDING,), state, message=message, **columns, **self.who
            )  # fmt: skip
        if not written:
            log.warning("%s was settled by somebody else meanwhile; our answer: %s", entry.number, message or state)


def _as_before(entry: LedgerDocument) -> dict[str, Any]:
    """What is known about a document whose replay provably was not carried out: its absence stands, and no answer was lost.

    The event of the send stays.
    """
    return {
        "attempts": entry.attempts,
        "absent_checks": entry.absent_checks,
        "last_absent_at": entry.last_absent_at,
        "last_sent_at": entry.last_sent_at,
    }
