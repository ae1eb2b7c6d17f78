"""Reports as they were when they were planned and sent. What is frozen never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def freeze(connection: Connection, load_id: int, certify_company: str, reports: Collection[tuple[str, int]]) -> None:
    """Freezes reports as a load planned them, unless they are frozen already. Each document keeps what its own lines were.

    That there was nothing to do about a report is true no more.

    :param reports: ID and sequence of each
    """
    values = {
        "company": certify_company,
        "load": load_id,
        "reports": [report_id for report_id, _ in reports],
        "sequences": [sequence for _, sequence in reports],
    }
    connection.execute(
        "DELETE FROM ops.settled_report WHERE certify_company = %(company)s AND report_id = ANY(%(reports)s)", values
    )
    connection.execute(
        """
        INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date, source_hash,
            content, load_id)
        SELECT %(company)s, report_id, f.sequence, token, label, employee_id, processed_date, source_hash, content, load_id
        FROM unnest(%(reports)s::text[], %(sequences)s::int[]) AS f (id, sequence)
        CROSS JOIN LATERAL (SELECT * FROM plan.report WHERE load_id = %(load)s AND report_id = f.id OFFSET 0) r
        ON CONFLICT DO NOTHING
        """,
        values,
    )
