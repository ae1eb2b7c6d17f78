"""What a person must look at: by whom, and by which way it ends. What a person has decided about stays visible, and alarms nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.model.currencies import money
from certify_intacct.model.ledger import GONE, LedgerState
from certify_intacct.model.rules import Desk, Rule
from certify_intacct.posting import withdrawn
from certify_intacct.posting.follow_up import UNKNOWN_STATE, UNREADABLE, UNSEEN
from certify_intacct.rules.expenses.charges import UNTWICE
from certify_intacct.rules.texts import readable
from certify_intacct.staging import decisions, reconciliation
from certify_intacct.staging.reconciliation_results import ReconciliationFinding
from certify_intacct.staging.values import processed_date

if TYPE_CHECKING:
    from decimal import Decimal

    from certify_intacct.documents.found import Found
    from certify_intacct.posting.follow_up import Seen
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.decisions import KeptDecision
    from certify_intacct.staging.ledger_reads import LedgerDocument

UNASSIGNED, NOT_PROCESSED = "unassigned", "not_processed"
_LONGEST_CODE = 100
_LOOK_AT = (LedgerState.DECLINED, LedgerState.ALTERED, LedgerState.REVERSED, LedgerState.DELETED)

_AGAIN = "The next run of expense_sync holds the report: decide to post it again, or that it is not ours."
#: By finding who can act, and how. ``tests/reconciliation/test_ways.py`` carries them out.
WAYS: dict[str, tuple[Desk, str]] = {
    UNASSIGNED: (Desk.CONFIGURATION, "Run expense_sync for its processed date."),
    NOT_PROCESSED: (Desk.PAYABLES, "Process it again in Certify, reverse the document in Intacct, or accept it as posted."),
    LedgerState.ALTERED: (Desk.PAYABLES, "Correct it in Intacct, or accept it as posted."),
    LedgerState.REVERSED: (Desk.PAYABLES, _AGAIN),
    LedgerState.DELETED: (Desk.PAYABLES, _AGAIN),
    LedgerState.DECLINED: (Desk.PAYABLES, "Submit it again in Intacct, or delete it there and decide to post it again."),
    Rule.ORPHAN: (Desk.PAYABLES, "Reverse or delete it in Intacct, or decide that it stays. "
        "After a restored backup, run expense_sync for its date."),
    Rule.SECOND_DOCUMENT: (Desk.PAYABLES, "Reverse or delete the one that is wrong in Intacct, or decide that both stay."),
    Rule.SAME_CHARGE: (Desk.PAYABLES, UNTWICE),
    UNKNOWN_STATE: (Desk.INTACCT, "Look at it in Intacct, and report the word."),
    UNREADABLE: (Desk.INTACCT, "Look at it there, and correct the value."),
    UNSEEN: (Desk.INTACCT, "Give the web services user the right to see it."),
    "booked_by_hand": (Desk.PAYABLES, "Correct the record in Intacct; or decide on the report's page again, with the right "
        "RECORDNO, or take the decision back there."),
    "approval": (Desk.CONFIGURATION, "Ask whom it names. If they did not approve, stop posting, find out who can run code on the "
        "workers, and look through what that load posted."),
    "record": (Desk.CONFIGURATION, "Somebody who owns the database changed it: compare it with a backup (make verify-ledger)."),
}  # fmt: skip


class Findings:
    """Makes findings of the reports and documents of one reconciliation."""

    def __init__(self, run: PostingRun, report_ids: Collection[str]) -> None:
        self.database = run.database
        self.company = run.company.certify_company
        with run.database.connection() as connection:
            self._labels = reconciliation.labels(connection, self.company, report_ids)
            self._closed = decisions.closed(connection, self.company, report_ids)
            self._released = decisions.released(connection, self.company, report_ids)
            self._accepted = decisions.accepted(connection, self.company, report_ids)

    def label(self, report_id: str) -> str:
        """Approval code and employee of a report, as far as they are known."""
        return self._labels.get(report_id) or f"report {report_id}"

    def settled(self, documents: Collection[LedgerDocument]) -> set[int]:
        """Of documents that are gone from Intacct, those of which nothing waits any more: their IDs."""
        with self.database.connection() as connection:
            return reconciliation.settled(connection, [entry.document_id for entry in documents])

    def of_document(self, finding: str, entry: LedgerDocument, text: str) -> ReconciliationFinding:
        """A finding about a document of the ledger."""
        return made(
            finding, entry.number, text, report_id=entry.report_id, label=self.label(entry.report_id), currency=entry.currency,
            amount=entry.total, day=entry.posting_date, decided=self._decided(finding, entry),
        )  # fmt: skip

    def of_stranger(
        self, finding: str, hit: Found, report_id: str, text: str, *, decided: bool
    ) -> ReconciliationFinding:
        """A finding about a document in Intacct that is not in the ledger."""
        return made(
            finding, f"{hit.number} (record {hit.record_no})", text, report_id=report_id, label=self.label(report_id),
            currency=hit.currency, amount=hit.total, day=hit.date, decided=decided,
        )  # fmt: skip

    def _decided(self, finding: str, entry: LedgerDocument) -> bool:
        """Whether a person said what becomes of a document's part, or of its whole report."""
        if finding == NOT_PROCESSED:
            return (entry.number, withdrawn.hash_of(entry)) in self._accepted
        if Rule.POST_AGAIN in self._released.get((entry.report_id, entry.part), ()):
            return True
        if entry.state is LedgerState.ALTERED:
            return (entry.number, entry.hash_of(entry.stands)) in self._accepted
        return any(
            report_id == entry.report_id and (content == entry.part or _is_about(kept, entry))
            for (report_id, content), kept in self._closed.items()
        )


def _is_about(kept: KeptDecision, entry: LedgerDocument) -> bool:
    """Whether a decision is one about a whole report, without what of it stood, and so about a document that was none of that."""
    if kept.content is None or "payer" in kept.content:
        return kept.content is None and not kept.number
    return not any((line_id, entry.payer) in kept.stood for line_id in entry.document.expense_ids)


def of_report(
    finding: str, report_id: str, text: str, header: Mapping[str, Any], amount: Decimal | None = None
) -> ReconciliationFinding:
    """A finding about a report as Certify has it."""
    code = readable(str(header.get("ApprovalCode") or ""), _LONGEST_CODE)
    return made(
        finding, report_id, text, report_id=report_id, label=f"approval code {code}" if code else f"report {report_id}",
        currency=readable(str(header.get("Currency") or ""), _LONGEST_CODE), amount=amount, day=processed_date(header),
    )  # fmt: skip


def made(finding: str, number: str, text: str, **about: Any) -> ReconciliationFinding:
    """A finding with who can act and how."""
    desk, cure = WAYS[finding]
    return ReconciliationFinding(finding=str(finding), number=number, text=text, desk=desk.value, cure=cure, **about)


def of_documents(
    findings: Findings, documents: Sequence[LedgerDocument], seen: Mapping[int, Seen]
) -> Iterator[ReconciliationFinding]:
    """What is said of documents that Intacct has or had, by what was seen of them."""
    # The sequence is the document's and not the report's: another one of it may have been posted again since.
    newest: dict[tuple[str, int], int] = {}
    for entry in documents:
        place = entry.report_id, entry.ordinal
        newest[place] = max(entry.sequence, newest.get(place, 0))
    settled = findings.settled([entry for entry in documents if entry.state in GONE])
    for entry in documents:
        word, text = seen.get(entry.document_id, ("", ""))
        # What was posted again under a new number is settled.
        if text:
            yield findings.of_document(word, entry, text)
        elif entry.state in _LOOK_AT and entry.sequence == newest[entry.report_id, entry.ordinal]:
            found = findings.of_document(entry.state.value, entry, entry.message)
            if found.decided or entry.document_id not in settled:
                yield found


def report_line(found: ReconciliationFinding) -> str:
    """A finding as a line of a log: what, of which report, over how much, who can act and how."""
    amount = f", {money(found.amount, found.currency)}" if found.amount is not None else ""
    day = f" of {found.day}" if found.day else ""
    about = f" ({found.label}{amount}{day})" if found.label else ""
    done = "A person has decided that it stays." if found.decided else f"{found.desk}: {found.cure}"
    return f"{found.finding} {found.number}{about}: {found.text} {done}"
