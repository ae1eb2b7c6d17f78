"""What a load lacks: reports to read by their ID, and posted ones that Certify no longer shows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from certify_intacct.model.content import content_hash
from certify_intacct.model.periods import Period
from certify_intacct.staging import swept
from certify_intacct.staging.bulk import stage_pages
from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES
from certify_intacct.staging.streams.stream import Stream

_AT_ONCE = 2000
_READ_AT_ONCE = 100


def staged_report_ids(connection: Connection, load_id: int) -> set[str]:
    """The reports that the load has staged already."""
    rows = connection.execute("SELECT id FROM staging.certify_expense_report WHERE load_id = %s", [load_id]).fetchall()
    return {row["id"] for row in rows}


def changed_reports(
    connection: Connection, certify_company: str, headers: Iterable[tuple[str, Mapping[str, Any]]]
) -> set[str]:
    """Which of the reports have another header than when they were frozen, and than when a plan was done with them.

    A date that dates documents (``dated_by``) counts where it did then, too: whoever chooses another rule changes no report by it.

    :param headers: report IDs with the business fields of the headers as Certify has them now
    """
    found: set[str] = set()
    left = iter(headers)
    while part := list(islice(left, _AT_ONCE)):
        rows = connection.execute(
            """
            SELECT h.report_id
            FROM unnest(%s::text[], %s::jsonb[], %s::text[], %s::text[]) AS h (report_id, content, hash, undated)
            LEFT JOIN LATERAL (
                SELECT r.content -> 'report' AS frozen FROM ledger.report r
                WHERE r.certify_company = %s AND r.report_id = h.report_id ORDER BY r.sequence DESC LIMIT 1
            ) r ON true
            LEFT JOIN ops.settled_report s ON s.certify_company = %s AND s.report_id = h.report_id
            WHERE CASE WHEN s.header_hash IS NOT NULL THEN s.header_hash NOT IN (h.hash, h.undated)
                ELSE h.content - 'dated_by' <> r.frozen - 'dated_by' OR EXISTS (
                    SELECT FROM jsonb_each(h.content -> 'dated_by') AS p (payer, dates), jsonb_each(p.dates) AS d (name, day)
                    WHERE r.frozen -> 'dated_by' -> p.payer -> d.name <> d.day
                ) END
            """,
            [
                [report_id for report_id, _ in part],
                [json.dumps(content) for _, content in part],
                [content_hash(content) for _, content in part],
                [content_hash({name: content[name] for name in content.keys() - {"dated_by"}}) for _, content in part],
                certify_company,
                certify_company,
            ],
        ).fetchall()
        found |= {row["report_id"] for row in rows}
    return found


def stage_reports(
    connection: Connection, load_id: int, reports: Iterable[tuple[str, Mapping[str, Any] | None, list[dict[str, Any]]]]
) -> int:
    """Adds reports with their lines to what the load has staged; returns how many.

    Lines that the load has of one of these reports already are replaced: header and lines must be of one moment.

    :param reports: each with its ID, the record of its header (None: as the sweep listed it) and those of its lines
    """
    staged, left = 0, iter(reports)
    while some := list(islice(left, _READ_AT_ONCE)):
        connection.execute(
            "DELETE FROM staging.certify_expense WHERE load_id = %s AND report_id = ANY(%s)",
            [load_id, [report_id for report_id, _, _ in some]],
        )
        stage_swept(connection, load_id, [report_id for report_id, header, _ in some if header is None])
        _add(connection, load_id, CERTIFY_EXPENSE_REPORTS, [header for _, header, _ in some if header is not None])
        _add(connection, load_id, CERTIFY_EXPENSES, [line for _, _, own in some for line in own])
        staged += len(some)
    return staged


def stage_swept(connection: Connection, load_id: int, report_ids: Collection[str]) -> None:
    """Adds headers, as the sweep listed them, to what the load has staged."""
    _count(connection, load_id, CERTIFY_EXPENSE_REPORTS, swept.give(connection, load_id, report_ids))


def stage_nameless(connection: Connection, load_id: int, period: Period) -> None:
    """The same for processed reports whose ID cannot be read: nothing can be asked about them, but nobody shall believe that there
    are none."""
    _count(connection, load_id, CERTIFY_EXPENSE_REPORTS, swept.give_nameless(connection, load_id, period))


def _add(connection: Connection, load_id: int, stream: Stream, records: Sequence[Mapping[str, Any]]) -> None:
    if records:
        stage_pages(connection, stream, load_id, [records], keep=True)
        _count(connection, load_id, stream, len(records))


def _count(connection: Connection, load_id: int, stream: Stream, rows: int) -> None:
    connection.execute(
        """
        INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, observed_at)
        VALUES (%s, %s, %s, %s, 0, %s)
        ON CONFLICT (load_id, stream) DO UPDATE SET row_count = ops.extract.row_count + EXCLUDED.row_count
        """,
        [load_id, stream.name, load_id, rows, datetime.now(tz=UTC)],
    )
