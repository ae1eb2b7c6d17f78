"""What a reconciliation found: the amounts and the findings of a load, written and read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certify_intacct.model.errors import GuardTripped
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class BalanceLine:
    """An amount of the reconciliation: what of Certify's total for one payer stands in which bucket.

    :param kind: what it was posted as; what is not posted, as what it would be today, or ``hold``
    :param bucket: ``in_gl``, ``in_intacct``, ``declined``, ``unknown_state``, ``unreadable``, ``unseen``,
        ``in_doubt``, ``held``, ``quarantined``, ``rejected``,
        ``found`` (seen, and not worked on yet), ``alarm``, ``booked_by_hand``, ``not_ours``, ``accepted_difference``,
        ``skipped: <rule>``, ``unassigned``
    """

    entity: str
    currency: str
    payer: str
    kind: str
    bucket: str
    amount: Decimal
    reports: int


@dataclass(frozen=True, kw_only=True)
class ReconciliationFinding:
    """Something that a person must look at, or has decided about.

    :param finding: its name, a key of ``certify_intacct.reconciliation.findings.WAYS``
    :param number: the document's number, or the report's ID
    :param label: approval code and employee
    :param day: the document's date, or the report's processed date
    :param desk: who can act, and ``cure`` how
    :param decided: whether a person decided that it stays as it is
    """

    finding: str
    number: str
    text: str
    report_id: str = ""
    label: str = ""
    currency: str = ""
    amount: Decimal | None = None
    day: date | None = None
    desk: str = ""
    cure: str = ""
    decided: bool = False


def store(
    connection: Connection, load_id: int, lines: Iterable[BalanceLine], findings: Iterable[ReconciliationFinding]
) -> None:
    """Replaces what a load found."""
    connection.execute("DELETE FROM ops.reconciliation WHERE load_id = %s", [load_id])
    connection.execute("DELETE FROM ops.reconciliation_finding WHERE load_id = %s", [load_id])
    cursor = connection.cursor()
    cursor.executemany(
        """
        INSERT INTO ops.reconciliation (load_id, entity, currency, payer, kind, bucket, amount, reports)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            (load_id, line.entity, line.currency, line.payer, line.kind, line.bucket, line.amount, line.reports)
            for line in lines
        ],
    )
    cursor.executemany(
        """
        INSERT INTO ops.reconciliation_finding (load_id, finding, number, text, report_id, label, currency, amount, day, desk, cure,
            decided)
        VALUES (%(load)s, %(finding)s, %(number)s, %(text)s, %(report_id)s, %(label)s, %(currency)s, %(amount)s, %(day)s, %(desk)s,
            %(cure)s, %(decided)s) ON CONFLICT DO NOTHING
        """,
        [{"load": load_id, **vars(found)} for found in findings],
    )


def require_reconciled(connection: Connection, load_id: int) -> None:
    """Books of which nothing was compared do not agree, also where `reconcile` was marked as success in Airflow.

    :raises GuardTripped: the load was not reconciled
    """
    row = connection.execute(
        "SELECT 1 AS one FROM ops.load WHERE load_id = %s AND counts ? 'reconciliation'", [load_id]
    ).fetchone()
    if row is None:
        raise GuardTripped(
            f"Load {load_id} was not reconciled: its task `reconcile` has not come to its end, whatever Airflow shows.",
            where=f"load {load_id}",
            cure="To mark a task as success is not to do its work: clear `reconcile` with what follows it.",
        )


def undecided(connection: Connection, load_id: int) -> list[ReconciliationFinding]:
    """What a load found and nobody has decided about."""
    rows = connection.execute(
        """
        SELECT finding, number, text, report_id, label, currency, amount, day, desk, cure, decided FROM ops.reconciliation_finding
        WHERE load_id = %s AND NOT decided ORDER BY finding, number
        """,
        [load_id],
    ).fetchall()
    return [ReconciliationFinding(**row) for row in rows]
