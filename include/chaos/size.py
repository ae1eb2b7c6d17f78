"""How big a round is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How big a round is.

    :param runs: of each lane
    :param aimed: kills that wait for the moment when a document is on its way
    :param aimed_at_people: likewise, when Certify has just written users
    :param sudden: kills at any step, or before any statement
    :param heat: how many faults, 1 is usual; 0 for none
    :param organization: people are synced too
    :param rivals: in some rounds each lane is a deployment of its own
    :param at_once: requests that a run has under way; with more than one, a round is not the same when it is played again
    """

    people: int = 40
    reports_per_day: int = 8
    days: int = 3
    runs: int = 3
    aimed: int = 9
    aimed_at_people: int = 2
    sudden: int = 4
    acts: int = 9
    heat: float = 1.3
    organization: bool = True
    rivals: bool = True
    at_once: int = 1
