"""Divides a report into documents: one for each payer, entity and currency; company-paid ones for each card charge.

The division depends on what the lines are, not on the order in which they come. Ordinals follow the payer and the smallest
expense ID of each group, so that a code that is mapped to another entity leaves every document its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import ZERO, ExpenseLine
from certify_intacct.rules.expenses.amounts import Shares


@dataclass(frozen=True, kw_only=True)
class Group:
    """The lines of one document to be, in the document's order, without those whose part is zero.

    :param ordinal: its number within the report, from 1
    """

    ordinal: int
    payer: Payer
    entity: str
    currency: str
    members: tuple[Shares, ...]

    @property
    def total(self) -> Decimal:
        return sum((member.part(self.payer) for member in self.members), ZERO)

    @property
    def label(self) -> str:
        return f"{self.payer} part in entity {self.entity or '(none)'}, {self.total} {self.currency}"


def split(parts: Iterable[Shares], entity_of: Callable[[ExpenseLine], str]) -> list[Group]:
    """The groups of a report by ordinal; zero parts belong to none."""
    grouped: dict[tuple[Payer, str, str, str], list[Shares]] = defaultdict(list)
    for share in parts:
        for payer in Payer:
            if share.part(payer) != 0:
                grouped[payer, entity_of(share.line), share.currency, _charge(payer, share.line)].append(share)
    ordered = sorted(
        grouped.items(), key=lambda item: (item[0][0] is Payer.COMPANY, min(share.line.id for share in item[1]))
    )
    return [
        Group(
            ordinal=ordinal,
            payer=payer,
            entity=entity,
            currency=currency,
            members=tuple(sorted(members, key=_line_order)),
        )
        for ordinal, ((payer, entity, currency, _), members) in enumerate(ordered, start=1)
    ]


def _charge(payer: Payer, line: ExpenseLine) -> str:
    if payer is Payer.EMPLOYEE:
        return ""
    # Without an ID of the charge nothing says that two lines belong to the same one.
    card = f"{line.card_name}/{line.card_last}"
    return f"charge {card} {line.card_transaction_id}" if line.card_transaction_id else f"line {line.id}"


def _line_order(share: Shares) -> tuple[date, str]:
    return share.line.expense_date or date.min, share.line.id
