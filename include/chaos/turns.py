"""Who may go on: of all lanes at work one, from a request to its next, and which one is thrown with the seed.

So lanes meet each other in every order, and in the same one again when a round is played again.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Hashable

# A lane that waited for so many turns of others is the next: whoever waits for long runs into no time-out.
_PATIENCE = 12


class Turns:
    """The turns of some lanes. Each lane says when it comes to a point at which another may go first.

    :param dice: whose turn it is
    :param stuck: whether the lane whose turn it is waits for something that only another one can give: a lock of the database
    """

    def __init__(self, dice: random.Random, stuck: Callable[[], bool] = lambda: False) -> None:
        self._dice = dice
        self._stuck = stuck
        self._changed = threading.Condition()
        self._waiting: dict[Hashable, int] = {}
        self._running: set[Hashable] = set()
        self._expected: set[Hashable] = set()

    def expect(self, lanes: Collection[Hashable]) -> None:
        """These lanes will come; nobody goes before all of them have."""
        with self._changed:
            self._expected, self._running, self._waiting = set(lanes), set(lanes), {}

    def wait(self, lane: Hashable, seconds: float = 600) -> None:
        """Waits for the lane's turn. One that nobody expects goes on at once.

        :raises RuntimeError: it does not come
        """
        with self._changed:
            if lane not in self._expected:
                return
            self._running.discard(lane)
            self._waiting[lane] = 0
            self._next()
            waited = 0.0
            while lane in self._waiting:
                if self._changed.wait(1.0):
                    continue
                waited += 1.0
                if waited > seconds:
                    raise RuntimeError(f"Lane {lane} waits for its turn for {seconds:.0f} s.")
                if self._running and self._stuck():
                    self._running.clear()
                    self._next()

    def leave(self, lane: Hashable) -> None:
        """The lane's work is done."""
        with self._changed:
            for lanes in (self._expected, self._running):
                lanes.discard(lane)
            self._waiting.pop(lane, None)
            self._next()

    def _next(self) -> None:
        if self._running or not self._waiting:
            return
        ready = sorted(self._waiting, key=str)
        patient = [lane for lane in ready if self._waiting[lane] >= _PATIENCE]
        lane = patient[0] if patient else self._dice.choice(ready)
        del self._waiting[lane]
        for other in self._waiting:
            self._waiting[other] += 1
        self._running.add(lane)
        self._changed.notify_all()
