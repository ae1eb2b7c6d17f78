"""What the newest plan of people left alone, and what persons have released about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class PersonHeld:
    """Somebody or something that the newest plan of ``organization_sync`` holds.

    :param change_id: of the plan
    :param person_key: the record of Intacct that is to have a user, such as ``employee/1042``; empty for what is none
    :param certify_id: the user of Certify that it is about, and ``certify_email`` their e-mail as the plan read it; empty for none
    """

    change_id: int
    load_id: int
    dag_id: str
    subject: str
    key: str
    rule: str
    reason: str
    cure: str
    person_key: str
    certify_id: str
    certify_email: str


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
        SELECT c.change_id, c.load_id, l.dag_id, c.subject, c.key, c.rule, c.reason, c.cure, coalesce(u.email, '') AS certify_email,
               CASE WHEN c.subject = 'user' THEN c.source_key ELSE '' END AS person_key,
               CASE WHEN c.target_id LIKE '@%%' THEN '' ELSE coalesce(c.target_id, '') END AS certify_id
        FROM plan.change c JOIN ops.load l USING (load_id)
        LEFT JOIN ops.extract x ON x.load_id = c.load_id AND x.stream = 'certify_users'
        LEFT JOIN staging.certify_user u ON u.load_id = x.source_load_id AND u.id = c.target_id
        WHERE c.action = 'hold' AND c.load_id = (
            SELECT l.load_id FROM ops.load l WHERE l.direction = 'organization' AND EXISTS (
                SELECT FROM plan.change p WHERE p.load_id = l.load_id
            ) ORDER BY l.load_id DESC LIMIT 1
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
