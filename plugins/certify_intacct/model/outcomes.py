"""What became of a planned change, and why a report stays on the list of open items."""

from __future__ import annotations

from enum import StrEnum


class ChangeResult(StrEnum):
    """What became of a change of a plan when it was carried out."""

    APPLIED = "applied"
    #: The target was as the plan wanted it.
    ALREADY = "already"
    #: The target, or the report, is another one by now: the next run plans it anew.
    MOVED_ON = "moved_on"
    #: The service said no.
    REJECTED = "rejected"
    #: A person must look before it is carried out.
    HELD = "held"
    #: Nobody knows whether it was carried out.
    IN_DOUBT = "in_doubt"


class OpenState(StrEnum):
    """Why a report is read again by every run but those of a backfill."""

    #: Seen, and not worked on yet.
    FOUND = "found"
    QUARANTINED = "quarantined"
    HELD = "held"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    #: What was posted is not what Certify says any more.
    ALARM = "alarm"
