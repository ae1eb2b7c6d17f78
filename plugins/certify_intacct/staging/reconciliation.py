"""What a reconciliation compares our books with, and where it writes what it found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument, find_documents


@dataclass(frozen=True, kw_only=True)
class BalanceLine:
    """An amount of the reconciliation: what of Certify's total for one payer stands in which bucket.

    :param kind: what it was posted as; what is not posted, as what it would be today, or ``hold``
    :param bucket: ``in_gl``, ``in_intacct``, ``declined``, ``unknown_state``, ``in_doubt``, ``held``, ``quarantined``, ``rejected``,
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
    """Something that a person must look at: ``orphan``, ``deleted``, ``reversed``, ``altered``, ``declined``, ``unknown_state``,
    ``same_charge``, ``record`` or ``unassigned``."""

    finding: str
    number: str
    text: str


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
        "INSERT INTO ops.reconciliation_finding (load_id, finding, number, text) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(load_id, found.finding, found.number, found.text) for found in findings],
    )


def newest_documents(connection: Connection, certify_company: str, report_ids: Collection[str]) -> list[LedgerDocument]:
    """The ledger's documents of reports, all sequences."""
    return find_documents(
        connection,
        "certify_company = %(company)s AND report_id = ANY(%(ids)s)",
        {"company": certify_company, "ids": list(report_ids)},
    )


def known_numbers(connection: Connection, intacct_company: str, numbers: Collection[str]) -> set[str]:
    """Which of these document numbers the ledger has as documents that may stand in Intacct, or stood there once.

    What was refused or given up is none of them, unless a person has found it and named its record.
    """
    rows = connection.execute(
        """
        SELECT number FROM ledger.document d WHERE intacct_company = %s AND number = ANY(%s) AND (state <> 'rejected' OR EXISTS (
            SELECT FROM ledger.taken_out t WHERE (t.certify_company, t.number) = (d.certify_company, d.number) AND t.record_no <> ''))
        """,
        [intacct_company, list(numbers)],
    ).fetchall()
    return {row["number"] for row in rows}


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Why an amount of a report, or all that is left of it, is not in Intacct.

    :param payer: whose part; empty for all that is left
    :param total: None for all that is left
    """

    report_id: str
    bucket: str
    payer: str
    currency: str
    total: Decimal | None


def explained(connection: Connection, certify_company: str, report_ids: Collection[str]) -> list[Explained]:
    """What waits of these reports, and what persons took out of our hands; parts first.

    An open item that is about a document of the ledger is not among them: the document tells.
    """
    rows = connection.execute(
        """
        SELECT report_id, state AS bucket, payer, currency, total FROM ledger.open_item i
        WHERE certify_company = %(company)s AND report_id = ANY(%(ids)s) AND NOT EXISTS (
            SELECT FROM ledger.document d WHERE d.certify_company = i.certify_company AND d.number = i.number
              AND d.state NOT IN ('rejected', 'reversed', 'deleted')
        )
        UNION ALL
        SELECT report_id, decision, payer, currency, total FROM ledger.taken_out
        WHERE certify_company = %(company)s AND report_id = ANY(%(ids)s)
        ORDER BY total NULLS LAST
        """,
        {"company": certify_company, "ids": list(report_ids)},
    ).fetchall()
    return [Explained(**row) for row in rows]


def accepted_differences(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Reports and payers of which a person accepted a document as it was posted, though Certify says something else."""
    rows = connection.execute(
        """
        SELECT DISTINCT d.report_id, d.payer FROM ledger.decision d
        WHERE d.certify_company = %s AND d.report_id = ANY(%s) AND d.decision = 'accept_as_posted'
        """,
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row["report_id"], row["payer"]) for row in rows}


def skipped_reports(connection: Connection, report_ids: Collection[str]) -> dict[str, str]:
    """The rule by which the newest plan of each report skipped it, where that is the last that the plan says of it."""
    rows = [row for row in _newest_plans(connection, report_ids) if row["last"] and row["action"] == "skip"]
    return {row["key"]: row["rule"] for row in rows}


def skipped_parts(connection: Connection, report_ids: Collection[str]) -> list[Explained]:
    """What the newest plan of each report left out of it, by payer and amount."""
    return [
        Explained(
            report_id=row["key"],
            bucket=f"skipped: {row['rule']}",
            payer=row["after"]["payer"],
            currency="",
            total=Decimal(row["after"]["amount"]),
        )
        for row in _newest_plans(connection, report_ids)
        if row["action"] == "skip" and "amount" in row["after"]
    ]


def _newest_plans(connection: Connection, report_ids: Collection[str]) -> list[dict[str, Any]]:
    """What the newest plan says of each report, but for previews; ``last`` marks the last that it says."""
    return connection.execute(
        """
        SELECT key, action, rule, after, change_id = max(change_id) OVER (PARTITION BY key) AS last FROM (
            SELECT c.key, c.action, c.rule, c.after, c.change_id, c.load_id, max(c.load_id) OVER (PARTITION BY c.key) AS newest
            FROM plan.change c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
            WHERE c.subject = 'report' AND c.key = ANY(%s)
        ) planned WHERE load_id = newest ORDER BY change_id
        """,
        [list(report_ids)],
    ).fetchall()
