"""What a check before a run finds: one row for each right or fact that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What is known about a right or a fact. ``EXCESS`` is for rights that are there and not needed."""

    PRESENT = "present"
    MISSING = "missing"
    UNKNOWN = "cannot tell"
    EXCESS = "excess"


@dataclass(frozen=True, kw_only=True)
class PreflightRow:
    """One row.

    :param area: what it belongs to, such as "Sage Intacct rights"
    :param item: the right or fact
    :param required: without it nothing may run; otherwise its lack is a warning
    :param detail: what was seen
    :param where_to_click: the way to the cure, in Intacct, Certify, Airflow or connector.yaml
    """

    area: str
    item: str
    outcome: Outcome
    required: bool = True
    detail: str = ""
    where_to_click: str = ""

    @property
    def stops(self) -> bool:
        """Nothing may be written while this is so."""
        return self.required and self.outcome is Outcome.MISSING

    @property
    def fine(self) -> bool:
        """Nobody has to look."""
        return self.outcome is Outcome.PRESENT
