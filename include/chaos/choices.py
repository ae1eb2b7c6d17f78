"""What the company of a round chose in connector.yaml, as far as its judge must know it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, Kind


@dataclass(frozen=True)
class Choices:
    """The choices.

    :param kinds: by payer what the part of a report becomes
    :param inside_entities: documents are made inside the entities, not at top level
    """

    kinds: Mapping[str, Kind]
    inside_entities: bool = False


def draw_kinds(rng: random.Random) -> dict[str, Kind]:
    """For each payer one of the kinds that its part may become."""
    drawn = {}
    for payer in (EMPLOYEE, COMPANY):
        possible = [kind for kind in KINDS if kind.payer == payer]
        drawn[payer] = rng.choices(possible, [kind.often for kind in possible])[0]
    return drawn
