"""Reports as they were when one of their documents was first claimed. What is frozen never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class FrozenReport:
    """A report as it was when one of its documents was first claimed."""

    report_id: str
    sequence: int
    source_hash: str
    content: Mapping[str, Any]


def frozen(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, int], FrozenReport]:
    """The reports that were frozen, by report ID and sequence."""
    rows = connection.execute(
        "SELECT report_id, sequence, source_hash, content FROM ledger.report WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row["report_id"], row["sequence"]): FrozenReport(**row) for row in rows}


def freeze(connection: Connection, load_id: int, report_id: str, certify_company: str, sequence: int) -> bool:
    """Freezes a report as a load planned it, unless it is frozen already.

    :returns: whether what is frozen is what the load planned
    """
    connection.execute(
        """
        INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date, source_hash,
            content, load_id)
        SELECT %(company)s, report_id, %(sequence)s, token, label, employee_id, processed_date, source_hash, content, load_id
        FROM plan.report WHERE load_id = %(load)s AND report_id = %(report)s
        ON CONFLICT DO NOTHING
        """,
        {"company": certify_company, "sequence": sequence, "load": load_id, "report": report_id},
    )
    row = connection.execute(
        """
        SELECT f.source_hash = p.source_hash AS same FROM ledger.report f, plan.report p
        WHERE f.certify_company = %s AND f.report_id = %s AND f.sequence = %s AND p.load_id = %s AND p.report_id = f.report_id
        """,
        [certify_company, report_id, sequence, load_id],
    ).fetchone()
    return bool(row and row["same"])
