"""In which live document of the ledger an expense stands, or what a person decided about it.

Certify keeps the ID of a line that somebody moves into another report.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from certify_intacct.model.decisions import Decision
from certify_intacct.staging.database import Connection
from certify_intacct.staging.decisions import said

#: A part of an expense, by its ID and who paid it.
Part = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ExpensePlace:
    """The document that holds a part of an expense, or the report as a line of which a person took it out of our hands.

    :param label: how people find its report
    :param number: of the document; empty where a person decided
    :param said: who decided what, as a beginning of a sentence
    """

    report_id: str
    label: str
    number: str
    said: str = ""


def places(
    connection: Connection, certify_company: str, intacct_company: str, expense_ids: Collection[str]
) -> Mapping[Part, ExpensePlace]:
    """Where the parts of these expenses stand in Intacct, or may, which the ledger has of each once; or what was decided of them."""
    rows = connection.execute(
        """
        SELECT e.expense_id, e.payer, d.report_id, d.number, r.label
        FROM ledger.document_expense e JOIN ledger.document d USING (document_id)
        JOIN ledger.report r ON (r.certify_company, r.report_id, r.sequence) = (d.certify_company, d.report_id, d.sequence)
        WHERE e.live AND e.certify_company = %s AND e.intacct_company = %s AND e.expense_id = ANY(%s)
        """,
        [certify_company, intacct_company, list(expense_ids)],
    ).fetchall()
    posted = {
        (row["expense_id"], row["payer"]): ExpensePlace(
            report_id=row["report_id"], label=row["label"], number=row["number"]
        )
        for row in rows
    }
    return _decided(connection, certify_company, expense_ids) | posted


def _decided(connection: Connection, certify_company: str, expense_ids: Collection[str]) -> dict[Part, ExpensePlace]:
    """What persons took out of the connector's hands, by the newest decision about each part."""
    rows = connection.execute(
        """
        SELECT l.expense_id, p.payer, d.*, 'report ' || d.report_id AS label
        FROM ledger.part_content c CROSS JOIN LATERAL (
            SELECT t.decision_id, t.report_id, t.decision, t.record_no, t.decided_by
            FROM ledger.taken_out t
            WHERE (t.certify_company, t.report_id, t.content_hash) = (c.certify_company, c.report_id, c.content_hash)
        ) d
        CROSS JOIN LATERAL jsonb_object_keys(c.content -> 'lines') AS l (expense_id)
        CROSS JOIN LATERAL unnest(
            CASE WHEN c.content ? 'payer' THEN ARRAY[c.content ->> 'payer'] ELSE ARRAY['employee', 'company'] END
        ) AS p (payer)
        WHERE c.certify_company = %(company)s AND c.content -> 'lines' ?| %(ids)s AND l.expense_id = ANY(%(ids)s)
        ORDER BY d.decision_id
        """,
        {"company": certify_company, "ids": list(expense_ids)},
    ).fetchall()
    return {
        (row["expense_id"], row["payer"]): ExpensePlace(
            report_id=row["report_id"], label=row["label"], number="",
            said=said(Decision(row["decision"]), row["decided_by"], row["record_no"]),
        )
        for row in rows
    }  # fmt: skip
