"""What is no expense of the company (docs/posting-rules.md, rule 18): private, advanced, and paid elsewhere already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.chaos.kinds import EMPLOYEE
from include.chaos.kinds.gl_journal import CLEARING
from include.chaos.lists import Lists
from include.chaos.postings import Record

# Due from employees, in the sandbox's company.
_RECEIVABLE = "1150"
_NUMBER_OR_BY_HAND = re.compile(r"\d*|manual pay", re.IGNORECASE)


@dataclass(frozen=True)
class Variety:
    """What becomes of it.

    :param accounts: private and advanced are booked on an account; else they wait
    :param clears: what was paid elsewhere becomes a journal; else it waits
    """

    name: str
    accounts: bool = False
    clears: bool = False

    @property
    def posting(self) -> dict[str, Any]:
        """What connector.yaml says under `posting`."""
        said: dict[str, Any] = {}
        if self.accounts:
            said |= {"personal": "account", "personal_account": _RECEIVABLE}
            said |= {"cash_advance": "account", "cash_advance_account": _RECEIVABLE}
        if self.clears:
            said |= {
                "already_reimbursed": "clearing_account",
                "already_reimbursed_journal": CLEARING.settings["journal"],
            }
        return {"policies": said} if said else {}

    def marked(self, payer: str, line: Record, part: Decimal, lists: Lists) -> tuple[str, str]:
        """The account of what is no expense, or why it waits; neither of what is one."""
        category = line.get("ExpenseCategory")
        private, advanced = category in lists.private, category in lists.advanced
        if not (private or advanced):
            return "", ""
        # None makes it right that an employee is paid what is private.
        owed = private and payer == EMPLOYEE and part > 0
        return (_RECEIVABLE, "") if self.accounts and not owed else ("", "personal or cash advance")

    def cleared(self, report: Record) -> bool:
        """Whether what the employee is owed was paid elsewhere, beyond doubt, and is booked so."""
        transaction = str(report.get("ReimbursementTransactionID") or "").strip()
        return self.clears and was_paid(report) and bool(_NUMBER_OR_BY_HAND.fullmatch(transaction))


def was_paid(report: Record) -> bool:
    """Whether Certify says that somebody paid, or may have."""
    return report.get("Reimbursed") in (True, 1, "1", "true", "True") or bool(
        str(report.get("ReimbursementTransactionID") or "").strip("0 ")
    )


VARIETIES = (
    Variety("all waits"),
    Variety("private and advanced on accounts", accounts=True),
    Variety("paid elsewhere cleared", clears=True),
    Variety("accounts and clearing", accounts=True, clears=True),
)
