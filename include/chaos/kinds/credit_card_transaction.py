"""Card transactions: what the company paid by its cards (docs/posting-rules.md, rule 17)."""

from __future__ import annotations

from collections.abc import Sequence

from include.chaos.kinds.base import COMPANY, Kind, Member
from include.chaos.lists import Lists
from include.chaos.postings import Record

# As connector.yaml is shipped: posting.company_paid.cards.
CARDS = {"Corporate Visa": "CORP-VISA", "Corporate Amex": "CORP-AMEX"}


class CreditCardTransaction(Kind):
    """One transaction for each charge: card and date stand on its header."""

    payer = COMPANY
    target = "credit_card_transaction"
    often = 2
    object = "CCTRANSACTION"
    lines = "CCTRANSACTIONENTRIES"
    letter = "C"
    tag = "referenceno"
    function = "record_cctransaction"
    subledger = "CM"
    payee_field = "FINANCIALENTITY"
    day_fields = ("WHENCREATED",)
    memo = "DESCRIPTION"

    def apart(self, line: Record) -> str:
        """The charge; without an ID nothing says that two lines are of one."""
        charge = line.get("CCTransactionID")
        return f"{line.get('PaymentCardName')}/{line.get('CCLast')}/{charge}" if charge else f"line {line['ID']}"

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The card account of Intacct."""
        return CARDS.get(members[0][0].get("PaymentCardName") or "", "")

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """A card that is mapped, active, and not another entity's."""
        card = lists.cards.get(self.payee(report, members))
        places = (None, "", str(report["EmpGLD1Code"]))
        fine = card is not None and card.get("STATUS") == "active" and card.get("MEGAENTITYID") in places
        return "" if fine else "card"

    def inside(self, lists: Lists) -> bool:
        """Where the entities keep their books in different currencies, always: Intacct takes no charge at top level there."""
        return super().inside(lists) or lists.several_currencies
