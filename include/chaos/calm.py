"""The calm after a storm: runs without faults until nothing moves any more and all waiting times have passed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from include.chaos import parameters
from include.chaos.clock import Clock
from include.chaos.judging import query

_LEDGER = (
    "SELECT report_id, number, state, revision, attempts, absent_checks FROM ledger.document",
    "SELECT report_id, state, rule FROM ledger.open_item",
    "SELECT report_id, receipt_id, problem FROM ledger.open_receipt",
)
_BOOKS_DIFFER = "BooksDiffer:"


@dataclass
class Calm:
    """How it went.

    :param stopped: why runs stopped though nothing disturbed them
    :param moving: reports that the last run but one left otherwise than the last; empty when the ledger came to rest
    :param runs: beginnings and ends (monotonic) of the runs of expense_sync that were carried out to their end
    """

    stopped: list[str] = field(default_factory=list)
    moving: set[str] = field(default_factory=set)
    runs: list[tuple[float, float]] = field(default_factory=list)

    def settled(self, undecidable: Collection[str]) -> bool:
        """Nothing stopped, and nothing moves but what nobody could decide."""
        return not self.stopped and self.moving <= set(undecidable)


def done(stopped: str, *, clerks: bool) -> bool:
    """Whether a run did all of its work; the last task of one turns it red where the books differ, which is as it should be if clerks
    made them differ."""
    return not stopped or (clerks and stopped.startswith(_BOOKS_DIFFER))


def calm(sync: Callable[[], str], url: str, clock: Clock, *, clerks: bool, most: int = 10) -> Calm:
    """Runs `sync` until it changes nothing.

    :param sync: a run of expense_sync over all dates; returns what stopped it, or nothing
    :param url: the connector's database
    :param clock: by which it waits
    :param clerks: somebody changed reports or documents in the storm
    """
    result, before, still = Calm(), set[tuple[Any, ...]](), -1
    for _ in range(most):
        clock.sleep(parameters.LATE_SECONDS if still < 0 else parameters.APART_SECONDS + 0.1)
        began = clock.now()
        if not done(stopped := sync(), clerks=clerks):
            result.stopped.append(stopped)
        else:
            result.runs.append((began, clock.now()))
        documents, items, receipts = query(url, *_LEDGER)
        now = {tuple(row.values()) for row in (*documents, *items, *receipts)}
        result.moving = {str(row[0]) for row in now ^ before}
        still = 0 if result.moving else still + 1
        before = now
        waiting = any(row["state"] in ("sending", "in_doubt") for row in documents)
        if not result.moving and still >= (3 if waiting else 1):
            break
        if waiting and still == 1:
            clock.sleep(parameters.LATE_SECONDS)
    return result
