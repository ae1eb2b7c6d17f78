"""A sparkline: a bar for each load, as tall as the share that failed of the most that did, with what it stands for in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certify_intacct.staging.quality_history import LoadVerdict

HEIGHT = 24
STEP = 7
WIDTH = 5
#: A load in which nothing failed has a bar that is seen and is none; one in which a single row did is told from it.
PASSED = 2
_LEAST = 5


@dataclass(frozen=True, kw_only=True)
class LoadBar:
    """One bar; ``y`` and ``height`` from the top of the drawing."""

    x: int
    y: int
    height: int
    load_id: int
    failed: bool
    words: str


def bars(results: Sequence[LoadVerdict | None]) -> list[LoadBar]:
    """The bars of a rule's results, the oldest on the left; a load in which it was not asked leaves a gap."""
    most = max((result.failed for result in results if result is not None), default=0)
    return [_bar(position, result, most) for position, result in enumerate(results) if result is not None]


def _bar(position: int, result: LoadVerdict, most: int) -> LoadBar:
    height = max(_LEAST, round(HEIGHT * result.failed / most)) if result.failed else PASSED
    return LoadBar(
        x=position * STEP,
        y=HEIGHT - height,
        height=height,
        load_id=result.load_id,
        failed=result.failed > 0,
        words=f"load {result.load_id}, {result.day}: {result.failed} of {result.checked} failed",
    )
