"""Decisions of persons about whole plans. They are added and never changed; the newest one about a plan counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A row of ``ledger.approval``; ``decision`` is ``approved`` or ``rejected``."""

    decision: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptApproval:
    """That a plan was approved, as a worker wrote it down.

    :param dag_id: of the load, and ``opened_at`` when it was opened
    :param run_id: the run whose task was answered
    :param recorded_at: when it was written down, by the database's clock
    """

    approval_id: int
    load_id: int
    dag_id: str
    opened_at: datetime
    run_id: str
    decided_by: str
    user_id: str
    decided_at: datetime
    recorded_at: datetime


def of_runs(connection: Connection, since: timedelta | None) -> list[KeptApproval]:
    """The approvals of all runs that the database took down one within that time, oldest first; None: of all runs."""
    rows = connection.execute(
        """
        SELECT a.approval_id, a.load_id, l.dag_id, l.opened_at, a.run_id, a.decided_by, a.user_id, a.decided_at, a.recorded_at
        FROM ledger.approval a JOIN ops.load l USING (load_id)
        WHERE a.decision = 'approved' AND (%(since)s::interval IS NULL OR (l.dag_id, a.run_id) IN (
            SELECT m.dag_id, b.run_id FROM ledger.approval b JOIN ops.load m USING (load_id) WHERE b.recorded_at > now() - %(since)s
        ))
        ORDER BY a.approval_id
        """,
        {"since": since},
    ).fetchall()
    return [KeptApproval(**row) for row in rows]


def plan_hash(connection: Connection, load_id: int) -> str:
    """SHA-256 over the documents of a plan: their numbers, revisions and contents. Another plan is another decision."""
    row = connection.execute(
        """
        SELECT encode(sha256(convert_to(coalesce(
            string_agg(number || ' ' || revision || ' ' || sha256, E'\\n' ORDER BY number COLLATE "C"), ''), 'UTF8')), 'hex') AS hash
        FROM plan.document WHERE load_id = %s
        """,
        [load_id],
    ).fetchone()
    assert row is not None
    return str(row["hash"])


def standing(connection: Connection, load_id: int) -> Approval | None:
    """The newest decision about the plan of a load exactly as it is, or None."""
    # Mostly nobody was asked, and then the plan need not be read.
    if not connection.execute("SELECT FROM ledger.approval WHERE load_id = %s LIMIT 1", [load_id]).rowcount:
        return None
    row = connection.execute(
        """
        SELECT decision, decided_by, decided_at FROM ledger.approval WHERE load_id = %s AND plan_hash = %s
        ORDER BY approval_id DESC LIMIT 1
        """,
        [load_id, plan_hash(connection, load_id)],
    ).fetchone()
    return Approval(**row) if row else None


def decide(
    connection: Connection,
    load_id: int,
    *,
    approved: bool,
    decided_by: str,
    user_id: str,
    decided_at: datetime,
    reasons: Sequence[str],
    run_id: str,
) -> None:
    """Keeps a person's decision about the plan of a load as it is now."""
    connection.execute(
        """
        INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, user_id, reasons, run_id, decided_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            load_id, plan_hash(connection, load_id), "approved" if approved else "rejected", decided_by, user_id,
            " ".join(reasons), run_id, decided_at,
        ],
    )  # fmt: skip


def opened_by(connection: Connection, load_id: int) -> str:
    """Who triggered the run of a load; empty when the schedule did."""
    row = connection.execute("SELECT actor FROM ops.load WHERE load_id = %s", [load_id]).fetchone()
    return str(row["actor"]) if row else ""
