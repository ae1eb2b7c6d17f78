"""Which records a read finds, in their order, remembered until one of that side changes.

Pages are asked for one by one. Without this each would count and sort everything anew, and reading a list page by page would cost its
square.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# Of all reads together, in words of eight bytes.
_MOST = 4_000_000

Read = tuple[str, tuple[Any, ...]]


class Remembered:
    """The record numbers that reads found; the oldest reads are forgotten first."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, Read], array[int]] = OrderedDict()
        self.size = 0

    def numbers(self, side: str, read: Read, find: Callable[[], Iterable[int]]) -> Sequence[int]:
        """What `find` gave when this was read last, or what it gives now."""
        key = (side, read)
        if key in self._found:
            self._found.move_to_end(key)
            return self._found[key]
        found = self._found[key] = array("q", find())
        self.size += _size(key, found)
        while self.size > _MOST and len(self._found) > 1:
            self._forget(next(iter(self._found)))
        return found

    def forget(self, side: str | None = None) -> None:
        """Something of the side has changed, or of both."""
        for key in [key for key in self._found if side in (key[0], None)]:
            self._forget(key)

    def _forget(self, key: tuple[str, Read]) -> None:
        self.size -= _size(key, self._found.pop(key))


def _size(key: tuple[str, Read], found: Sequence[int]) -> int:
    sql, parameters = key[1]
    return len(sql) // 8 + 8 * len(parameters) + len(found)
