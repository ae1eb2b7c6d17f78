"""In which live document of the ledger an expense stands. Certify keeps the ID of a line that somebody moves into another report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from certify_intacct.staging.database import Connection

#: A part of an expense, by its ID and who paid it.
Part = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ExpensePlace:
    """The document that holds a part of an expense.

    :param label: how people find its report
    """

    report_id: str
    label: str
    number: str


def places(
    connection: Connection, certify_company: str, intacct_company: str, expense_ids: Collection[str]
) -> Mapping[Part, ExpensePlace]:
    """Where the parts of these expenses stand in Intacct, or may; the ledger has each of them once."""
    rows = connection.execute(
        """
        SELECT e.expense_id, e.payer, d.report_id, d.number, r.label
        FROM ledger.document_expense e JOIN ledger.document d USING (document_id)
        JOIN ledger.report r ON (r.certify_company, r.report_id, r.sequence) = (d.certify_company, d.report_id, d.sequence)
        WHERE e.live AND e.certify_company = %s AND e.intacct_company = %s AND e.expense_id = ANY(%s)
        """,
        [certify_company, intacct_company, list(expense_ids)],
    ).fetchall()
    return {
        (row["expense_id"], row["payer"]): ExpensePlace(
            report_id=row["report_id"], label=row["label"], number=row["number"]
        )
        for row in rows
    }
