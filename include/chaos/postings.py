"""A document as the judge sees it, whatever its kind, and the words of both services that it is read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Entry:
    """A line of a document.

    :param amount: without the taxes that have entries
    :param taxes: detail and amount of each of them
    :param rate: by what it is converted into the currency of the books: a rate type of Intacct, or a rate; empty where nothing is
    :param memo: its text, which is judged apart: whoever words a report anew changes no money
    """

    account: str
    department: str
    location: str
    amount: Decimal
    taxes: tuple[tuple[str, Decimal], ...] = ()
    rate: str = ""
    memo: str = field(default="", compare=False)

    @property
    def gross(self) -> Decimal:
        """With its taxes."""
        return sum((tax for _, tax in self.taxes), self.amount)


@dataclass(frozen=True)
class Posting:
    """A document as it should stand, or stands, in Intacct.

    :param object: of Intacct
    :param day: ISO
    :param entries: the expenses
    :param against: what balances them, where the document itself says it
    :param letter: of its kind, with which its number ends: two kinds may be one object
    :param stated: the days that it states beside that of its posting, ISO, of a kind that has such of its own
    :param text: its description, judged apart like the memos
    """

    object: str
    payee: str
    currency: str
    day: str
    entries: tuple[Entry, ...]
    against: tuple[Entry, ...] = ()
    letter: str = ""
    stated: tuple[str, ...] = ()
    text: str = field(default="", compare=False)

    @property
    def total(self) -> Decimal:
        """The sum of its expenses, with their taxes."""
        return sum((entry.gross for entry in self.entries), Decimal(0))

    @property
    def words(self) -> tuple[Any, ...]:
        """Its texts: of the document, and of each line."""
        return self.text, tuple(sorted((entry, entry.memo) for entry in (*self.entries, *self.against)))

    @property
    def undated(self) -> tuple[Any, ...]:
        """All of it but the date."""
        return self.object, self.letter, self.payee, self.currency, self.entries, self.against, self.stated


def summed(entries: Iterable[Entry], text: str) -> list[Entry]:
    """One for all that are coded alike, and one for their refunds."""
    groups: dict[tuple[Any, ...], list[Entry]] = {}
    for entry in entries:
        details = tuple(detail for detail, _ in entry.taxes)
        coding = (entry.account, entry.department, entry.location, entry.amount < 0, details, entry.rate)
        groups.setdefault(coding, []).append(entry)
    return [_sum(group, text) for group in groups.values()]


def _sum(entries: list[Entry], text: str) -> Entry:
    first, *others = entries
    if not others:
        return first
    taxes = tuple(
        (detail, sum((entry.taxes[place][1] for entry in entries), Decimal(0)))
        for place, (detail, _) in enumerate(first.taxes)
    )
    amount = sum((entry.amount for entry in entries), Decimal(0))
    return replace(first, amount=amount, taxes=taxes, memo=f"{text}: {len(entries)} expenses")


def spent_text(amount: Decimal, currency: str) -> str:
    """What was spent in another currency, as a memo ends with it; yen have no cents."""
    return f" ({amount.quantize(Decimal(1) if currency == 'JPY' else Decimal('0.01'))} {currency})"


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
