"""A document as the judge sees it, whatever its kind, and the words of both services that it is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Entry:
    """A line of a document."""

    account: str
    department: str
    location: str
    amount: Decimal


@dataclass(frozen=True)
class Posting:
    """A document as it should stand, or stands, in Intacct.

    :param object: of Intacct
    :param day: ISO
    :param entries: the expenses
    :param against: what balances them, where the document itself says it
    :param letter: of its kind, with which its number ends: two kinds may be one object
    """

    object: str
    payee: str
    currency: str
    day: str
    entries: tuple[Entry, ...]
    against: tuple[Entry, ...] = ()
    letter: str = ""

    @property
    def total(self) -> Decimal:
        """The sum of its expenses."""
        return sum((entry.amount for entry in self.entries), Decimal(0))

    @property
    def undated(self) -> tuple[Any, ...]:
        """All of it but the date."""
        return self.object, self.letter, self.payee, self.currency, self.entries, self.against


def iso(text: Any) -> str:
    """Intacct's mm/dd/yyyy as an ISO date."""
    month, day, year = str(text)[:10].split("/")
    return f"{year}-{month}-{day}"


def money(value: Any) -> Decimal:
    """An amount of Certify; nothing is zero."""
    return Decimal(str(value or "0"))


def yes(value: Any) -> bool:
    """A flag as either service writes it."""
    return value in (True, 1, "1", "true", "True")
