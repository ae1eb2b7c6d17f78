"""Says in the log of a task how far long work is."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

log = logging.getLogger(__name__)

# Nobody waits much longer for a sign of life, and no log is filled by it.
EVERY_SECONDS = 10.0


class Progress:
    """Counts what is done of so many, and logs it every few seconds.

    :param what: what is counted, at the beginning of a sentence
    """

    def __init__(self, what: str, whole: int) -> None:
        self.what = what
        self.whole = whole
        self.done = 0
        self._began = self._told = time.monotonic()

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        now = time.monotonic()
        if now - self._told < EVERY_SECONDS or self.done >= self.whole:
            return
        self._told = now
        seconds = (now - self._began) / self.done * (self.whole - self.done)
        left = timedelta(seconds=round(seconds))
        share = 100 * self.done // self.whole
        log.info("%s: %s of %s, %d %%, about %s left.", self.what, f"{self.done:,}", f"{self.whole:,}", share, left)
