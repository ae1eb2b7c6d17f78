"""What the newest plan of people left alone, and what persons have released about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class PersonHeld:
    """Somebody or something that the newest plan of ``organization_sync`` holds."""

    load_id: int
    dag_id: str
    subject: str
    key: str
    rule: str
    reason: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class StandingRelease:
    """A release of people that holds now; ``expires_at`` None: for good."""

    kind: str
    person_key: str
    stream: str
    released_by: str
    reason: str
    released_at: datetime
    expires_at: datetime | None


def people_held(connection: Connection) -> list[PersonHeld]:
    """What the newest plan holds, by rule; at most so many that a person can read them."""
    rows = connection.execute(
        """
        SELECT c.load_id, l.dag_id, c.subject, c.key, c.rule, c.reason, c.cure FROM plan.change c JOIN ops.load l USING (load_id)
        WHERE c.action = 'hold' AND c.load_id = (
            SELECT max(load_id) FROM plan.change JOIN ops.load USING (load_id) WHERE direction = 'organization'
        )
        ORDER BY c.rule, c.position LIMIT %s
        """,
        [MOST],
    ).fetchall()
    return [PersonHeld(**row) for row in rows]


def standing_releases(connection: Connection) -> list[StandingRelease]:
    """The releases that hold now, the newest first."""
    rows = connection.execute(
        """
        SELECT kind, person_key, stream, released_by, reason, released_at,
               CASE WHEN kind <> 'creates' THEN expires_at END AS expires_at
        FROM ledger.people_release WHERE kind = 'creates' OR expires_at > now() ORDER BY released_at DESC
        """
    ).fetchall()
    return [StandingRelease(**row) for row in rows]
