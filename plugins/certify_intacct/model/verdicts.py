"""What the data-quality checks say of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a failed rule does: stop the run before any load, quarantine the row, or only be reported."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one rule: how many rows it saw, and the keys of those that failed."""

    stream: str
    rule: str
    severity: Severity
    reason: str
    cure: str
    checked: int
    failed_keys: tuple[str, ...]
