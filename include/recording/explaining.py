"""Which settings of the sandbox would make it answer as the company does.

One setting after the other: of what is tried of it, that is kept which takes most of the differences away, and the next is tried
beside it; once more from the beginning, as long as one of them takes any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from include.recording.comparing import Difference, differences
from include.recording.exchange import Exchange
from include.recording.files import Recording
from include.recording.turned import TURNED, Turn, TurnRefused, turns

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
    search = _Search(mine, exchanges, play, differences(mine, sandbox, exchanges))
    while search.left and sum(search.turned(name) for name in TURNED):
        continue
    return search.found


class _Search:
    """What is left to explain, with what is turned so far."""

    def __init__(
        self, mine: Recording, exchanges: Mapping[str, Exchange], play: Play, left: Sequence[Difference]
    ) -> None:
        self._mine, self._exchanges, self._play = mine, exchanges, play
        self._kept: Turn = {}
        self._explained: dict[Difference, Turn] = {one: {} for one in left}
        self.left = list(left)

    @property
    def found(self) -> list[Explained]:
        """All differences."""
        return [Explained(one, turn) for one, turn in self._explained.items()]

    def turned(self, name: str) -> bool:
        """Try a setting. True when it takes differences away: then it is kept."""
        best, fewest = None, self._own({name})
        for turn in turns(self.left, self._mine, name):
            after = self._after(turn, self._places(turn)) if self._own(turn) else []
            if len(after) < len(fewest) or (best is None and len(after) < len(self._own(turn))):
                best, fewest = turn, after
        if best is None:
            return False
        # It changes what it is about. What of the rest changes with it?
        remaining = self._after(best, self._places(best) | {one.place for one in self.left})
        if len(remaining) >= len(self.left):
            return False
        for one in remaining:
            self._explained.setdefault(one, {})
        for one in set(self.left) - set(remaining):
            self._explained[one] = best
        self._kept, self.left = {**self._kept, **best}, remaining
        return True

    def _places(self, turn: Iterable[str]) -> set[str]:
        """The exchanges that show these settings."""
        return {
            place
            for place in self._mine
            if place in self._exchanges and set(turn) & set(self._exchanges[place].settings)
        }

    def _own(self, turn: Iterable[str]) -> list[Difference]:
        """Of what is left, what stands in them."""
        return [one for one in self.left if one.place in self._places(turn)]

    def _after(self, turn: Turn, places: Iterable[str]) -> list[Difference]:
        """What would be left in these exchanges: nothing less, where the sandbox cannot be turned so."""
        try:
            return differences(self._mine, self._play({**self._kept, **turn}, places), self._exchanges)
        except TurnRefused:
            return self.left
