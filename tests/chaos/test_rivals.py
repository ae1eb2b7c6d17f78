"""Of two deployments on one company one posts, and the other one must say which."""

from __future__ import annotations

import pytest

from include.chaos.oracle import Verdict
from include.chaos.rivals import contest, judge_contest
from include.chaos.wire import Attempt

REFUSED = (
    "GuardTripped: Another deployment posts to company SANDBOX: its folder says 'Posting is done by deployment one'."
)


def judged(lanes: list[int], said: dict[int, str]) -> tuple[int, list[str]]:
    verdict = Verdict()
    found = contest([Attempt("CAAAAAAAAAA-1-001B", "c", lane) for lane in lanes], lambda lane: said.get(lane, ""))
    judge_contest(verdict, found, "one")
    assert verdict.fine is not bool(verdict.broken)
    return found.winner, verdict.broken


@pytest.mark.parametrize("winner", [0, 1])
def test_the_one_that_posted_wins_and_the_other_one_is_refused(winner):
    assert judged([winner, winner], {1 - winner: REFUSED}) == (winner, [])


@pytest.mark.parametrize("winner", [0, 1])
def test_where_nobody_posted_whoever_is_not_refused_wins(winner):
    assert judged([], {1 - winner: REFUSED}) == (winner, [])


@pytest.mark.parametrize(
    ("lanes", "said", "why"),
    [
        ([0, 1], REFUSED, "two deployments posted"),
        ([0], "", "was not refused: its run succeeded"),
        ([0], "ServiceUnavailable: away", "was not refused: ServiceUnavailable"),
        ([0], REFUSED.replace("one", "two"), "does not say who posts"),
    ],
)
def test_what_is_wrong_with_a_second_deployment(lanes, said, why):
    (broken,) = judged(lanes, {1: said})[1]
    assert why in broken
