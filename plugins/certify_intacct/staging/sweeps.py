"""What a load lacks: reports to read by their ID, and posted ones that Certify no longer shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from certify_intacct.model.content import content_hash
from certify_intacct.staging.bulk import stage_pages
from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES
from certify_intacct.staging.streams.stream import Stream

_AT_ONCE = 2000


def staged_report_ids(connection: Connection, load_id: int) -> set[str]:
    """The reports that the load has staged already."""
    rows = connection.execute("SELECT id FROM staging.certify_expense_report WHERE load_id = %s", [load_id]).fetchall()
    return {row["id"] for row in rows}


def planned_report_ids(connection: Connection, report_ids: Iterable[str]) -> set[str]:
    """Which of the reports have been dealt with: planned by a load that was no preview, with an outcome, or in the ledger.

    A report that was planned and then not reached, or left to another entity's run, has not.
    """
    rows = connection.execute(
        """
        SELECT DISTINCT c.key AS report_id FROM plan.change_result c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
        WHERE c.subject = 'report' AND c.key = ANY(%(ids)s) AND c.rule <> 'other_entity'
          AND (c.action <> 'post' OR c.result IS NOT NULL)
        UNION SELECT report_id FROM ledger.report WHERE report_id = ANY(%(ids)s)
        """,
        {"ids": list(report_ids)},
    ).fetchall()
    return {row["report_id"] for row in rows}


def covered_dates(connection: Connection) -> set[date]:
    """The dates that a run of expense_sync has loaded."""
    rows = connection.execute("SELECT day FROM ops.covered_date WHERE direction = 'expense'").fetchall()
    return {row["day"] for row in rows}


def posted_since(connection: Connection, certify_company: str, first: date) -> list[dict[str, Any]]:
    """Reports with a live document whose processed date is not before ``first``."""
    return connection.execute(
        """
        SELECT DISTINCT ON (r.report_id) r.report_id, r.label, r.processed_date FROM ledger.report r
        JOIN ledger.document d USING (certify_company, report_id, sequence)
        WHERE r.certify_company = %s AND r.processed_date >= %s
          AND d.state IN ('sending', 'in_doubt', 'accepted', 'in_gl', 'declined', 'altered')
        ORDER BY r.report_id, r.sequence DESC
        """,
        [certify_company, first],
    ).fetchall()


def changed_reports(
    connection: Connection, certify_company: str, headers: Iterable[tuple[str, Mapping[str, Any]]]
) -> set[str]:
    """Which of the reports have another header than when they were frozen, and than what a plan found nothing to do about.

    :param headers: report IDs with the business fields of the headers as Certify has them now
    """
    found: set[str] = set()
    left = iter(headers)
    while part := list(islice(left, _AT_ONCE)):
        rows = connection.execute(
            """
            SELECT h.report_id
            FROM unnest(%s::text[], %s::jsonb[], %s::text[]) AS h (report_id, content, hash)
            JOIN LATERAL (
                SELECT r.content -> 'report' AS frozen FROM ledger.report r
                WHERE r.certify_company = %s AND r.report_id = h.report_id ORDER BY r.sequence DESC LIMIT 1
            ) r ON true
            LEFT JOIN ops.settled_report s ON s.certify_company = %s AND s.report_id = h.report_id
            WHERE CASE WHEN s.header_hash IS NULL THEN h.content <> r.frozen ELSE h.hash <> s.header_hash END
            """,
            [
                [report_id for report_id, _ in part],
                [json.dumps(content) for _, content in part],
                [content_hash(content) for _, content in part],
                certify_company,
                certify_company,
            ],
        ).fetchall()
        found |= {row["report_id"] for row in rows}
    return found


def stage_reports(
    connection: Connection, load_id: int, reports: Iterable[tuple[Mapping[str, Any], list[dict[str, Any]]]]
) -> int:
    """Adds reports with their lines to what the load has staged; returns how many.

    Lines that the load has of one of these reports already are replaced: header and lines must be of one moment.
    """
    headers, lines = [], []
    for header, own in reports:
        headers.append(header)
        lines += own
    if not headers:
        return 0
    connection.execute(
        "DELETE FROM staging.certify_expense WHERE load_id = %s AND report_id = ANY(%s)",
        [load_id, [str(h["ID"]) for h in headers]],
    )
    stage_headers(connection, load_id, headers)
    _add(connection, load_id, CERTIFY_EXPENSES, lines)
    return len(headers)


def stage_headers(connection: Connection, load_id: int, headers: Sequence[Mapping[str, Any]]) -> None:
    """Adds headers to what the load has staged."""
    if headers:
        _add(connection, load_id, CERTIFY_EXPENSE_REPORTS, headers)


def _add(connection: Connection, load_id: int, stream: Stream, records: Sequence[Mapping[str, Any]]) -> None:
    stage_pages(connection, stream, load_id, [records], keep=True)
    connection.execute(
        """
        INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, observed_at)
        VALUES (%s, %s, %s, %s, 0, %s)
        ON CONFLICT (load_id, stream) DO UPDATE SET row_count = ops.extract.row_count + EXCLUDED.row_count
        """,
        [load_id, stream.name, load_id, len(records), datetime.now(tz=UTC)],
    )
