"""Reports whose IDs are one but for case or dashes: their documents would have the same numbers, and they may be the same report."""

from __future__ import annotations

from collections.abc import Collection

from certify_intacct.staging.database import Connection


def in_load(connection: Connection, certify_company: str, load_id: int) -> dict[str, str]:
    """Of the reports that a load reads those that are there twice, each with the other, unless that is not ours."""
    rows = connection.execute(
        """
        WITH here AS (
            SELECT s.id, ledger.folded_id(s.id) AS folded FROM ops.extract x
            JOIN staging.certify_expense_report s ON s.load_id = x.source_load_id
            WHERE x.load_id = %(load)s AND x.stream = 'certify_expense_reports' AND s.id <> ''
        ), doubled AS (
            SELECT folded FROM here GROUP BY folded HAVING count(*) > 1
        )
        SELECT a.id, min(b.id) AS other FROM doubled JOIN here a USING (folded) JOIN here b USING (folded)
        WHERE a.id <> b.id AND NOT EXISTS (
            SELECT FROM ledger.taken_out d
            WHERE d.certify_company = %(company)s AND d.report_id = b.id AND d.decision = 'not_ours' AND d.payer = ''
        ) AND NOT EXISTS (SELECT FROM ledger.report r WHERE r.certify_company = %(company)s AND r.report_id = a.id)
        GROUP BY a.id
        """,
        {"load": load_id, "company": certify_company},
    ).fetchall()
    return {row["id"]: row["other"] for row in rows}


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
