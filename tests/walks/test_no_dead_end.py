"""No state of the ledger and no act of a clerk ends anywhere but posted, skipped, booked by hand, accepted or not ours.

``WALKS=all`` walks every state through every act, ``WALKS=300`` so many random ones of several acts, drawn by ``WALKS_SEED``.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.walks import states, walking

WALKS = os.environ.get("WALKS", "")
SEED = int(os.environ.get("WALKS_SEED", "1"))
#: Where nobody knows whether Intacct has it, most can go wrong.
UNKNOWN = "died between claim and send"
AT_ONCE = 100


def chosen() -> list[list[walking.Choice]]:
    """Which walks, those of a company together."""
    dice = random.Random(SEED)
    if WALKS == "all":
        return [walking.every_walk(state) for state in states.STATES]
    if WALKS:
        sizes = [AT_ONCE] * (int(WALKS) // AT_ONCE) + [int(WALKS) % AT_ONCE]
        return [_several(dice, size) for size in sizes if size]
    some = dice.sample(walking.every_walk(UNKNOWN), 10)
    return [[*some, *_several(dice, 30)]]


def _several(dice: random.Random, size: int) -> list[walking.Choice]:
    """Half of them of one act, half of several, in a few states: each takes runs of its own to come about."""
    few = dice.sample(list(states.STATES), 5)
    one = [dice.choice(walking.every_walk(dice.choice(few))) for _ in range(size // 2)]
    return one + [walking.longer(dice, dice.choice(few)) for _ in range(size - len(one))]


@pytest.mark.parametrize(("number", "walks"), enumerate(chosen()))
def test_every_walk_ends(company, number, walks):
    began = time.monotonic()
    wrong = walking.walk(company, walking.numbered(walks), replays=(number + SEED) % 2 == 0)
    print(f"\n{len(walks)} walks, {company.runs} runs, {time.monotonic() - began:.0f} s")
    assert not wrong, f"{len(wrong)} of {len(walks)} walks\n" + "\n".join(wrong)
