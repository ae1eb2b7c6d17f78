"""Whether the employee, or the supplier of invoices, was paid outside of Intacct, by what Certify says of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from certify_intacct.model.reports import ExpenseReport, of_invoices
from certify_intacct.model.rules import Rule

# Nobody has published what stands there when nothing was paid: empty, or a zero.
_NOTHING = re.compile("0*")
_NUMBER = re.compile("[0-9]+")
_BY_HAND = "manual pay"


@dataclass(frozen=True, kw_only=True)
class PaidElsewhere:
    """That somebody paid, or may have.

    :param certain: False where nobody can tell
    :param reason: why a bill would pay twice, or may
    """

    certain: bool
    reason: str


def paid_elsewhere(reimbursed: bool, transaction: str, report_id: str = "") -> PaidElsewhere | None:
    """What Certify says of a payment; None when it says of none.

    :param transaction: ReimbursementTransactionID: the number of a transfer, or ``Manual Pay``
    :param report_id: of one of invoices it is the supplier who was paid
    """
    who, was = ("supplier", "paid") if of_invoices(report_id) else ("employee", "reimbursed")
    stated = transaction.strip()
    known = _NUMBER.fullmatch(stated) or stated.casefold() == _BY_HAND
    if _NOTHING.fullmatch(stated):
        paid = f"Certify says that the {who} was already {was}: a bill would pay twice."
        return PaidElsewhere(certain=True, reason=paid) if reimbursed else None
    if known:
        paid = f"Certify says that the {who} was already {was} (transaction {stated}): a bill would pay twice."
        return PaidElsewhere(certain=True, reason=paid)
    unclear = (
        f"Certify states the reimbursement transaction {transaction!r}, which is neither a number nor Manual Pay, so nobody can "
        f"tell whether the {who} was already paid."
    )
    return PaidElsewhere(certain=False, reason=unclear)


def payment_of(report: ExpenseReport) -> PaidElsewhere | None:
    """What Certify says of a payment to the employee, or to the supplier of invoices; None where nothing is owed."""
    if not report.reim_amount and not of_invoices(report.id):
        return None
    return paid_elsewhere(report.reimbursed, report.reimbursement_transaction_id, report.id)


def is_cleared(report: ExpenseReport, overruled: Collection[str]) -> bool:
    """Whether a company that clears payments books the report as paid elsewhere: Certify is certain, and nobody said otherwise.

    :param overruled: rules that persons overruled in whatever of the report
    """
    paid = payment_of(report)
    certain = paid is not None and paid.certain and Rule.ALREADY_REIMBURSED not in overruled
    return certain and not of_invoices(report.id)
