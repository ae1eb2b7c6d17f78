"""The course of a storm: it happens in steps, and whatever strikes or acts does so at a step, whose number is drawn from the seed.

A step is a request that a worker is about to send, a pause that it makes, or the beginning of a task's try. While one lane is between
two steps all others stand still, so a step means the same whenever the round is played.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.chaos.clock import TICK_SECONDS, StormClock
from include.chaos.environment import Environment
from include.chaos.turns import Turns
from include.chaos.wire import CLAIMED
from include.chaos.worker_pool import Lane

# Whoever is dead is alive again after so many steps, at most.
_LONGEST_DEATH = 12
# The points of a worker at which it may be struck, and how many of them a task has, about.
POINTS: Mapping[str, int] = {"statement": 150, "commit": 30, "ledger": 12}


@dataclass(frozen=True)
class Point:
    """A point of one try of a run: before the `number`th statement, commit or change of the ledger."""

    kind: str
    number: int


class Referee:
    """Lets the lanes of a round go on, one at a time, and has the rest happen.

    :param dice: by name
    """

    def __init__(self, environment: Environment, dice: Callable[[str], random.Random]) -> None:
        self.environment = environment
        self.clock: StormClock = environment.clock
        self.turns = Turns(dice("turns"), environment.lock_is_awaited)
        self.steps = 0
        self.course: list[str] = []
        self._deaths = dice("revival")
        self._due: dict[int, list[tuple[str, Callable[[], None]]]] = defaultdict(list)
        self._revivals: dict[str, int] = {}
        self._sudden: dict[tuple[int, int], tuple[Point, Callable[[], None]]] = {}
        self._tries: dict[int, int] = defaultdict(int)
        self._pids: dict[int, int] = {}
        environment.wire.statements = lambda: self._deaths.randrange(6)

    # what is to happen

    def plan(self, steps: Sequence[int], deeds: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Deeds by the steps, counted from now, at which they are done."""
        for step, deed in zip(steps, deeds, strict=True):
            self._due[self.steps + step].append(deed)

    def plan_death(self, lane: Lane, attempt: int, point: Point, strike: Callable[[], None]) -> None:
        """A strike at a point of the lane's so-manieth try."""
        self._sudden[lane.number, attempt] = (point, strike)

    def died(self, name: str) -> None:
        """PostgreSQL or the sandbox was killed."""
        self._revivals[name] = self.steps + self._deaths.randrange(1, _LONGEST_DEATH)
        self.note(f"killed {name}")

    def note(self, text: str) -> None:
        """A line of what happened."""
        self.course.append(f"{self.steps} {text}")

    def forget(self) -> None:
        """Nothing happens any more."""
        self._due.clear()
        self._sudden.clear()
        self._revivals.clear()

    @property
    def digest(self) -> str:
        """Of all that happened."""
        return hashlib.sha256("\n".join(self.course).encode()).hexdigest()[:12]

    # what lanes say

    def turn(self, lane: Lane, seconds: float, what: str, *, posts: bool = False) -> float:
        """Waits until the lane may go on, and lets happen what is due then; returns the time."""
        self.turns.wait(lane.number)
        self.clock.sleep(seconds or TICK_SECONDS)
        self.steps += 1
        self.note(f"lane {lane.number} {what}")
        self._revive()
        for name, deed in self._due.pop(self.steps, ()):
            self.note(name)
            deed()
        if posts and (strike := self.environment.wire.due(lane.number, CLAIMED)):
            strike()
        return self.clock.now()

    def points(self, lane: Lane) -> list[dict[str, Any]]:
        """Where the try that begins now is to be struck."""
        self._tries[lane.number] += 1
        found = self._sudden.get((lane.number, self._tries[lane.number]))
        return [{"kind": found[0].kind, "number": found[0].number}] if found else []

    def strike(self, lane: Lane, why: str) -> None:
        """The lane has come to the point at which something strikes."""
        self.note(f"lane {lane.number} is at {why}")
        if why == "answer":
            strike = self.environment.wire.delivered.pop(lane.number, None)
        else:
            _, strike = self._sudden.pop((lane.number, self._tries[lane.number]), (None, None))
        if strike is not None:
            strike()

    def began(self, lane: Lane, pid: int) -> None:
        """A process does the lane's work."""
        self._pids[lane.number] = pid

    def ended(self, lane: Lane) -> None:
        """It is gone; waits until both services and the database have done with it."""
        self._pids.pop(lane.number, None)
        self.environment.wire.delivered.pop(lane.number, None)
        self.environment.wire.quiet(lane.number)
        self.environment.await_end_of_sessions(self._pids.values())

    def _revive(self) -> None:
        for name, step in sorted(self._revivals.items()):
            if self.steps >= step:
                del self._revivals[name]
                self.note(f"{name} is back")
                self.environment.bring_back(name)

    def services(self) -> None:
        """Both services are needed now."""
        if not self.environment.sandbox.alive():
            self._revivals.pop("sandbox", None)
            self.note("sandbox is back, for it is needed")
            self.environment.bring_back("sandbox")
