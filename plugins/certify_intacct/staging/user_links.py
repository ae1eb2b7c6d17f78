"""The links between Intacct records and Certify users, and what people have released about them."""

from __future__ import annotations

from datetime import timedelta

from certify_intacct.model.people import LinkOrigin, Releases, UserLink
from certify_intacct.staging.database import Connection


def all_links(connection: Connection) -> tuple[UserLink, ...]:
    """Every link, by person."""
    rows = connection.execute(
        "SELECT person_key, certify_id, origin, employee_id, email, deactivated FROM ledger.user_link ORDER BY person_key"
    ).fetchall()
    return tuple(UserLink(**{**row, "origin": LinkOrigin(row["origin"])}) for row in rows)


def created_count(connection: Connection) -> int:
    """For how many people a create was ever sent, whatever became of it."""
    row = connection.execute(
        "SELECT count(DISTINCT person_key) AS n FROM ledger.user_link_event WHERE operation = 'insert' AND certify_id IS NULL"
    ).fetchone()
    return int(row["n"]) if row else 0


def releases(connection: Connection) -> Releases:
    """What is released now."""
    rows = connection.execute(
        "SELECT kind, person_key, certify_id, stream FROM ledger.people_release WHERE kind = 'creates' OR expires_at > now()"
    ).fetchall()
    kinds = {row["kind"] for row in rows}
    return Releases(
        creates="creates" in kinds,
        deactivations="deactivations" in kinds,
        lists=frozenset(row["stream"] for row in rows if row["kind"] == "list_deactivations"),
        links=frozenset((row["person_key"], row["certify_id"]) for row in rows if row["kind"] == "link"),
    )


def release(
    connection: Connection,
    kind: str,
    *,
    released_by: str,
    reason: str,
    holds: timedelta,
    person_key: str = "",
    certify_id: str = "",
    stream: str = "",
) -> None:
    """Keeps a person's decision.

    :param kind: ``creates`` (holds for good), ``deactivations``, ``link`` (with ``person_key`` and ``certify_id``),
        ``list_deactivations`` or ``shrunken_extract`` (with ``stream``)
    """
    connection.execute(
        """
        INSERT INTO ledger.people_release (kind, person_key, certify_id, stream, released_by, reason, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, now() + %s)
        """,
        [kind, person_key, certify_id, stream, released_by, reason, holds],
    )


def intend_create(connection: Connection, person_key: str, employee_id: str, email: str, run_id: str) -> None:
    """Notes, before it is sent, that a user is created for a record: whatever happens then, the user is known to be ours."""
    connection.execute(
        """
        INSERT INTO ledger.user_link (person_key, certify_id, origin, employee_id, email, run_id)
        VALUES (%s, NULL, 'created', %s, %s, %s)
        ON CONFLICT (person_key) DO UPDATE SET employee_id = EXCLUDED.employee_id, email = EXCLUDED.email, run_id = EXCLUDED.run_id
        WHERE user_link.certify_id IS NULL
        """,
        [person_key, employee_id, email, run_id],
    )


def forget_create(connection: Connection, person_key: str) -> None:
    """Takes an intention back: Certify has refused the create."""
    connection.execute("DELETE FROM ledger.user_link WHERE person_key = %s AND certify_id IS NULL", [person_key])


def link(connection: Connection, person_key: str, certify_id: str, employee_id: str, email: str, run_id: str) -> None:
    """Links a record to a user. A user that was linked to another record moves; how it came to us stays."""
    moved = connection.execute(
        "DELETE FROM ledger.user_link WHERE certify_id = %s AND person_key <> %s RETURNING origin",
        [certify_id, person_key],
    ).fetchone()
    connection.execute(
        """
        INSERT INTO ledger.user_link (person_key, certify_id, origin, employee_id, email, run_id)
        VALUES (%(person)s, %(user)s, coalesce(%(origin)s, 'adopted'), %(id)s, %(email)s, %(run)s)
        ON CONFLICT (person_key) DO UPDATE SET certify_id = EXCLUDED.certify_id, employee_id = EXCLUDED.employee_id,
            email = EXCLUDED.email, run_id = EXCLUDED.run_id, deactivated = false,
            origin = coalesce(%(origin)s, CASE WHEN user_link.certify_id IS NULL THEN user_link.origin ELSE 'adopted' END)
        """,
        {
            "person": person_key,
            "user": certify_id,
            "origin": moved["origin"] if moved else None,
            "id": employee_id,
            "email": email,
            "run": run_id,
        },
    )


def mark_active(connection: Connection, certify_id: str, *, active: bool, run_id: str) -> None:
    """Notes that we deactivated or reactivated a user."""
    connection.execute(
        "UPDATE ledger.user_link SET deactivated = %s, run_id = %s WHERE certify_id = %s AND deactivated = %s",
        [not active, run_id, certify_id, active],
    )
