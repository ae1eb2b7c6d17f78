"""What time it is for the sandbox, and its dice: the machine's, or those of whoever plays a day again.

A file of a clock begins with the moment in microseconds since 1970. With one, time passes only when somebody writes another moment
into it, work that is done later is done by the first request after its time, and what is thrown falls alike at the same moment.
"""

from __future__ import annotations

import os
import random
import threading
import time as machine
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

Work = Callable[[], object]


class _Clock:
    """One for the process; without a file it is the machine's."""

    def __init__(self) -> None:
        self.file: int | None = None
        self.due: list[tuple[float, Work]] = []
        self.lock = threading.Lock()
        self.thrown = (0, 0)


_CLOCK = _Clock()


def follow(path: Path) -> None:
    """From now on time is what stands in the file."""
    _CLOCK.file = os.open(path, os.O_RDONLY)


def time() -> float:
    """The moment in seconds since 1970."""
    return machine.time() if _CLOCK.file is None else _moment(_CLOCK.file) / 1_000_000


def dice() -> random.Random:
    """Dice for one throw: the machine's, or the same at the same moment of the file and the same count of throws in it."""
    if _CLOCK.file is None:
        return random.SystemRandom()
    moment = _moment(_CLOCK.file)
    with _CLOCK.lock:
        count = _CLOCK.thrown[1] + 1 if _CLOCK.thrown[0] == moment else 0
        _CLOCK.thrown = (moment, count)
    return random.Random(f"{moment}/{count}")


def guid() -> UUID:
    """A new GUID."""
    return UUID(int=dice().getrandbits(128), version=4)


def later(seconds: float, work: Work) -> None:
    """Does the work so many seconds from now."""
    if _CLOCK.file is None:
        timer = threading.Timer(seconds, work)
        timer.daemon = True
        timer.start()
        return
    with _CLOCK.lock:
        _CLOCK.due.append((time() + seconds, work))


def catch_up() -> None:
    """Does what was due until now, in the order of its times."""
    if _CLOCK.file is None:
        return
    now = time()
    with _CLOCK.lock:
        ready = sorted((one for one in _CLOCK.due if one[0] <= now), key=lambda one: one[0])
        _CLOCK.due = [one for one in _CLOCK.due if one[0] > now]
    for _, work in ready:
        work()


def _moment(file: int) -> int:
    return int(os.pread(file, 32, 0).split()[0])
