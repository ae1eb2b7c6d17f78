"""Whether a document was paid, and in what way the two services differ about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """What Intacct says of the payment of a document, in the document's currency; None is what it does not say.

    :param unreadable: what of it cannot be read, for a person; nothing else is told then
    """

    paid: Decimal | None = None
    due: Decimal | None = None
    on: date | None = None
    unreadable: str = ""


class Difference(StrEnum):
    """In what way the two differ: the words of ``difference`` in ``ledger.payment``."""

    PAID_NOT_MARKED = "paid_not_marked"
    MARKED_NOT_PAID = "marked_not_paid"
    PAID_IN_PART = "paid_in_part"
    PAID_DIFFERENTLY = "paid_differently"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> str:
        """What it means, for people."""
        return _SAID[self][0]

    @property
    def to_do(self) -> str:
        """What is done about it, and by whom."""
        return _SAID[self][1]


_SAID = {
    Difference.PAID_NOT_MARKED: (
        "paid in Intacct, not marked in Certify",
        "The Treasurer marks the report in Certify: Mark as Paid.",
    ),
    Difference.MARKED_NOT_PAID: (
        "marked in Certify, not paid in Intacct",
        "Ask the Treasurer how it was paid. Without money yet, pay it in Intacct; with it, accounts payable reverses the document.",
    ),
    Difference.PAID_IN_PART: (
        "paid in part",
        "Accounts payable pays what is due of the report, and what of it waits is cured; then the Treasurer marks it in Certify.",
    ),
    Difference.PAID_DIFFERENTLY: (
        "settled with another amount than was posted",
        "Accounts payable looks at the document in Intacct: it was changed before it was paid, or a credit was applied to it.",
    ),
    Difference.UNREADABLE: (
        "cannot be read",
        "Correct the value where it stands; the next reconciliation reads it again.",
    ),
}
