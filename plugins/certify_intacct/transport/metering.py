"""Counts what is asked of a service, by function and object: in memory, and handed over to be kept every so often.

What becomes of a request is known in three steps. It is sent; then its answer is read, and says of each function what became of it; or
it is refused as a whole, and nothing of it was executed. A function without an answer is counted as such: nobody knows what it did.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from threading import Lock

from certify_intacct.model.errors import ConnectorError

log = logging.getLogger(__name__)

#: A task that is killed loses the count of so many seconds at most.
SECONDS = 30.0


@dataclass(frozen=True, order=True)
class Asked:
    """What is asked.

    :param service: ``intacct`` or ``certify``
    :param function: as on the wire: ``query``, ``create``, ``record_cctransaction``; at Certify the verb
    :param object: what it is about, such as ``APBILL`` or ``expensereports/{id}``; empty where the function says it
    """

    service: str
    function: str
    object: str = ""


@dataclass
class CallCount:
    """How often.

    :param requests: in which it was the first, so that these add up
    :param functions: executed, or perhaps executed
    :param written: records that were created, updated or deleted
    :param pages: pages of records that were read
    :param failed: functions that were answered and did not do what they were asked
    :param unanswered: functions of whose fate no answer tells
    """

    requests: int = 0
    functions: int = 0
    written: int = 0
    pages: int = 0
    failed: int = 0
    unanswered: int = 0

    def add(self, other: CallCount) -> None:
        """Adds what was counted elsewhere."""
        for field in fields(other):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


Use = Mapping[Asked, CallCount]


class Meter:
    """Counts for a task, in whichever of its threads.

    :param keep: takes what was counted since it was called last; what it cannot keep just now (a ConnectorError) it is given again
    :param seconds: how often, while something is asked
    """

    def __init__(self, keep: Callable[[Use], None] | None = None, *, seconds: float = SECONDS) -> None:
        self._keep = keep
        self._seconds = seconds
        self._lock = Lock()
        self._counted: dict[Asked, CallCount] = {}
        self._handed_over_at = time.monotonic()

    def sent(self, asked: Sequence[Asked]) -> None:
        """A request with these functions goes out."""
        with self._lock:
            self._of(asked[0]).requests += 1
            for one in asked:
                self._of(one).functions += 1
                self._of(one).unanswered += 1
            due = time.monotonic() - self._handed_over_at > self._seconds
        if due:
            self.hand_over()

    def never_sent(self, asked: Sequence[Asked]) -> None:
        """It did not leave this machine after all."""
        with self._lock:
            self._of(asked[0]).requests -= 1
        self.refused(asked)

    def refused(self, asked: Sequence[Asked]) -> None:
        """It was refused as a whole: none of its functions was executed."""
        with self._lock:
            for one in asked:
                self._of(one).functions -= 1
                self._of(one).unanswered -= 1

    def answered(self, asked: Asked, *, failed: bool = False, written: int = 0, pages: int = 0) -> None:
        """One of its functions has an answer."""
        with self._lock:
            self._of(asked).add(CallCount(unanswered=-1, failed=int(failed), written=written, pages=pages))

    def hand_over(self) -> None:
        """Have what was counted since the last time kept. A count that is lost stops nothing."""
        with self._lock:
            counted, self._counted = self._counted, {}
            self._handed_over_at = time.monotonic()
        counted = {asked: count for asked, count in counted.items() if count != CallCount()}
        if not counted or self._keep is None:
            return
        try:
            self._keep(counted)
        except ConnectorError as error:
            log.warning("What was asked of the services could not be written down just now: %s", error)
            with self._lock:
                for asked, count in counted.items():
                    self._of(asked).add(count)

    def _of(self, asked: Asked) -> CallCount:
        return self._counted.setdefault(asked, CallCount())
