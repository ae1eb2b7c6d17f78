"""Which setting of the sandbox would make it answer as the company does.

One turn after the other: the one that takes most of the differences away is kept, and the next is tried beside it, until none takes any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from include.recording.comparing import Difference, differences
from include.recording.exchange import Exchange
from include.recording.files import Recording
from include.recording.turned import Turn, turns

#: Plays exchanges against the sandbox with settings turned.
Play = Callable[[Turn, Iterable[str]], Recording]


@dataclass(frozen=True)
class Explained:
    """A difference, and what would explain it.

    :param turn: the settings that take it away; empty when none does
    """

    difference: Difference
    turn: Turn


def explained(mine: Recording, sandbox: Recording, exchanges: Mapping[str, Exchange], play: Play) -> list[Explained]:
    """The differences of a recording from the sandbox's, each with the settings that explain it.

    :param sandbox: the sandbox's own recording, as it is shipped
    """
    left = differences(mine, sandbox, exchanges)
    found = {one: Explained(one, {}) for one in left}
    kept: Turn = {}
    while left:
        turn, remaining = _best(mine, kept, left, exchanges, play)
        if turn is None:
            break
        for one in set(left) - set(remaining):
            found.setdefault(one, Explained(one, {}))
            found[one] = Explained(one, turn)
        kept, left = _together(kept, turn), remaining
    return list(found.values())


def _best(
    mine: Recording, kept: Turn, left: Sequence[Difference], exchanges: Mapping[str, Exchange], play: Play
) -> tuple[Turn | None, list[Difference]]:
    places = {one.place for one in left}
    shown = {name for place in places for name in exchanges[place].settings}
    best: Turn | None = None
    fewest = list(left)
    for turn in turns(left, mine, shown):
        own = [place for place in places if set(turn) & set(exchanges[place].settings)]
        before = [one for one in left if one.place in own]
        together = _together(kept, turn)
        if len(differences(mine, play(together, own), exchanges)) >= len(before):
            continue
        # It changes what it is about; what of the rest changes with it?
        after = differences(mine, play(together, places), exchanges)
        if len(after) < len(fewest):
            best, fewest = turn, after
    return best, fewest


def _together(kept: Turn, turn: Turn) -> Turn:
    return {**kept, **turn}
