"""Everything about one load, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certify_intacct.staging import data_docs
from certify_intacct.staging.database import Connection

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class LoadPage:
    """A load with its extracts, verdicts, quarantine, plan and the documents it sent; ``more`` counts the changes not shown,
    ``data_docs`` are the streams that have a page of Great Expectations.

    Rows about an expense report carry its ``report_id`` (empty for others), changes its ``approval_code`` too.
    """

    load: dict[str, Any]
    extracts: list[dict[str, Any]]
    results: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    data_docs: list[str]
    changes: list[dict[str, Any]]
    more: int
    documents: list[dict[str, Any]]


def load_page(connection: Connection, dag_id: str, load_id: int) -> LoadPage | None:
    """The load, or None when that DAG has no such load."""

    def rows(query: str, *parameters: Any) -> list[dict[str, Any]]:
        return connection.execute(query, parameters).fetchall()

    loads = rows("SELECT * FROM ops.load WHERE load_id = %s AND dag_id = %s", load_id, dag_id)
    if not loads:
        return None
    # What asks for a person first, then what was done, then what was skipped.
    changes = rows(
        """
        SELECT c.*, CASE WHEN c.subject = 'report' THEN c.key ELSE '' END AS report_id, coalesce(r.approval_code, '') AS approval_code
        FROM plan.change_result c
        LEFT JOIN ops.extract x ON x.load_id = c.load_id AND x.stream = 'certify_expense_reports' AND c.subject = 'report'
        LEFT JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id AND r.id = c.key
        WHERE c.load_id = %s
        ORDER BY (action = 'hold' OR coalesce(result, '') IN ('rejected', 'held', 'in_doubt', 'moved_on')) DESC,
                 (action = 'skip'), position
        LIMIT %s
        """,
        load_id,
        MOST,
    )
    total = rows("SELECT count(*) AS n FROM plan.change WHERE load_id = %s", load_id)[0]["n"]
    return LoadPage(
        load=loads[0],
        extracts=rows("SELECT * FROM ops.extract WHERE load_id = %s ORDER BY stream", load_id),
        results=rows("SELECT * FROM quality.result WHERE load_id = %s ORDER BY (failed = 0), stream, rule", load_id),
        quarantine=rows(
            """
            SELECT q.*, CASE q.stream WHEN 'certify_expense_reports' THEN q.key ELSE coalesce(e.report_id, '') END AS report_id
            FROM quality.quarantine q
            LEFT JOIN ops.extract x ON x.load_id = q.load_id AND x.stream = q.stream AND q.stream = 'certify_expenses'
            LEFT JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
            WHERE q.load_id = %s ORDER BY q.stream, q.label, q.rule LIMIT %s
            """,
            load_id,
            MOST,
        ),
        data_docs=data_docs.kept(connection, load_id),
        changes=changes,
        more=total - len(changes),
        documents=rows("SELECT * FROM ledger.document WHERE load_id = %s ORDER BY number LIMIT %s", load_id, MOST),
    )
