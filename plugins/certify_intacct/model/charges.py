"""A charge of a card, or an invoice, by which it is known again when it is handed in a second time.

Certify's expenses carry PaymentCardName, CCLast and, where the charge came from a card feed, CCTransactionID. Nothing says that the
ID is unique beyond its card, and a line that was entered by hand has none: then card, date, merchant, amount and currency must do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from certify_intacct.model.currencies import money

_ID, _WITH_ID, _WITHOUT_ID, _INVOICE = "id", "with", "without", "invoice"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """The charge of an expense line.

    :param account: to what the card is mapped, a card account or a vendor (``Card.account``); empty when it is to none, as a
        personal card is
    :param card: PaymentCardName and last digits
    :param transaction_id: CCTransactionID, empty when there is none
    """

    account: str
    card: str
    transaction_id: str
    day: date
    merchant: str
    amount: Decimal
    currency: str

    @property
    def keys(self) -> frozenset[str]:
        """What is kept of it; :func:`asked` gives what it is looked for by.

        By account and by card: the mapping of cards may have changed since, and two names may lead to one account.
        """
        details = f"{self.day}|{folded(self.merchant)}|{self.amount.normalize():f}|{self.currency}"
        found = set()
        for place in (self.account and f"account|{self.account}", self.card and f"card|{folded(self.card)}"):
            if place and self.transaction_id:
                found |= {f"{_ID}|{place}|{self.transaction_id}", f"{_WITH_ID}|{place}|{details}"}
            elif place:
                found.add(f"{_WITHOUT_ID}|{place}|{details}")
        return frozenset(found)

    noun: ClassVar[str] = "charge"

    @property
    def label(self) -> str:
        """For a person."""
        name = f"card charge {self.transaction_id}" if self.transaction_id else "card charge"
        return f"{name} of {money(self.amount, self.currency)} at {self.merchant!r} on {self.day}"


@dataclass(frozen=True, kw_only=True)
class SuppliersInvoice:
    """An invoice, which is known again likewise: its supplier gave it a number.

    :param vendor_id: VENDORID of the supplier
    """

    vendor_id: str
    number: str

    noun: ClassVar[str] = "invoice"

    @property
    def keys(self) -> frozenset[str]:
        """What is kept of it, and what it is looked for by; nothing where vendor or number is not stated."""
        stated = self.vendor_id and folded(self.number)
        return frozenset({f"{_INVOICE}|{self.vendor_id}|{stated}"} if stated else ())

    @property
    def label(self) -> str:
        """For a person."""
        return f"invoice {self.number!r} of vendor {self.vendor_id}"


def card_name(name: str, last: str) -> str:
    """A card as Certify names it, by PaymentCardName and CCLast; empty when it names none."""
    return "/".join((name, last)) if name.strip() or last.strip() else ""


def charge_id(transaction_id: str) -> str:
    """Certify's CCTransactionID; empty when it states none, or zeros in its place."""
    return transaction_id if transaction_id.strip("0 ") else ""


def folded(text: str) -> str:
    """A name that people enter by hand, the same however they space and capitalize it."""
    return " ".join(text.split()).casefold()


def asked(keys: Iterable[str]) -> frozenset[str]:
    """Under which keys the same charges may be kept elsewhere.

    Two IDs that differ are two charges, however alike they look; where one side has no ID, the details decide.
    """
    found = set()
    for key in keys:
        kind, _, rest = key.partition("|")
        if kind == _WITH_ID:
            found.add(f"{_WITHOUT_ID}|{rest}")
        elif kind == _WITHOUT_ID:
            found |= {key, f"{_WITH_ID}|{rest}"}
        else:
            found.add(key)
    return frozenset(found)
