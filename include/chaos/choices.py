"""What the company of a round chose in connector.yaml, as far as its judge must know it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, Kind


@dataclass(frozen=True)
class Choices:
    """The choices.

    :param kinds: by payer what the part of a report becomes
    :param credits: by payer what it becomes where it is below zero; it waits where nothing is said
    :param spent: lines of expense reports state what was spent in another currency
    :param inside_entities: documents are made inside the entities, not at top level
    :param by_department: the entity of lines for which none is stated; with any, lines of several may stand in one document
    """

    kinds: Mapping[str, Kind]
    inside_entities: bool = False
    by_department: Mapping[str, str] = field(default_factory=dict)
    credits: Mapping[str, Kind] = field(default_factory=dict)
    spent: bool = False

    @property
    def posted(self) -> list[Kind]:
        """All kinds of document that there may be."""
        return [*self.kinds.values(), *self.credits.values()]


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
