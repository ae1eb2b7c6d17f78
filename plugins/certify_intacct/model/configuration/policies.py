"""Section ``posting.policies``: what is posted though nobody owes it as an expense, and what waits for a person."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from certify_intacct.model.configuration.paid import Journal
from certify_intacct.model.configuration.section import NameOrNothing, Section


class Policies(Section):
    """What waits, or is booked on an account of its own.

    :param personal: expenses of categories marked personal: ``account`` books what the company paid of them on ``personal_account``, a
        receivable from employees
    :param cash_advance: those of categories marked as cash advance: ``account`` books them on ``cash_advance_account``
    :param already_reimbursed: reports whose employee was paid elsewhere: ``clearing_account`` makes them GL journals, dated by
        ReimbursedDate, whose offset account is the one through which that payment goes
    """

    personal: Literal["hold", "account"] = "hold"
    personal_account: NameOrNothing = ""
    cash_advance: Literal["hold", "account"] = "hold"
    cash_advance_account: NameOrNothing = ""
    already_reimbursed: Literal["hold", "clearing_account"] = "hold"
    already_reimbursed_journal: Journal | None = None
    self_approved: Literal["hold", "post"] = "hold"

    @model_validator(mode="after")
    def _accounts_named(self) -> Policies:
        for name in ("personal", "cash_advance"):
            if (getattr(self, name) == "account") != bool(getattr(self, f"{name}_account")):
                raise ValueError(f"give `{name}_account: ACCOUNT` with `{name}: account`, and only then")
        if self.clears_payments != (self.already_reimbursed_journal is not None):
            raise ValueError(
                "give `already_reimbursed_journal` with symbol and offset_account with `already_reimbursed: clearing_account`, and "
                "only then"
            )
        return self

    @property
    def accounts(self) -> dict[str, str]:
        """The accounts that are named for what is no expense, each with its key."""
        named = {"personal_account": self.personal_account, "cash_advance_account": self.cash_advance_account}
        return {account: f"posting.policies.{key}" for key, account in named.items() if account}

    @property
    def clears_payments(self) -> bool:
        """Whether what was paid elsewhere is posted."""
        return self.already_reimbursed == "clearing_account"
