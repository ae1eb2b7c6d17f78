"""Reports whose IDs are one but for case or dashes: their documents would have the same numbers, and they may be the same report."""

from __future__ import annotations

from collections.abc import Collection

from certify_intacct.staging.database import Connection


def in_load(connection: Connection, certify_company: str, load_id: int) -> dict[str, str]:
    """Of the reports that a load reads those that are there twice, each with the other, unless that is not ours."""
    # Asked before: of a load that it is told PostgreSQL knows that it is none of the large ones.
    source = connection.execute(
        "SELECT source_load_id AS id FROM ops.extract WHERE load_id = %s AND stream = 'certify_expense_reports'",
        [load_id],
    ).fetchone()
    rows = connection.execute(
        """
        WITH here AS (
            SELECT s.id, ledger.folded_id(s.id) AS folded FROM staging.certify_expense_report s
            WHERE s.id <> '' AND s.load_id = %(source)s
        ), doubled AS (
            SELECT folded FROM here GROUP BY folded HAVING count(*) > 1
        )
        SELECT a.id, min(b.id) AS other FROM doubled JOIN here a USING (folded) JOIN here b USING (folded)
        WHERE a.id <> b.id AND NOT EXISTS (
            SELECT FROM ledger.taken_out d
            WHERE d.certify_company = %(company)s AND d.report_id = b.id AND d.decision = 'not_ours' AND d.payer = ''
        )
        GROUP BY a.id
        """,
        {"source": source and source["id"], "company": certify_company},
    ).fetchall()
    twice = {row["id"]: row["other"] for row in rows}
    if not twice:
        return {}
    # Of two reports the one that comes later waits: what is in the ledger was there before.
    known_before = connection.execute(
        "SELECT DISTINCT report_id FROM ledger.report WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(twice)],
    ).fetchall()
    return {report_id: other for report_id, other in twice.items() if {"report_id": report_id} not in known_before}


def known(connection: Connection, certify_company: str, report_ids: Collection[str]) -> dict[str, str]:
    """Of these reports those of which the ledger has the other one, or a person has booked it by hand, each with that."""
    rows = connection.execute(
        """
        SELECT t.id, min(o.report_id) AS other FROM unnest(%(ids)s::text[]) AS t (id)
        CROSS JOIN LATERAL (
            SELECT r.report_id FROM ledger.report r
            WHERE r.certify_company = %(company)s AND ledger.folded_id(r.report_id) = ledger.folded_id(t.id)
            UNION ALL
            SELECT d.report_id FROM ledger.decision d
            WHERE d.certify_company = %(company)s AND ledger.folded_id(d.report_id) = ledger.folded_id(t.id)
              AND EXISTS (
                  SELECT FROM ledger.taken_out o WHERE (o.certify_company, o.report_id) = (d.certify_company, d.report_id)
                    AND o.decision = 'booked_by_hand'
              )
        ) o
        WHERE o.report_id <> t.id AND NOT EXISTS (
            SELECT FROM ledger.report r WHERE r.certify_company = %(company)s AND r.report_id = t.id
        )
        GROUP BY t.id
        """,
        {"ids": list(report_ids), "company": certify_company},
    ).fetchall()
    return {row["id"]: row["other"] for row in rows}
