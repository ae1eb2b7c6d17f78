"""Card vendor bills: what the company paid by its cards, billed by the cards' vendors (docs/posting-rules.md, rules 23, 35 and 38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from include.chaos.kinds.base import COMPANY, Kind, Member
from include.chaos.lists import Lists
from include.chaos.postings import Record

# The vendors are two suppliers of the sandbox's company. One card has a card account beside its vendor, the other has none; one
# statement closes within the month, the other one with it.
CARDS: tuple[dict[str, Any], ...] = (
    {"payment_card": "Corporate Visa", "card_id": "CORP-VISA", "vendor_id": "20003", "statement_day": 12},
    {"payment_card": "Corporate Amex", "vendor_id": "20004"},
)
# Where other charges of the same cards become something else, both have a card account.
_ACCOUNTS = ("CORP-VISA", "CORP-AMEX")
VENDORS = {card["payment_card"]: str(card["vendor_id"]) for card in CARDS}
CLOSES = {card["payment_card"]: int(card.get("statement_day", 31)) for card in CARDS}


class CardVendorBill(Kind):
    """One bill for each card, statement, entity and currency."""

    payer = COMPANY
    target = "card_vendor_bill"
    settings: ClassVar[Mapping[str, Any]] = {"cards": list(CARDS)}
    object = "APBILL"
    lines = "APBILLITEMS"
    letter = "V"
    function = "create APBILL"
    subledger = "AP"
    payee_field = "VENDORID"
    day_fields = ("WHENPOSTED", "WHENCREATED")
    template = "cardholder_memo"
    beside: ClassVar[Mapping[str, Any]] = {
        "cards": [{**card, "card_id": account} for card, account in zip(CARDS, _ACCOUNTS, strict=True)]
    }
    has_statements = True

    def apart(self, line: Record) -> str:
        """Card and statement; what nobody can put on one waits without the others."""
        card, day = str(line.get("PaymentCardName") or ""), _charged(line)
        return f"{card} until {_closing(day, CLOSES[card])}" if card in CLOSES and day else f"{card} until nobody knows"

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The card's vendor."""
        return VENDORS.get(members[0][0].get("PaymentCardName") or "", "")

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """A card that is mapped, charges with a day, and a vendor that may be billed and is no employee."""
        vendor = lists.vendors.get(self.payee(report, members))
        if vendor is None:
            return "card"
        session = str(report["EmpGLD1Code"]) if lists.inside_entities else ""
        checks = (
            (not all(_charged(line) for line, _ in members), "no day of the charge"),
            (vendor.get("VENDTYPE") == "Employee", "the card's vendor is an employee"),
            (vendor.get("STATUS") != "active", "vendor inactive"),
            (vendor.get("ONHOLD") == "true", "vendor on hold"),
            (vendor.get("MEGAENTITYID") not in (None, "", session), "vendor of an entity"),
        )
        return next((why for wrong, why in checks if wrong), "")

    def closing(self, members: Sequence[Member]) -> str:
        """The same for all of them."""
        card, day = str(members[0][0].get("PaymentCardName") or ""), _charged(members[0][0])
        return str(_closing(day, CLOSES[card])) if card in CLOSES and day else ""


def _charged(line: Record) -> str:
    return str(line.get("PostingDate") or line.get("ExpenseDate") or "")[:10]


def _closing(day: str, statement_day: int) -> date:
    """The next day on which a statement closes: that day of the month, or the month's last where it is shorter."""
    found = date.fromisoformat(day)
    while found.day != statement_day and not (found.day < statement_day and (found + timedelta(days=1)).day == 1):
        found += timedelta(days=1)
    return found
