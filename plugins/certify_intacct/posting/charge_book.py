"""Who holds a card charge, or an invoice: the documents of the ledger, and those that the plan of this run posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from certify_intacct.model.charges import Charge, SuppliersInvoice, asked
from certify_intacct.model.report_plans import Hold, PartPlan
from certify_intacct.rules.expenses.charges import same_charge
from certify_intacct.staging.charges import ChargeHolder


class ChargeBook:
    """The holders by the keys of their charges.

    :param holders: what the ledger has
    """

    def __init__(self, holders: Iterable[ChargeHolder] = ()) -> None:
        self._by_key: defaultdict[str, list[ChargeHolder]] = defaultdict(list)
        for holder in holders:
            self.add(holder)

    def add(self, holder: ChargeHolder) -> None:
        """Enters a document."""
        for key in holder.keys:
            self._by_key[key].append(holder)

    def elsewhere(self, report_id: str, keys: Collection[str]) -> ChargeHolder | None:
        """A document of another report that holds one of the charges with these keys."""
        for key in sorted(asked(keys)):
            for holder in self._by_key.get(key, ()):
                if holder.report_id != report_id:
                    return holder
        return None

    def holds(self, report_id: str, part: PartPlan) -> list[Hold]:
        """What stands against a document to be: each of its charges that another report has."""
        return [
            same_charge(part.label, charge, holder.label)
            for charge in part.charges
            if (holder := self.elsewhere(report_id, charge.keys)) is not None
        ]


def keys_of(charges: Iterable[Charge | SuppliersInvoice]) -> frozenset[str]:
    """The keys of all of them."""
    return frozenset(key for charge in charges for key in charge.keys)
