"""Divides a report into documents: one for each payer, kind, entity, currency, and what the kind of document keeps apart.

The division depends on what the lines are, not on the order in which they come. Ordinals follow the payer and the smallest
expense ID of each group, so that a code that is mapped to another entity leaves every document its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from certify_intacct.model.currencies import money
from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.model.reports import ZERO, ExpenseLine
from certify_intacct.rules.expenses.amounts import Shares


@dataclass(frozen=True, kw_only=True)
class Group:
    """The lines of one document to be, in the document's order, without those whose part is zero.

    :param ordinal: its number within the report, from 1
    :param target: what becomes of it, in the words of connector.yaml
    :param entity: the entity of its lines, or the one whose document it is where they lie in several
    :param sequence: rises only when what was posted is gone from Intacct and is posted again
    :param apart: by what its kind keeps it from sharing a document with others
    :param by_entity: where its lines lie in several entities, those of each
    :param overruled: the rules that persons overruled for these very lines, or for the whole report
    """

    ordinal: int
    payer: Payer
    target: str
    entity: str
    currency: str
    members: tuple[Shares, ...]
    sequence: int = 1
    apart: str = ""
    by_entity: tuple[Group, ...] = ()
    overruled: frozenset[str] = frozenset()

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities of its lines."""
        return tuple(one.entity for one in self.by_entity) or (self.entity,)

    @property
    def expense_ids(self) -> frozenset[str]:
        """The IDs in Certify of the expenses in it."""
        return frozenset(member.line.id for member in self.members)

    @property
    def expense_parts(self) -> frozenset[ExpensePart]:
        """The parts of expense lines that it holds."""
        return frozenset((member.line.id, self.payer) for member in self.members)

    @property
    def total(self) -> Decimal:
        """The payer's parts of its lines together; below zero for a credit."""
        return sum((member.part(self.payer) for member in self.members), ZERO)

    @property
    def label(self) -> str:
        """What a person calls it, at the beginning of a reason."""
        several = f" in entities {', '.join(self.entities)}" if self.by_entity else ""
        place = several or (f" in entity {self.entity}" if self.entity else "")
        invoice = self.members[0].line.invoice if self.members else None
        what = (
            f"{self.payer} part"
            if invoice is None
            else f"invoice {invoice.number!r} of {self.members[0].line.vendor!r}"
        )
        return f"{what}{place}, {money(self.total, self.currency)}"


def split(
    divided: Iterable[Shares],
    entity_of: Callable[[ExpenseLine], str],
    target_of: Callable[[Payer, ExpenseLine], str],
    apart: Callable[[str, ExpenseLine], str],
    taken: Collection[ExpensePart] = (),
) -> list[Group]:
    """The groups of a report by ordinal; zero parts belong to none.

    :param target_of: what becomes of a payer's part of a line
    :param apart: what keeps a line from sharing a document of that target with others
    :param taken: parts of lines, by expense ID, that documents hold already
    """
    grouped: dict[tuple[Payer, str, str, str, str], list[Shares]] = defaultdict(list)
    for share in divided:
        for payer in Payer:
            if share.part(payer) != 0 and (share.line.id, payer) not in taken:
                target = target_of(payer, share.line)
                place = (entity_of(share.line), share.currency, apart(target, share.line))
                grouped[payer, target, *place].append(share)
    return ordered(
        Group(
            ordinal=0, payer=payer, target=target, entity=entity, currency=currency, members=in_order(members), apart=own,
        )
        for (payer, target, entity, currency, own), members in grouped.items()
    )  # fmt: skip


def ordered(groups: Iterable[Group]) -> list[Group]:
    """The groups of a report by ordinal: what the employee paid first, and then by their smallest expense ID."""
    by_line = sorted(groups, key=lambda group: (group.payer is Payer.COMPANY, min(group.expense_ids)))
    return [replace(group, ordinal=ordinal) for ordinal, group in enumerate(by_line, start=1)]


def in_order(members: Iterable[Shares]) -> tuple[Shares, ...]:
    """The lines of a document in its order: by their day, and then by ID."""
    return tuple(sorted(members, key=lambda share: (share.line.expense_date or date.min, share.line.id)))
