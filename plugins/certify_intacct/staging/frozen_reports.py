"""Reports as they were when they were planned and sent. What is frozen never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class FrozenReport:
    """A report as a load planned it."""

    report_id: str
    source_hash: str
    content: Mapping[str, Any]


def as_planned(connection: Connection, load_id: int, report_id: str) -> FrozenReport:
    """The report as a load planned it whose documents were sent."""
    row = connection.execute(
        "SELECT report_id, source_hash, content FROM plan.report WHERE load_id = %s AND report_id = %s",
        [load_id, report_id],
    ).fetchone()
    assert row is not None  # plans are kept as long as the ledger
    return FrozenReport(**row)


def freeze(connection: Connection, load_id: int, report_id: str, certify_company: str, sequence: int) -> None:
    """Freezes a report as a load planned it, unless it is frozen already. Each document keeps what its own lines were.

    That there was nothing to do about the report is true no more.
    """
    connection.execute(
        "DELETE FROM ops.settled_report WHERE certify_company = %s AND report_id = %s", [certify_company, report_id]
    )
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
