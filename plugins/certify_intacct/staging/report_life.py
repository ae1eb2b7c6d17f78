"""One expense report's whole life, as the database knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class ReportLife:
    """Everything that is known of one report, each list in the order in which it happened.

    :param staged: the loads that read it, with the header's figures
    :param quarantined: rules that its rows failed, by load
    :param planned: what each load planned for it, and what became of that
    :param documents: its documents in the ledger
    :param events: every change of state of those documents, with the send that caused it
    :param releases: what persons released
    :param open_item: why it is read again in every run, or None when it is finished
    """

    report_id: str
    staged: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    planned: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    events: list[dict[str, Any]]
    releases: list[dict[str, Any]]
    open_item: dict[str, Any] | None


def report_life(connection: Connection, report: str) -> ReportLife | None:
    """The life of a report; None when it was never staged.

    :param report: its ID or its approval code in Certify
    """

    def rows(query: str, **more: Any) -> list[dict[str, Any]]:
        return connection.execute(query, {"report": report_id, **more}).fetchall()

    report_id = report
    found = rows(
        """
        SELECT id FROM staging.certify_expense_report
        WHERE id = %(report)s OR approval_code = %(report)s ORDER BY load_id DESC LIMIT 1
        """
    )
    if not found:
        return None
    report_id = found[0]["id"]
    open_items = rows("SELECT * FROM ledger.open_item WHERE report_id = %(report)s")
    return ReportLife(
        report_id=report_id,
        staged=rows(
            """
            SELECT r.load_id, l.dag_id, l.run_id, l.dry_run, l.opened_at, l.config_hash,
                   r.approval_code, r.processed_date, r.employee_id, r.first_name, r.last_name,
                   r.total_amount, r.reim_amount, r.non_reim_amount, r.currency
            FROM staging.certify_expense_report r JOIN ops.load l USING (load_id) WHERE r.id = %(report)s ORDER BY r.load_id
            """
        ),
        quarantined=rows(
            """
            SELECT q.load_id, q.stream, q.rule, q.reason, q.cure FROM quality.quarantine q
            WHERE (q.stream = 'certify_expense_reports' AND q.key = %(report)s)
               OR (q.stream = 'certify_expenses' AND EXISTS (SELECT 1 FROM staging.certify_expense e
                   WHERE e.load_id = q.load_id AND e.id = q.key AND e.report_id = %(report)s))
            ORDER BY q.load_id, q.rule
            """
        ),
        planned=rows(
            "SELECT * FROM plan.change_result WHERE subject = 'report' AND key = %(report)s ORDER BY change_id"
        ),
        documents=rows("SELECT * FROM ledger.document WHERE report_id = %(report)s ORDER BY sequence, ordinal"),
        events=rows(
            """
            SELECT e.* FROM ledger.event e JOIN ledger.document d USING (document_id)
            WHERE d.report_id = %(report)s ORDER BY e.event_id
            """
        ),
        releases=rows("SELECT * FROM ledger.release WHERE report_id = %(report)s ORDER BY release_id"),
        open_item=open_items[0] if open_items else None,
    )
