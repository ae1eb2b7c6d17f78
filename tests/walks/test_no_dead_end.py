"""No state of the ledger and no act of a clerk ends anywhere but posted, skipped, booked by hand, accepted or not ours.

``WALKS=all`` walks every state through every act, ``WALKS=300`` so many random ones of several acts, with ``WALKS_SEED``.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.walks import walking

WALKS = os.environ.get("WALKS", "")
SEED = int(os.environ.get("WALKS_SEED", "1"))
AT_ONCE = int(os.environ.get("WALKS_AT_ONCE", "120"))


def chosen() -> list[list]:
    dice = random.Random(SEED)
    if WALKS == "all":
        found = walking.every_walk()
        dice.shuffle(found)
    elif WALKS:
        found = [walking.longer(dice) for _ in range(int(WALKS))]
    else:
        found = dice.sample(walking.every_walk(), 60) + [walking.longer(dice) for _ in range(20)]
    return [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]


@pytest.mark.parametrize("walks", chosen(), ids=lambda walks: f"{len(walks)}")
def test_every_walk_ends(company, walks):
    began = time.monotonic()
    wrong = walking.walk(company, walking.numbered(walks), replays=len(walks) % 2 == SEED % 2)
    print(f"{len(walks)} walks, {company.runs} runs, {time.monotonic() - began:.0f} s")
    assert not wrong, f"{len(wrong)} of {len(walks)} walks\n" + "\n".join(wrong)
