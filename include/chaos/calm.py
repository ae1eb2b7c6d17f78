"""The calm after a storm: runs without faults until nothing moves any more and all waiting times have passed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from include.chaos import dials
from include.chaos.judging import query

_LEDGER = (
    "SELECT number, state, revision, attempts, absent_checks FROM ledger.document ORDER BY number",
    "SELECT report_id, state, rule FROM ledger.open_item ORDER BY report_id",
)


@dataclass
class Calm:
    """How it went: runs that stopped though nothing disturbed them, and whether the ledger came to rest."""

    stopped: list[str] = field(default_factory=list)
    settled: bool = False

    @property
    def fine(self) -> bool:
        """Nothing stopped, and nothing moves."""
        return self.settled and not self.stopped


def calm(sync: Callable[[], str], url: str, *, most: int = 10) -> Calm:
    """Runs `sync` until it changes nothing.

    :param sync: a run of expense_sync over all dates; returns what stopped it, or nothing
    :param url: the connector's database
    """
    result, before, still = Calm(), None, 0
    for _ in range(most):
        time.sleep(dials.LATE_SECONDS if before is None else dials.APART_SECONDS + 0.1)
        if stopped := sync():
            result.stopped.append(stopped)
        now: Any = query(url, *_LEDGER)
        still = still + 1 if now == before else 0
        before = now
        waiting = any(row["state"] in ("sending", "in_doubt") for row in now[0])
        if still >= (3 if waiting else 1):
            result.settled = True
            break
        if waiting and still == 1:
            time.sleep(dials.LATE_SECONDS)
    return result
