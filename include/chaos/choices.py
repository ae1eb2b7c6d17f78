"""What the company of a round chose in connector.yaml, as far as its judge must know it."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, Kind, kind_of_number
from include.chaos.kinds.gl_journal import CLEARING
from include.chaos.varieties import SHIPPED, Varieties
from include.chaos.varieties.dates import Dates
from include.chaos.varieties.overrides import Overrides


@dataclass(frozen=True)
class Choices:
    """The choices.

    :param kinds: by payer what the part of a report becomes
    :param credits: by payer what it becomes where it is below zero, as lines that become other kinds then have theirs; it waits where
        nothing is said
    :param spent: lines of expense reports state what was spent in another currency
    :param inside_entities: documents are made inside the entities, not at top level
    :param by_department: the entity of lines for which none is stated; with any, lines of several may stand in one document
    :param turned: how the numbers of kinds end that show above zero what lowers a debt
    """

    kinds: Mapping[str, Kind]
    inside_entities: bool = False
    by_department: Mapping[str, str] = field(default_factory=dict)
    credits: Mapping[str, Kind] = field(default_factory=dict)
    spent: bool = False
    varieties: Varieties = SHIPPED
    turned: Collection[str] = ()

    @property
    def overrides(self) -> Overrides:
        """What lines become that are not as others."""
        return Overrides(self.varieties.overrides, self.kinds)

    @property
    def made(self) -> list[tuple[str, Kind]]:
        """Payer and kind of all documents that there may be."""
        further = [(payer, kind) for payer, kinds in self.overrides.further.items() for kind in kinds]
        cleared = [(EMPLOYEE, CLEARING)] if self.varieties.policies.clears else []
        made = [*self.kinds.items(), *further]
        credits = [(payer, credit) for payer, kind in made if (credit := self.credit(payer, kind))]
        return [*made, *credits, *cleared]

    def credit(self, payer: str, kind: Kind) -> Kind | None:
        """What a document of a kind is where it is below zero; None where it waits."""
        return next((one for one in KINDS if payer in self.credits and one.lowers == kind.target), None)

    @property
    def posted(self) -> list[Kind]:
        """All kinds of document that there may be, each once: journals are one, whoever paid."""
        invoices = [self.invoices] if self.invoices else []
        made = [*(kind for _, kind in self.made), *invoices]
        return [kind_of_number(letter) for letter in dict.fromkeys(kind.letter for kind in made)]

    @property
    def invoices(self) -> Kind | None:
        """What an invoice becomes; None where they are not read."""
        return next((kind for kind in KINDS if kind.of_invoices), None) if self.varieties.invoices else None

    @property
    def possible(self) -> Choices:
        """The same, without the day of a statement where nothing has one."""
        rules = self.varieties.dates.rules
        if rules[COMPANY] != "statement_date" or any(kind.has_statements for _, kind in self.made):
            return self
        dates = Dates({**rules, COMPANY: "charge_date"})
        return replace(self, varieties=replace(self.varieties, dates=dates))


def draw_kinds(rng: random.Random) -> dict[str, Kind]:
    """For each payer one of the kinds that its part may become."""
    drawn = {}
    for payer in (EMPLOYEE, COMPANY):
        possible = [kind for kind in KINDS if kind.payer == payer and not kind.lowers and not kind.of_invoices]
        drawn[payer] = rng.choices(possible, [kind.often for kind in possible])[0]
    return drawn


def draw_credits(rng: random.Random, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """In half of the rounds, by payer, the kind that its part becomes where it is below zero."""
    return {
        payer: credit
        for payer, kind in kinds.items()
        for credit in KINDS
        if credit.lowers == kind.target and rng.random() < 0.5
    }
