"""What came of a round, and by what two plays of it are compared."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from include.chaos import oracle
from include.chaos.calm import Calm


@dataclass
class Result:
    """What a round came to.

    :param drawn: what the company had chosen beside its kinds of document
    """

    number: int
    verdict: oracle.Verdict
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    cpu_seconds: Counter[str] = field(default_factory=Counter)
    deactivated: int = 0
    calm: Calm = field(default_factory=Calm)
    seconds: float = 0.0
    storm_seconds: float = 0.0
    calm_seconds: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)
    targets: Sequence[str] = ()
    drawn: Sequence[str] = ()
    course: Sequence[str] = ()

    @property
    def digest(self) -> str:
        """Of everything that the round did, step by step, and what came of it. Two plays of one round have the same."""
        verdict = self.verdict
        ends = [
            *self.course,
            *(text for name in sorted(verdict.wrongs) for text in verdict.wrongs[name]),
            *verdict.broken,
        ]
        ends += [
            *sorted(verdict.in_doubt),
            "undecidable",
            *sorted(verdict.undecidable),
            str(sorted(verdict.documents.items())),
        ]
        return hashlib.sha256("\n".join(ends).encode()).hexdigest()[:12]

    @property
    def fine(self) -> bool:
        """Nothing is wrong, exactly what cannot be decided is in doubt, and all has come to rest."""
        return self.verdict.fine and self.calm.settled(self.verdict.undecidable)
