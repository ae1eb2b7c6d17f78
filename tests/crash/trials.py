"""One crash: a task is struck at a statement, tried again as Airflow does, and what is left is looked at."""

from __future__ import annotations

import time
from collections.abc import Callable

from certify_intacct.operators.retries import _FINAL
from tests.crash.relay import Relay, Strike
from tests.crash.snapshot import DatabaseSnapshots
from tests.crash.stages import Stage

# How long PostgreSQL may take to notice that a client is gone.
_NOTICE_SECONDS = 10.0


def crash(stage: Stage, strike: Strike, relay: Relay, snapshots: DatabaseSnapshots) -> tuple[str, list[str]]:
    """Runs the stage into the strike and then once more without; gives the statement that was struck, and what is wrong."""
    problems = []
    relay.arm(strike)
    error = _attempt(stage.work)
    struck = relay.struck
    if left := _sessions_left(snapshots):
        problems.append(f"The task ended and left sessions behind: {left}")
    relay.heal()
    if struck is None:
        return "", [*problems, f"It has no such statement: only {len(relay.statements)}."]
    if error is not None:
        if isinstance(error, _FINAL):
            problems.append(f"Airflow would not try again: {error!r}")
        relay.arm(None)
        if again := _attempt(stage.work):
            problems.append(f"The next try failed as well: {again!r}")
        if left := _sessions_left(snapshots):
            problems.append(f"The next try left sessions behind: {left}")
    return struck, problems


def _attempt(work: Callable[[], object]) -> Exception | None:
    try:
        work()
    except Exception as error:
        return error
    return None


def _sessions_left(snapshots: DatabaseSnapshots) -> list[tuple[str, int]]:
    give_up = time.monotonic() + _NOTICE_SECONDS
    while left := snapshots.others():
        if time.monotonic() > give_up:
            return left
        time.sleep(0.002)
    return []
