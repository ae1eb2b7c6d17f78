"""What strikes in the storm of a round: faults of both services, a weather after each run, and sudden ends of processes.

The orders of faults, whom a kill ends and when are drawn; when exactly it strikes, the wire and the referee see.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from include.chaos.environment import Environment
from include.chaos.referee import POINTS, Point, Referee
from include.chaos.size import Size
from include.chaos.wire import ANSWERED, ARRIVING, CLAIMED, DELIVERED, SENT, USERS_WRITTEN
from include.chaos.worker_pool import Lane

# So many steps at most between two deeds of the actors or sudden deaths.
_LONGEST_PEACE = 50


class Strikes:
    """Orders what strikes, and counts what did.

    :param dice: by purpose
    :param plan: the dice with which the round is planned
    :param people: whether people are synced, so that it can strike when users were written
    :param faults: the orders of one weather, from its dice
    """

    def __init__(
        self,
        environment: Environment,
        lanes: Sequence[Lane],
        referee: Referee,
        size: Size,
        *,
        dice: Callable[[str], random.Random],
        plan: random.Random,
        people: bool,
        faults: Callable[[random.Random], list[dict[str, Any]]],
    ) -> None:
        self.environment = environment
        self.lanes = list(lanes)
        self.referee = referee
        self.size = size
        self.faults: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.killed_at: list[float] = []
        self._dice = dice
        self._plan = plan
        self._people = people
        self._ordered = faults
        self._weather = 0

    def order_faults(self) -> None:
        """The next weather, instead of the one before."""
        self._weather += 1
        self.collect_faults()
        for order in self._ordered(self._dice(f"weather {self._weather}")):
            self.environment.sandbox.ask("POST", "faults", order)

    def collect_faults(self) -> None:
        """Counts the faults that struck, and takes back what is left of the orders."""
        self.referee.services()
        found = self.environment.sandbox.ask("GET", "faults")
        self.faults.update(found["counts"])
        for one in found["log"]:
            self.referee.note(f"fault {one['side']} {one['kind']} at {' '.join(one['names'])}")
        self.environment.sandbox.ask("DELETE", "faults")

    def aim(self) -> None:
        """Kills that wait for the moment when a document, or a user, is on its way."""
        for number in range(self.size.aimed):
            lane = self._plan.choice(self.lanes)
            victim = self._plan.choices(("worker", "postgres", "sandbox"), (6, 2, 1))[0]
            moment = self._plan.choices((ANSWERED, DELIVERED, SENT, CLAIMED), (5, 2, 2, 2))[0]
            # Whether a sandbox that dies in the middle has carried a request out would be chance.
            moment = ARRIVING if (moment, victim) == (SENT, "sandbox") else moment
            skip = self._plan.randrange(4) if number else 0
            self.environment.wire.arm(lane.number, moment, self._killing(victim, lane), skip=skip)
        for number in range(self.size.aimed_at_people if self._people else 0):
            lane = self._plan.choice(self.lanes)
            victim = self._plan.choice(("worker", "worker", "postgres"))
            skip = number * self._plan.randrange(4)
            self.environment.wire.arm(lane.number, USERS_WRITTEN, self._killing(victim, lane), skip=skip)

    def plan_trouble(self, act: Callable[[], None]) -> None:
        """Kills at any step or before any statement, and what actors do in between."""
        dice = self._dice("trouble")
        deeds: list[tuple[str, Callable[[], None]]] = [("an act", act)] * self.size.acts
        for _ in range(self.size.sudden):
            victim = dice.choices(("worker", "postgres", "sandbox"), (4, 1, 1))[0]
            lane = dice.choice(self.lanes)
            kind = dice.choice(list(POINTS))
            attempt, point = dice.randrange(1, 3 * self.size.runs), Point(kind, dice.randrange(1, POINTS[kind]))
            if victim == "worker":
                self.referee.plan_death(lane, attempt, point, self._killing(victim, lane))
            else:
                deeds.append(("a sudden death", self._killing(victim, lane)))
        dice.shuffle(deeds)
        steps = list(itertools.accumulate(dice.randrange(1, _LONGEST_PEACE) for _ in deeds))
        self.referee.plan(steps, deeds)

    def _killing(self, victim: str, lane: Lane) -> Callable[[], None]:
        def strike() -> None:
            if victim == "worker":
                struck = lane.kill()
                if struck:
                    self.referee.note(f"killed the worker of lane {lane.number}")
            elif victim == "postgres":
                struck = self.environment.kill_postgres()
            else:
                struck = self.environment.sandbox.kill()
            if struck:
                self.kills[victim] += 1
                self.killed_at.append(self.environment.clock.now())
                if victim != "worker":
                    self.referee.died(victim)

        return strike
