"""What a reconciliation compares the books with: what ledger, plans and persons say of reports and documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.ledger import GONE, LedgerState
from certify_intacct.model.rules import STRANGERS
from certify_intacct.staging import open_reports
from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument, find_documents
from certify_intacct.staging.open_reports import OpenReport


def documents_of(connection: Connection, certify_company: str, report_ids: Collection[str]) -> list[LedgerDocument]:
    """The ledger's documents of reports, all sequences."""
    return find_documents(
        connection,
        "certify_company = %(company)s AND report_id = ANY(%(ids)s)",
        {"company": certify_company, "ids": list(report_ids)},
    )


def labels(connection: Connection, certify_company: str, report_ids: Collection[str]) -> dict[str, str]:
    """What people call reports that were posted, by ID."""
    rows = connection.execute(
        "SELECT DISTINCT ON (report_id) report_id, label FROM ledger.report WHERE certify_company = %s AND report_id = ANY(%s) "
        "ORDER BY report_id, sequence DESC",
        [certify_company, list(report_ids)],
    ).fetchall()
    return {row["report_id"]: row["label"] for row in rows}


def posted_between(connection: Connection, certify_company: str, first: date, last: date, *, dated: bool) -> set[str]:
    """Reports with documents in the ledger that were processed between two dates, both included.

    :param dated: also those of which a document is dated so
    """
    rows = connection.execute(
        """
        SELECT DISTINCT r.report_id FROM ledger.report r
        JOIN ledger.document d USING (certify_company, report_id, sequence)
        WHERE r.certify_company = %(company)s AND (r.processed_date BETWEEN %(first)s AND %(last)s
           OR (%(dated)s AND d.posting_date BETWEEN %(first)s AND %(last)s))
        """,
        {"company": certify_company, "first": first, "last": last, "dated": dated},
    ).fetchall()
    return {row["report_id"] for row in rows}


def reports_of(connection: Connection, document_ids: Collection[int]) -> set[str]:
    """The reports of documents of the ledger."""
    rows = connection.execute(
        "SELECT DISTINCT report_id FROM ledger.document WHERE document_id = ANY(%s)", [list(document_ids)]
    ).fetchall()
    return {row["report_id"] for row in rows}


def kinds_posted(connection: Connection, intacct_company: str) -> set[DocumentKind]:
    """The kinds of document that the ledger has."""
    rows = connection.execute(
        "SELECT DISTINCT kind FROM ledger.document WHERE intacct_company = %s", [intacct_company]
    ).fetchall()
    return {DocumentKind(row["kind"]) for row in rows}


def ids_by_record(
    connection: Connection, intacct_company: str, kinds: Collection[DocumentKind], numbers: Mapping[str, str]
) -> dict[str, int]:
    """The ledger's IDs of documents by RECORDNO, of those that it knows.

    :param kinds: those of one object of Intacct
    :param numbers: document numbers by RECORDNO: one that has another number by now is another document
    """
    rows = connection.execute(
        """
        SELECT d.record_no, d.document_id FROM ledger.document d
        JOIN unnest(%s::text[], %s::text[]) AS here (record_no, number) ON here.record_no = d.record_no AND here.number = d.number
        WHERE d.intacct_company = %s AND d.kind = ANY(%s)
        """,
        [list(numbers), list(numbers.values()), intacct_company, [kind.value for kind in kinds]],
    ).fetchall()
    return {row["record_no"]: row["document_id"] for row in rows}


def settled(connection: Connection, document_ids: Collection[int]) -> set[int]:
    """Of documents that are gone from Intacct, those of whose reports nothing waits since: a plan has asked what becomes of their
    lines, and that was decided; or the report is not processed any more."""
    rows = connection.execute(
        """
        SELECT d.document_id FROM ledger.document d LEFT JOIN LATERAL (
            SELECT bool_or(i.rule = 'unprocessed') AS withdrawn, bool_or(i.rule <> 'unprocessed') AS waits FROM ledger.open_item i
            WHERE (i.certify_company, i.report_id) = (d.certify_company, d.report_id) AND NOT i.rule = ANY(%(strangers)s)
        ) i ON true
        WHERE d.document_id = ANY(%(ids)s) AND NOT coalesce(i.waits, false) AND (i.withdrawn OR EXISTS (
            SELECT FROM plan.change c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
            WHERE c.subject = 'report' AND c.key = d.report_id AND c.planned_at > d.updated_at
        ))
        """,
        {"ids": list(document_ids), "strangers": list(STRANGERS)},
    ).fetchall()
    return {row["document_id"] for row in rows}


def gone(connection: Connection, document_ids: Collection[int]) -> set[int]:
    """Of documents, by ID, those that the ledger has as reversed or deleted in Intacct."""
    rows = connection.execute(
        "SELECT document_id FROM ledger.document WHERE document_id = ANY(%s) AND state = ANY(%s)",
        [list(document_ids), [state.value for state in GONE]],
    ).fetchall()
    return {row["document_id"] for row in rows}


def posted_records(
    connection: Connection, intacct_company: str, records: Collection[tuple[str, str]]
) -> dict[tuple[str, str], LedgerState]:
    """Which of these records of Intacct (kind of document, RECORDNO) the ledger has, whatever number they have there by now, and as
    what."""
    rows = connection.execute(
        """
        SELECT d.kind, d.record_no, d.state FROM ledger.document d
        JOIN unnest(%s::text[], %s::text[]) AS here (kind, record_no) ON (here.kind, here.record_no) = (d.kind, d.record_no)
        WHERE d.intacct_company = %s
        """,
        [[kind for kind, _ in records], [record_no for _, record_no in records], intacct_company],
    ).fetchall()
    return {(row["kind"], row["record_no"]): LedgerState(row["state"]) for row in rows}


@dataclass(frozen=True, kw_only=True)
class KnownRecord:
    """What the ledger knows under a document number; without a record number where it is not known to be in Intacct."""

    report_id: str
    record_no: str | None


def known_records(connection: Connection, intacct_company: str, numbers: Collection[str]) -> dict[str, KnownRecord]:
    """Which of these document numbers the ledger has as documents that may stand in Intacct, or stood there once.

    What was refused or given up is none of them, unless a person has found it and named its record.
    """
    rows = connection.execute(
        """
        SELECT d.number, d.report_id, coalesce(d.record_no, t.record_no) AS record_no FROM ledger.document d
        LEFT JOIN (
            -- Once for all documents: what persons took out is worked out from all that they decided.
            SELECT DISTINCT ON (certify_company, number) certify_company, number, record_no FROM ledger.taken_out
            WHERE number <> '' AND record_no <> '' ORDER BY certify_company, number, decision_id DESC
        ) t ON (t.certify_company, t.number) = (d.certify_company, d.number)
        WHERE d.intacct_company = %s AND d.number = ANY(%s)
          AND (d.state <> 'rejected' OR d.record_no IS NOT NULL OR t.record_no IS NOT NULL)
        """,
        [intacct_company, list(numbers)],
    ).fetchall()
    return {row["number"]: KnownRecord(report_id=row["report_id"], record_no=row["record_no"]) for row in rows}


def keep_strangers(
    connection: Connection, certify_company: str, load_id: int, items: Collection[OpenReport], *,
    report_ids: Collection[str] = (), dates: tuple[date, date] | None = None,
) -> None:  # fmt: skip
    """Lists the strangers that wait, and takes off those that wait no more.

    :param report_ids: all strangers of these reports were looked for
    :param dates: all strangers with a date in between, both included, were looked for
    """
    first, last = dates or (None, None)
    connection.execute(
        """
        DELETE FROM ledger.open_item WHERE certify_company = %(company)s AND rule = ANY(%(rules)s) AND NOT part = ANY(%(parts)s)
          AND (report_id = ANY(%(ids)s) OR processed_date BETWEEN %(first)s AND %(last)s)
        """,
        {
            "company": certify_company, "rules": list(STRANGERS), "parts": [item.part for item in items],
            "ids": list(report_ids), "first": first, "last": last,
        },
    )  # fmt: skip
    for item in items:
        open_reports.keep_open(connection, certify_company, load_id, item)


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
    """What waits of these reports; parts first.

    An open item that is about a document of the ledger is not among them: the document tells.
    """
    rows = connection.execute(
        """
        SELECT report_id, state AS bucket, payer, currency, total FROM ledger.open_item i
        WHERE certify_company = %(company)s AND report_id = ANY(%(ids)s) AND NOT rule = ANY(%(strangers)s) AND NOT EXISTS (
            SELECT FROM ledger.document d WHERE d.certify_company = i.certify_company AND d.number = i.number
              AND d.state NOT IN ('rejected', 'reversed', 'deleted')
        ) ORDER BY total IS NULL, total
        """,
        {"company": certify_company, "ids": list(report_ids), "strangers": list(STRANGERS)},
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
