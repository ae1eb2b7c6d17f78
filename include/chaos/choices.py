"""What the company of a round chose in connector.yaml, as far as its judge must know it."""

from __future__ import annotations

import random
from collections.abc import Mapping
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
    :param credits: by payer what it becomes where it is below zero; it waits where nothing is said
    :param inside_entities: documents are made inside the entities, not at top level
    :param adjustments_turned: adjustments show above zero what lowers a debt
    """

    kinds: Mapping[str, Kind]
    inside_entities: bool = False
    credits: Mapping[str, Kind] = field(default_factory=dict)
    varieties: Varieties = SHIPPED
    adjustments_turned: bool = False

    @property
    def overrides(self) -> Overrides:
        """What lines become that are not as others."""
        return Overrides(self.varieties.overrides, self.kinds)

    @property
    def made(self) -> list[tuple[str, Kind]]:
        """Payer and kind of all documents that there may be."""
        further = [(payer, kind) for payer, kinds in self.overrides.further.items() for kind in kinds]
        cleared = [(EMPLOYEE, CLEARING)] if self.varieties.policies.clears else []
        return [*self.kinds.items(), *self.credits.items(), *further, *cleared]

    @property
    def posted(self) -> list[Kind]:
        """All kinds of document that there may be, each once: journals are one, whoever paid."""
        return [kind_of_number(letter) for letter in dict.fromkeys(kind.letter for _, kind in self.made)]

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
        possible = [kind for kind in KINDS if kind.payer == payer and not kind.lowers]
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
