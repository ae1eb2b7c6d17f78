"""What was booked as paid elsewhere, while Certify does not say so any more: a transfer came back, or was marked by mistake.

The books say that the employee has the money then, and nobody may ever send it. The headers tell it that the daily sweep lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.model.content import content_hash
from certify_intacct.model.documents import ELSEWHERE, PAID
from certify_intacct.rules.expenses.reimbursement import paid_elsewhere
from certify_intacct.staging import decisions, ledger_reads, swept

if TYPE_CHECKING:
    from certify_intacct.model.reports import ExpenseReport
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument


#: In the canonical form of each that clears a payment: most are no such document, and need not be read for it.
_CLEARS = f'"{PAID}":"{ELSEWHERE}"'.encode()


def unpaid(document: LedgerDocument, report: ExpenseReport) -> bool:
    """Whether a document books a payment of which Certify is not certain any more."""
    if _CLEARS not in document.canonical or not document.document.clears_payment:
        return False
    paid = paid_elsewhere(report.reimbursed, report.reimbursement_transaction_id, report.id)
    return paid is None or not paid.certain


def hash_of(document: LedgerDocument) -> str:
    """SHA-256 of what a person accepts who lets it stand all the same."""
    return content_hash({"part": document.part, "reimbursed": False})


def listed(connection: Connection, load_id: int, certify_company: str) -> set[str]:
    """The reports of such documents, of those that a load's sweep has listed, without those that a person let stand."""
    ids = swept.cleared_and_unpaid(connection, load_id, certify_company)
    accepted = decisions.accepted(connection, certify_company, ids).keys()
    known = ledger_reads.documents_of_reports(connection, certify_company, ids)
    return {
        report_id
        for report_id, documents in known.items()
        if any(one.document.clears_payment and (one.number, hash_of(one)) not in accepted for one in documents)
    }
