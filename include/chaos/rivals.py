"""A second deployment on the same company: a ledger of its own, the same Certify and the same Intacct. Only one of the two may post.

Which one did is told by the relay, for each deployment has a lane of its own. The other one must be refused, in words that name the
one that posts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from include.chaos.judging import query
from include.chaos.oracle import Verdict
from include.chaos.wire import Attempt

_REFUSED = "Another deployment posts to company"
_ID = "SELECT value FROM ledger.company_fact WHERE name = 'deployment'"


@dataclass(frozen=True)
class Contest:
    """Who posts, and what the other one says.

    :param posted: the lanes from which documents were sent
    :param winner: the lane of the deployment that posts
    :param loser_says: why its run without any fault stopped; empty when it did not
    """

    posted: Collection[int]
    winner: int
    loser_says: str


def contest(attempts: Collection[Attempt], run: Callable[[int], str]) -> Contest:
    """Finds out who posts, and lets the other one try once more, undisturbed.

    :param run: carries expense_sync out in a lane; returns why it stopped, or nothing
    """
    posted = {attempt.lane for attempt in attempts}
    # Where the storm let nobody post, whoever is not refused now is the one.
    winner = min(posted) if posted else int(_REFUSED in run(0))
    return Contest(posted, winner, run(1 - winner))


def deployment(url: str) -> str:
    """The ID of the deployment with this database, empty when it never came to posting."""
    (rows,) = query(url, _ID)
    return str(rows[0]["value"]) if rows else ""


def judge_contest(verdict: Verdict, found: Contest, winner: str) -> None:
    """Adds to the verdict what is wrong with it.

    :param winner: the ID of the deployment that posts
    """
    if len(found.posted) > 1:
        verdict.broken.append("two deployments posted to one company")
    if _REFUSED not in found.loser_says:
        verdict.broken.append(f"the second deployment was not refused: {found.loser_says[:300] or 'its run succeeded'}")
    elif not winner or winner not in found.loser_says:
        verdict.broken.append(f"the second deployment does not say who posts: {found.loser_says[:300]}")
