"""Whether the employee, or the supplier of invoices, was paid outside of Intacct, by what Certify says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from certify_intacct.model.reports import of_invoices

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
