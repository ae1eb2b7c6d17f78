"""Counts of the API calls that the sandbox answered, by side and function, kept in the store.

Functions are named as on the wire: "query APBILL", "create APBILL", "record_cctransaction"; "GET expensereports", "PUT
users".
"""

from __future__ import annotations

from include.sandbox.store import Store

_PREFIX = "calls/"


class Calls:
    """The counters of one sandbox."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, side: str, function: str, read: int = 0, written: int = 0) -> None:
        """One more call of a function, with the records it read and wrote."""
        key = f"{_PREFIX}{side}/{function}"
        with self._store.transaction():
            calls, reads, writes = self._store.get_meta(key) or (0, 0, 0)
            self._store.set_meta(key, [calls + 1, reads + read, writes + written])

    def all(self) -> dict[str, dict[str, dict[str, int]]]:
        """Side to function to {"calls", "read", "written"}."""
        answer: dict[str, dict[str, dict[str, int]]] = {"intacct": {}, "certify": {}}
        for key, (calls, read, written) in self._store.metas(_PREFIX).items():
            side, function = key.removeprefix(_PREFIX).split("/", 1)
            answer[side][function] = {"calls": calls, "read": read, "written": written}
        return answer

    def clear(self) -> None:
        """Start counting anew."""
        self._store.delete_meta(_PREFIX)
