"""When a lost document may be sent again: what Intacct remembers of control IDs, and what anybody has measured of that.

A control ID that comes again is refused only as long as it is remembered. Later than that a replay posts twice, should the first
request have been carried out after all; so who sends again then, or where nobody has shown anything, has guessed, whatever comes of
it. Who leaves it to a person while it was still shown to be safe gave up too early.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from include.chaos.wire import Attempt

# From the ledger's note of a send to the relay's; and what a look-up may take beyond the waiting times.
_SLACK_SECONDS = 2.0
# A claim may be noted this much later than it is, and its worker was killed this soon after it.
_LATER_NOTED, _KILLED_WITHIN = 0.05, 5.0


@dataclass(frozen=True)
class Memory:
    """What Intacct remembers of control IDs.

    :param refused: it was measured, and it is true, that a control ID is refused when it comes again
    :param seconds: so long it is remembered
    :param proven: so long it was shown to be remembered, never more than `seconds`
    """

    refused: bool
    seconds: float = math.inf
    proven: float = math.inf


@dataclass(frozen=True)
class InDoubt:
    """What the connector itself says of a document that it cannot know: when it first noted that it sends it, and when it gave it up.

    Moments are seconds of the relay's clock; `given_up_at` is None where it goes on looking. `claims` are all notes that it sends the
    document, of the revision that is in doubt.
    """

    sent_at: float
    given_up_at: float | None = None
    claims: Sequence[float] = ()

    def unsent(self, attempts: Sequence[Attempt], kills: Sequence[float]) -> list[float]:
        """The claims of which nothing was sent, because something was killed first: those without an attempt before the next."""
        ends = [*self.claims[1:], math.inf]
        return [
            claim
            for claim, end in zip(self.claims, ends, strict=False)
            if not any(claim - _LATER_NOTED <= attempt.at < end for attempt in attempts)
            and any(claim - _LATER_NOTED <= kill <= min(end, claim + _KILLED_WITHIN) for kill in kills)
        ]


@dataclass(frozen=True)
class Calendar:
    """Undisturbed runs over all dates, begin and end, and the longest time after which a lost request may still be carried out."""

    runs: Sequence[tuple[float, float]] = ()
    late_seconds: float = 0.0

    def chance(self, memory: Memory, attempts: Sequence[Attempt], entry: InDoubt | None) -> bool:
        """Whether a document that was sent so, or was noted to be sent, could have been sent again while that was shown to be safe.

        The first undisturbed run may only just read back the documents by which the second sees that its look-ups find anything.
        """
        moments = [attempt.at for attempt in attempts] + ([entry.sent_at] if entry else [])
        until = min(moments) + memory.proven - _SLACK_SECONDS
        if entry is not None and entry.given_up_at is not None and entry.given_up_at < until:
            return True
        since = max(moments) + self.late_seconds + _SLACK_SECONDS
        return any(began >= since and ended <= until for began, ended in self.runs[1:])


def guesses(memory: Memory, attempts: Iterable[Attempt]) -> list[str]:
    """Documents that were sent again under a control ID which Intacct may have carried out, and had forgotten or never refuses."""
    by_control_id: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_control_id[attempt.number, attempt.control_id].append(attempt)
    found = []
    for (number, _), tried in by_control_id.items():
        unknown = False
        for attempt in tried:
            age = attempt.at - tried[0].at
            if unknown and not memory.refused:
                found.append(f"{number} was sent again, and nobody has shown that a replay is refused")
            elif unknown and age > memory.seconds:
                found.append(
                    f"{number} was sent again {age:.0f} s after the first time, and Intacct remembers {memory.seconds:.0f} s"
                )
            unknown = unknown or attempt.verdict in ("lost", "accepted")
    return found
