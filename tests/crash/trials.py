"""One crash: a task is struck at a statement, tried again as Airflow does, and what is left is looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from certify_intacct.runs.failing import FINAL
from tests.crash.snapshot import DatabaseSnapshots
from tests.crash.stages import Stage

# How long PostgreSQL may take to notice that a client is gone.
_NOTICE_SECONDS = 10.0


class Striker(Protocol):
    """Counts what a task asks for, and lets one of it fail."""

    @property
    def statements(self) -> Sequence[str]:
        """What was asked for since ``arm``."""

    @property
    def struck(self) -> str | None:
        """What failed."""

    def arm(self, strike: Any, undisturbed: Sequence[str] = ()) -> None:
        """Counts from the start again, and strikes once (None: never), where ``undisturbed`` had what is to be struck."""

    def heal(self) -> None:
        """Everything works again."""


def crash(
    stage: Stage, strike: Any, undisturbed: Sequence[str], striker: Striker, snapshots: DatabaseSnapshots
) -> tuple[str, list[str]]:
    """Runs the stage into the strike and then once more without; gives the statement that was struck, and what is wrong.

    :param undisturbed: what the stage asks for when nothing strikes it; the strike is at one of these
    """
    problems = []
    striker.arm(strike, undisturbed)
    error = _attempt(stage.work)
    struck, asked = striker.struck, len(striker.statements)
    if left := _sessions_left(snapshots):
        problems.append(f"The task ended and left sessions behind: {left}")
    striker.heal()
    if struck is None:
        return "", [*problems, f"It has no such statement: only {asked}."]
    if error is not None:
        if isinstance(error, FINAL) and not strike.may_end_the_task:
            problems.append(f"Airflow would not try again: {error!r}")
        striker.arm(None)
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
