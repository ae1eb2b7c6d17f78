"""Keeps what was checked before runs, so that it is asked once a day and not before every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.staging.database import Connection

VALID_FOR = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class PreflightSubject:
    """What a check is about: another configuration, connection or version of the code is checked anew.

    :param fingerprint: a digest of what the check is for, and of where the connections lead and as whom
    """

    direction: str
    config_hash: str
    fingerprint: str
    code_version: str


@dataclass(frozen=True, kw_only=True)
class PreflightCheck:
    """A check that was made."""

    check_id: int
    passed: bool
    checked_at: datetime
    rows: tuple[PreflightRow, ...]


def store_check(
    connection: Connection,
    subject: PreflightSubject,
    rows: tuple[PreflightRow, ...],
    *,
    passed: bool,
    dag_id: str,
    run_id: str,
    actor: str,
) -> int:
    """Keeps a check with its rows and returns its ID."""
    row = connection.execute(
        """
        INSERT INTO ops.preflight (direction, config_hash, fingerprint, code_version, dag_id, run_id, actor, passed)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING check_id
        """,
        [
            subject.direction, subject.config_hash, subject.fingerprint, subject.code_version, dag_id, run_id, actor, passed,
        ],
    ).fetchone()  # fmt: skip
    assert row is not None
    check_id = int(row["check_id"])
    connection.cursor().executemany(
        """
        INSERT INTO ops.preflight_result (check_id, position, area, item, outcome, required, detail, where_to_click)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            (check_id, position, f.area, f.item, f.outcome.value, f.required, f.detail, f.where_to_click)
            for position, f in enumerate(rows, start=1)
        ],
    )
    return check_id


def valid_check(connection: Connection, subject: PreflightSubject) -> PreflightCheck | None:
    """The newest check of ``subject``, when it passed and is young enough; a check that failed is never reused."""
    row = connection.execute(
        """
        SELECT check_id, passed, checked_at, checked_at > now() - %(valid)s AS young FROM ops.preflight
        WHERE direction = %(direction)s AND config_hash = %(config)s AND fingerprint = %(fingerprint)s AND code_version = %(code)s
        ORDER BY check_id DESC LIMIT 1
        """,
        {
            "valid": VALID_FOR, "direction": subject.direction, "config": subject.config_hash, "fingerprint": subject.fingerprint,
            "code": subject.code_version,
        },
    ).fetchone()  # fmt: skip
    if row is None or not row["passed"] or not row["young"]:
        return None
    return PreflightCheck(
        check_id=row["check_id"],
        passed=row["passed"],
        checked_at=row["checked_at"],
        rows=_rows(connection, row["check_id"]),
    )


def check_schema(connection: Connection, expected: str) -> None:
    """Refuses a database whose schema is not the one that this code was written for.

    :param expected: the newest migration of the code
    :raises ConfigurationError: an older or a newer one, or none
    """
    try:
        with connection.transaction():
            found = {row["version_num"] for row in connection.execute("SELECT version_num FROM public.alembic_version")}
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        found = set()
    if found != {expected}:
        raise ConfigurationError(
            f"The connector's database has the schema {', '.join(sorted(found)) or 'of an older version, or none'}; "
            f"this version of the project needs {expected}.",
            where="connection connector_db",
            cure="Run `python -m certify_intacct.staging.migrate` with the owner's address in CONNECTOR_DB_URL.",
        )


def _rows(connection: Connection, check_id: int) -> tuple[PreflightRow, ...]:
    rows = connection.execute(
        "SELECT * FROM ops.preflight_result WHERE check_id = %s ORDER BY position", [check_id]
    ).fetchall()
    return tuple(
        PreflightRow(
            area=row["area"],
            item=row["item"],
            outcome=Outcome(row["outcome"]),
            required=row["required"],
            detail=row["detail"],
            where_to_click=row["where_to_click"],
        )
        for row in rows
    )
