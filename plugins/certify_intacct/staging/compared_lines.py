"""Posted reports whose lines are compared with Certify: which, when each date's were, and what was found to be nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, tzinfo
from typing import Any

from certify_intacct.model.content import content_hash, lines_hash
from certify_intacct.staging.database import Connection

_AT_ONCE = 2000


def compared_on(connection: Connection, certify_company: str, zone: tzinfo) -> dict[date, date]:
    """Processed dates whose lines were compared, each with the day (of ``zone``) on which that was done last.

    A load that never came to a plan has compared nothing.
    """
    rows = connection.execute(
        """
        SELECT c.day, c.compared_at FROM ops.compared_date c JOIN ops.load l USING (load_id)
        WHERE c.certify_company = %s AND l.state IN ('planned', 'loaded')
        """,
        [certify_company],
    ).fetchall()
    return {row["day"]: row["compared_at"].astimezone(zone).date() for row in rows}


def recoded_reports(connection: Connection, certify_company: str, hashes: Mapping[str, Collection[str]]) -> set[str]:
    """Which of the reports have other lines than when they were frozen, and than what a plan found nothing to do about.

    :param hashes: ``lines_hash`` of each report's lines as Certify has them now, in each form; none where it has none
    """
    found: set[str] = set()
    reports = list(hashes)
    for start in range(0, len(reports), _AT_ONCE):
        rows = connection.execute(
            """
            SELECT DISTINCT ON (r.report_id) r.report_id, s.lines_hash,
                   CASE WHEN s.lines_hash IS NULL THEN r.content -> 'lines' END AS lines
            FROM ledger.report r LEFT JOIN ops.settled_report s USING (certify_company, report_id)
            WHERE r.certify_company = %s AND r.report_id = ANY(%s)
            ORDER BY r.report_id, r.sequence DESC
            """,
            [certify_company, reports[start : start + _AT_ONCE]],
        ).fetchall()
        found |= {
            row["report_id"]
            for row in rows
            if (row["lines_hash"] or lines_hash(row["lines"])) not in hashes[row["report_id"]]
        }
    return found


def keep_compared(connection: Connection, certify_company: str, load_id: int, days: Collection[date]) -> None:
    """Notes that a load has compared the lines of these dates."""
    connection.cursor().executemany(
        """
        INSERT INTO ops.compared_date (certify_company, day, load_id) VALUES (%s, %s, %s)
        ON CONFLICT (certify_company, day) DO UPDATE SET load_id = EXCLUDED.load_id, compared_at = now()
        """,
        [(certify_company, day, load_id) for day in days],
    )


def keep_settled(
    connection: Connection, certify_company: str, load_id: int, contents: Mapping[str, Mapping[str, Any]]
) -> None:
    """Notes what reports were when a plan found nothing to do about them, so that it is not asked again before they are others.

    :param contents: their business content
    """
    connection.cursor().executemany(
        """
        INSERT INTO ops.settled_report (certify_company, report_id, header_hash, lines_hash, load_id) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (certify_company, report_id) DO UPDATE SET
            header_hash = EXCLUDED.header_hash, lines_hash = EXCLUDED.lines_hash, load_id = EXCLUDED.load_id, settled_at = now()
        """,
        [
            (certify_company, report_id, content_hash(content["report"]), lines_hash(content["lines"]), load_id)
            for report_id, content in contents.items()
        ],
    )
