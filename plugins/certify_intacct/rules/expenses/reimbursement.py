"""Whether the employee was paid outside of Intacct, by what Certify says of it."""

from __future__ import annotations

import re

# Nobody has published what stands there when nothing was paid: empty, or a zero.
_NOTHING = re.compile("0*")
_NUMBER = re.compile("[0-9]+")
_BY_HAND = "manual pay"


def paid_elsewhere(reimbursed: bool, transaction: str) -> str:
    """Why a bill would pay twice, or may; empty when Certify says of no payment.

    :param transaction: ReimbursementTransactionID: the number of a transfer, or ``Manual Pay``
    """
    stated = transaction.strip()
    if _NOTHING.fullmatch(stated):
        return "Certify says that the employee was reimbursed already: a bill would pay twice." if reimbursed else ""
    if _NUMBER.fullmatch(stated) or stated.casefold() == _BY_HAND:
        return f"Certify says that the employee was reimbursed already (transaction {stated}): a bill would pay twice."
    return (
        f"Certify states the reimbursement transaction {transaction!r}, which is neither a number nor Manual Pay: nobody knows "
        "whether the employee was paid already."
    )
