"""How many requests each side has under way, and the most there were at once. In memory: a restart begins anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """Counts on the server's one thread."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    @contextmanager
    def one(self, side: str) -> Iterator[None]:
        """One more, until the block ends."""
        self.now[side] += 1
        self.most[side] = max(self.most[side], self.now[side])
        try:
            yield
        finally:
            self.now[side] -= 1

    def clear(self) -> None:
        """The most is what is under way."""
        self.most = Counter(self.now)
