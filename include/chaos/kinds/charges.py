"""What the kinds that hold card charges have in common: the day of a charge."""

from __future__ import annotations

from collections.abc import Sequence

from include.chaos.kinds.base import Member


def latest_charge(members: Sequence[Member]) -> str:
    """The day of the latest charge, or of the latest expense where no charge has a day (docs/posting-rules.md, rule 17)."""
    days = [str(line.get("PostingDate") or "")[:10] for line, _ in members]
    return max(days) or max(str(line.get("ExpenseDate") or "")[:10] for line, _ in members)
