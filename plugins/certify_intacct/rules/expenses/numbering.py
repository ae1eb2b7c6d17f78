"""Which number within its report a document gets. A number once claimed is never given to other lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.rules.expenses.splitting import Group


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A document of the ledger that does not stand in Intacct.

    :param gone: it was posted, and reversed or deleted since; otherwise Intacct never had it
    :param refused: Intacct took it for wrong
    """

    ordinal: int
    sequence: int
    payer: Payer
    expense_ids: frozenset[str]
    gone: bool
    refused: bool = False

    @property
    def expense_parts(self) -> frozenset[ExpensePart]:
        """The parts of expenses in it: expense ID and payer. Each is in one live document at most."""
        return frozenset((expense_id, self.payer) for expense_id in self.expense_ids)


@dataclass(frozen=True, kw_only=True)
class InLedger:
    """What the ledger has of a report.

    :param taken: what documents hold that Intacct has, or may have
    :param highest: the highest number within the report that was ever claimed
    """

    taken: frozenset[ExpensePart] = frozenset()
    earlier: tuple[Earlier, ...] = field(default=())
    highest: int = 0

    @property
    def gone(self) -> frozenset[ExpensePart]:
        """What was posted once and is not in Intacct any more."""
        return frozenset().union(*(one.expense_parts for one in self.earlier if one.gone)) - self.taken


def numbered(groups: Sequence[Group], ledger: InLedger) -> list[Group]:
    """The groups with their numbers.

    The same part of the same lines keeps its number: as its next revision where Intacct refused it, in the next sequence where it
    was posted and is gone. Other groups follow on the highest number.
    """
    known = {one.expense_parts: one for one in ledger.earlier}
    found, ordinal = [], ledger.highest
    for group in groups:
        earlier = known.get(group.expense_parts)
        if earlier is None:
            ordinal += 1
            found.append(replace(group, ordinal=ordinal))
        else:
            found.append(replace(group, ordinal=earlier.ordinal, sequence=earlier.sequence + earlier.gone))
    return found
