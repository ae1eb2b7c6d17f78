"""Says in the log of a task how far long work is."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

log = logging.getLogger(__name__)

# Nobody waits much longer for a sign of life, and no log is filled by it.
EVERY_SECONDS = 10.0


class Progress:
    """Counts what is done of so many, and logs it every few seconds, one line whatever the number of threads that count.

    Work that is done before the first line is due says nothing.

    :param what: what is counted, at the beginning of a sentence
    :param whole: how many there are, None as long as nobody knows; how long the rest takes is said only when it is known
    """

    def __init__(self, what: str, whole: int | None = None) -> None:
        self.what = what
        self.whole = whole
        self.done = 0
        self._beside: dict[str, int] = {}
        self._lock = threading.Lock()
        self._began = self._told = time.monotonic()

    def step(self, count: int = 1, **beside: int) -> None:
        """So many more are done.

        :param beside: what else is counted, by the word for many of it: ``pages=1``
        """
        with self._lock:
            self.done += count
            for name, more in beside.items():
                self._beside[name] = self._beside.get(name, 0) + more
            now = time.monotonic()
            if now - self._told < EVERY_SECONDS or (self.whole is not None and self.done >= self.whole):
                return
            self._told = now
            line = self._line(now - self._began)
        log.info("%s", line)

    def _line(self, seconds: float) -> str:
        beside = "".join(
            f", {number:,} {name.removesuffix('s') if number == 1 else name}" for name, number in self._beside.items()
        )
        if not self.whole or not self.done:
            return f"{self.what}: {self.done:,} so far{beside}, since {timedelta(seconds=round(seconds))}."
        left = timedelta(seconds=round(seconds / self.done * (self.whole - self.done)))
        share = 100 * self.done // self.whole
        return f"{self.what}: {self.done:,} of {self.whole:,}, {share} %{beside}, about {left} left."
