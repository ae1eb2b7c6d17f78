"""What companies choose in connector.yaml beside the kinds of document, one file a dimension, and how the judge understands it.

Each round takes one variety of each dimension. A seed deals them in an order of its own, one after the other: so every variety of a
dimension has had its turn after as many rounds as it has varieties, and none has more than eight.
Written from docs/posting-rules.md and include/connector.yaml, apart from the connector.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from include.chaos.kinds import COMPANY, EMPLOYEE
from include.chaos.kinds.supplier_bill import SupplierBill
from include.chaos.varieties import dates, kept, overrides, policies, rates, taxes, texts

_One = TypeVar("_One")
#: How journals state expenses, and the sign of an adjustment that lowers a debt.
JOURNALS, SIGNS = ("detail", "summed"), ("negative", "positive")


@dataclass(frozen=True)
class Varieties:
    """One of each dimension.

    :param texts: None where nobody looks at texts
    :param journals: one of `JOURNALS`, and `sign` one of `SIGNS`
    :param invoices: whether invoices are posted
    """

    taxes: taxes.Variety = taxes.VARIETIES[0]
    policies: policies.Variety = policies.VARIETIES[0]
    rates: rates.Variety = rates.VARIETIES[0]
    overrides: overrides.Variety = overrides.VARIETIES[0]
    dates: dates.Dates = dates.SHIPPED
    texts: texts.Variety | None = None
    journals: str = JOURNALS[0]
    sign: str = SIGNS[0]
    invoices: bool = False
    kept: kept.Variety = kept.VARIETIES[0]

    @property
    def names(self) -> list[str]:
        """What it is, for people."""
        said = [one.name for one in (self.taxes, self.policies, self.rates, self.overrides, self.kept)]
        said += [f"{payer} {rule}" for payer, rule in self.dates.rules.items()]
        return [
            *said,
            self.texts.name if self.texts else "texts unread",
            f"journals in {self.journals}",
            f"{self.sign} adjustments",
            "invoices posted" if self.invoices else "invoices unread",
        ]

    @property
    def sandbox(self) -> dict[str, Any]:
        """The settings of the sandbox that go with it."""
        return {**self.taxes.sandbox, "adjustment_lowers": self.sign, "expense_adjustment_lowers": self.sign}

    def within(self, entities: Collection[str]) -> Varieties:
        """The same in a company that has no more than these entities, or of which no others are taxed."""
        solutions = {entity: name for entity, name in self.taxes.solutions.items() if entity in entities}
        return replace(self, taxes=replace(self.taxes, solutions=solutions) if solutions else taxes.VARIETIES[0])

    def posting(self, today: date) -> list[Mapping[str, Any]]:
        """What connector.yaml says under `posting`, but for what depends on the kinds."""
        said = [self.taxes.posting, self.policies.posting, self.rates.posting(today), self.dates.posting]
        return [*said, self.texts.posting if self.texts else {}, {"invoices": INVOICES} if self.invoices else {}]


#: What connector.yaml says of invoices that are posted.
INVOICES: Mapping[str, Any] = {
    "target": SupplierBill.target,
    "since": "2020-01-01",
    "due": {"rule": "days_after", "days": 30},
}

#: connector.yaml as it is shipped.
SHIPPED = Varieties()


def draw(seed: int, number: int) -> Varieties:
    """Those of a round."""

    def dealt(name: str, among: Sequence[_One]) -> _One:
        order = random.Random(f"{seed}/{name}").sample(among, len(among))
        return order[number % len(order)]

    return Varieties(
        taxes=dealt("taxes", taxes.VARIETIES),
        policies=dealt("policies", policies.VARIETIES),
        rates=dealt("rates", rates.VARIETIES),
        overrides=dealt("overrides", overrides.VARIETIES),
        dates=dates.Dates({payer: dealt(f"{payer} dates", dates.RULES[payer]) for payer in (EMPLOYEE, COMPANY)}),
        texts=dealt("texts", texts.VARIETIES),
        kept=dealt("kept", kept.VARIETIES),
        journals=dealt("journals", JOURNALS),
        sign=dealt("sign", SIGNS),
        invoices=dealt("invoices", (True, False)),
    )
