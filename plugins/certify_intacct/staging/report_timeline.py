"""One expense report's whole timeline, as the database knows it: facts only, in the order in which they happened.

Staging is deleted after a while, the plan and the ledger are not: a report is found and told by what is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from certify_intacct.staging.database import Connection
from certify_intacct.staging.history import WHAT_IF

Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class FoundReport:
    """A report that a search found; what is not known of it is empty."""

    report_id: str
    label: str
    processed_date: date | None
    last_load: int


@dataclass(frozen=True, kw_only=True)
class ReportTimeline:
    """Everything that is known of one report, each list in the order in which it happened.

    :param label: how a person finds it in Certify
    :param loads: the loads that read, planned or sent it, by ID (``ops.load``)
    :param read: its header as each load read it
    :param lines: its lines as each load read them; no merchant, place or reason: nobody needs them here
    :param judged: for each load, how many rules that take a report out were asked, and when
    :param quarantined: the rules that its rows failed, with their severity
    :param stopped: rules that stopped a whole load that had read it
    :param planned: what each load planned for it
    :param planned_documents: the documents of those plans, with their lines
    :param outcomes: what became of each plan
    :param frozen: when it was divided for good, by sequence
    :param documents: its documents in the ledger
    :param events: every change of state of those documents, with the send that caused it
    :param receipts: what was attached, or left out for good
    :param open_receipts: what is still to be attached
    :param releases: what persons released before decisions were kept under the name that Airflow knows
    :param decisions: what persons decided
    :param above_limit: the limits above which whole plans with it were, so that a second person had to decide
    :param approvals: what those persons decided
    :param findings: what reconciliations said of its documents
    :param open_items: why it is read again in every run, itself or parts of it; empty when it is finished
    """

    report_id: str
    label: str
    loads: dict[int, dict[str, Any]]
    read: Rows
    lines: Rows
    judged: Rows
    quarantined: Rows
    stopped: Rows
    planned: Rows
    planned_documents: Rows
    outcomes: Rows
    frozen: Rows
    documents: Rows
    events: Rows
    receipts: Rows
    open_receipts: Rows
    releases: Rows
    decisions: Rows
    above_limit: Rows
    approvals: Rows
    findings: Rows
    open_items: Rows


_FOUND = """
WITH found AS (
    SELECT id AS report_id, load_id, processed_date,
           coalesce('approval code ' || nullif(approval_code, ''), 'report ' || id)
               || coalesce(' (' || nullif(btrim(concat_ws(' ', first_name, last_name)), '') || ')', '')
               || CASE WHEN starts_with(id, 'invoice-') THEN ', invoices' ELSE '' END AS label
    FROM staging.certify_expense_report WHERE id = %(text)s OR approval_code = %(text)s
    UNION ALL
    SELECT report_id, load_id, processed_date, label FROM plan.report
    WHERE report_id = %(text)s OR approval_code = %(text)s OR token = %(token)s
    UNION ALL
    SELECT key, load_id, NULL, '' FROM plan.change WHERE subject = 'report' AND key = %(text)s
    UNION ALL
    SELECT report_id, load_id, processed_date, label FROM ledger.report
    WHERE report_id = %(text)s OR token = %(token)s
       OR label IN ('approval code ' || %(text)s, 'approval code ' || %(text)s || ', invoices')
       OR label LIKE 'approval code ' || %(pattern)s || ' (%%'
    UNION ALL
    SELECT report_id, load_id, processed_date, label FROM ledger.open_item
    WHERE report_id = %(text)s OR label IN ('approval code ' || %(text)s, 'approval code ' || %(text)s || ', invoices')
       OR starts_with(label, 'approval code ' || %(text)s || ' (')
)
SELECT report_id, max(load_id) AS last_load,
       (array_agg(label ORDER BY load_id DESC) FILTER (WHERE label <> ''))[1] AS label,
       (array_agg(processed_date ORDER BY load_id DESC) FILTER (WHERE processed_date IS NOT NULL))[1] AS processed_date
FROM found GROUP BY report_id ORDER BY max(load_id) DESC, report_id
"""


def find_reports(connection: Connection, text: str) -> list[FoundReport]:
    """The reports that a person may mean, the newest first.

    :param text: a report's ID or approval code in Certify, or the number or token of one of its documents in Intacct. An ID is exact;
        an approval code may be that of several reports
    """
    wanted = text.strip()
    # A document's number begins with the token of its report; the pattern takes a text as it stands.
    token, pattern = wanted.split("-")[0], re.sub(r"([\\%_])", r"\\\1", wanted)
    rows = connection.execute(_FOUND, {"text": wanted, "token": token, "pattern": pattern}).fetchall()
    found = [FoundReport(**{**row, "label": row["label"] or f"report {row['report_id']}"}) for row in rows]
    return [match for match in found if match.report_id == wanted] or found


_HEADERS = """
SELECT x.load_id, x.observed_at, r.approval_code, r.processed_date, r.processed, r.status, r.employee_id, r.first_name, r.last_name,
       r.total_amount, r.reim_amount, r.non_reim_amount, r.currency, r.reimbursed, r.unreadable,
       r.emp_gld1_code, r.emp_gld2_code, r.emp_gld3_code, r.emp_gld4_code, r.emp_gld5_code
FROM ops.extract x JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id
WHERE x.stream = 'certify_expense_reports' AND r.id = %(report)s ORDER BY x.load_id
"""
_LINES = """
SELECT x.load_id, e.id, e.expense_date, e.category, e.category_gl_code, e.department_code, e.amount, e.reim_amount, e.currency,
       e.reimbursable, e.billable, e.vat_amount, e.hst_amount, e.pst_amount, e.status, e.unreadable,
       coalesce(e.card_name, '') <> '' AS on_card, coalesce(e.receipt_id, '') <> '' AS has_receipt,
       e.report_gld1_code, e.report_gld2_code, e.report_gld3_code, e.report_gld4_code, e.report_gld5_code
FROM ops.extract x JOIN staging.certify_expense e ON e.load_id = x.source_load_id
WHERE x.stream = 'certify_expenses' AND x.load_id = ANY(%(loads)s) AND e.report_id = %(report)s
ORDER BY x.load_id, e.expense_date, e.id
"""
# A rule that only informs takes nothing out, and keeps no list of the rows it met.
_JUDGED = """
SELECT load_id, count(*) AS rules, max(judged_at) AS judged_at FROM quality.result
WHERE load_id = ANY(%(loads)s) AND stream IN ('certify_expense_reports', 'certify_expenses') AND severity <> 'info'
GROUP BY load_id ORDER BY load_id
"""
_QUARANTINED = """
SELECT q.load_id, q.stream, q.label, q.rule, q.reason, q.cure, v.severity
FROM quality.quarantine q LEFT JOIN quality.result v USING (load_id, stream, rule)
WHERE q.load_id = ANY(%(loads)s) AND (
    (q.stream = 'certify_expense_reports' AND q.key = %(report)s)
    OR (q.stream = 'certify_expenses' AND (q.key = ANY(%(lines)s) OR right(q.label, length(%(tail)s)) = %(tail)s))
) ORDER BY q.load_id, q.stream, q.rule, q.key
"""
_STOPPED = """
SELECT load_id, stream, rule, checked, failed FROM quality.result
WHERE load_id = ANY(%(loads)s) AND severity = 'critical' AND failed > 0 ORDER BY load_id, stream, rule
"""
_PLANNED_DOCUMENTS = """
SELECT p.load_id, p.number, p.kind, p.entity, p.session_entity, p.currency, p.total, p.payee_id, p.posting_date, p.revision, p.sha256,
       c.document ->> 'due_date' AS due_date, c.document ->> 'intended_date' AS intended_date, c.document -> 'lines' AS lines
FROM plan.document p JOIN ops.load l USING (load_id), LATERAL (SELECT convert_from(p.canonical, 'UTF8')::jsonb AS document) c
WHERE p.report_id = %(report)s AND l.run_type <> %(what_if)s ORDER BY p.load_id, p.sequence, p.ordinal
"""
# What other rules would have made of it did not happen to it.
_PLANNED = """
SELECT c.* FROM plan.change c JOIN ops.load l USING (load_id)
WHERE c.subject = 'report' AND c.key = %(report)s AND l.run_type <> %(what_if)s ORDER BY c.change_id
"""
_OUTCOMES = """
SELECT c.load_id, c.action, o.result, o.message, o.run_id, o.at FROM plan.outcome o JOIN plan.change c USING (change_id)
WHERE c.subject = 'report' AND c.key = %(report)s ORDER BY o.outcome_id
"""
_EVENTS = """
SELECT e.event_id, e.number, d.kind, e.before_state, e.after_state, e.revision, e.attempt, e.control_id, e.sha256, e.config_hash,
       e.record_no, e.message, e.answer, e.load_id, e.run_id, e.actor, e.at
FROM ledger.event e JOIN ledger.document d USING (document_id) WHERE d.report_id = %(report)s ORDER BY e.event_id
"""
_DOCUMENTS = """
SELECT document_id, sequence, ordinal, number, token, kind, entity, session_entity, currency, total, payee_id, posting_date, state,
       revision, attempts, control_id, load_id, adopted, record_no, record_url, intacct_state, message, last_sent_at, absent_checks,
       last_absent_at, seen_at, updated_at
FROM ledger.document WHERE report_id = %(report)s ORDER BY sequence, ordinal
"""
_APPROVALS = """
SELECT load_id, decision, decided_by, reasons, decided_at FROM ledger.approval WHERE load_id = ANY(%(loads)s) ORDER BY approval_id
"""
_ABOVE = "SELECT DISTINCT load_id, rule FROM plan.above_limit WHERE load_id = ANY(%(loads)s) ORDER BY load_id, rule"
_RECEIPTS = """
SELECT attachment_id, receipt_id, left_out, sent_at FROM ledger.receipt WHERE attachment_id = ANY(%(tokens)s)
ORDER BY sent_at, left_out, receipt_id
"""
_OPEN_RECEIPTS = """
SELECT receipt_id, since, problem FROM ledger.open_receipt WHERE attachment_id = ANY(%(tokens)s) ORDER BY receipt_id
"""
_FINDINGS = """
SELECT f.load_id, f.finding, f.number, f.text, coalesce(l.closed_at, l.opened_at) AS at
FROM ops.reconciliation_finding f JOIN ops.load l USING (load_id)
WHERE f.report_id = %(report)s OR f.number = %(report)s OR split_part(f.number, '-', 1) = ANY(%(tokens)s)
ORDER BY f.load_id, f.number, f.finding
"""
_LOADS = """
SELECT load_id, dag_id, run_id, run_type, period_start, period_end, dry_run AS preview, config_hash, code_version, actor, state,
       opened_at
FROM ops.load WHERE load_id = ANY(%(loads)s)
"""


def report_timeline(connection: Connection, report_id: str) -> ReportTimeline | None:
    """The timeline of a report; None when no load ever saw it.

    :param report_id: its ID in Certify (see :func:`find_reports`)
    """

    def rows(query: str, **more: Any) -> Rows:
        return connection.execute(query, {"report": report_id, **more}).fetchall()

    matches = find_reports(connection, report_id)
    if not matches or matches[0].report_id != report_id:
        return None
    read = rows(_HEADERS)
    planned = rows(_PLANNED, what_if=WHAT_IF)
    documents = rows(_DOCUMENTS)
    events = rows(_EVENTS)
    tokens = _tokens(rows("SELECT DISTINCT token FROM plan.report WHERE report_id = %(report)s"), documents)
    findings = rows(_FINDINGS, tokens=tokens)
    loads = sorted({row["load_id"] for row in (*read, *planned, *events, *findings)})
    lines = rows(_LINES, loads=loads)
    posting = sorted({row["load_id"] for row in planned if row["action"] == "post"})
    open_items = rows("SELECT * FROM ledger.open_item WHERE report_id = %(report)s ORDER BY part")
    return ReportTimeline(
        report_id=report_id,
        label=matches[0].label,
        loads={row["load_id"]: row for row in rows(_LOADS, loads=loads)},
        read=read,
        lines=lines,
        judged=rows(_JUDGED, loads=loads),
        quarantined=rows(
            _QUARANTINED, loads=loads, lines=list({row["id"] for row in lines}), tail=f" of report {report_id}"
        ),
        stopped=rows(_STOPPED, loads=[row["load_id"] for row in read]),
        planned=planned,
        planned_documents=rows(_PLANNED_DOCUMENTS, what_if=WHAT_IF),
        outcomes=rows(_OUTCOMES),
        frozen=rows(
            "SELECT sequence, load_id, frozen_at FROM ledger.report WHERE report_id = %(report)s ORDER BY sequence"
        ),
        documents=documents,
        events=events,
        receipts=rows(_RECEIPTS, tokens=tokens),
        open_receipts=rows(_OPEN_RECEIPTS, tokens=tokens),
        releases=rows("SELECT * FROM ledger.release WHERE report_id = %(report)s ORDER BY release_id"),
        decisions=rows("SELECT * FROM ledger.decision WHERE report_id = %(report)s ORDER BY decision_id"),
        above_limit=rows(_ABOVE, loads=posting),
        approvals=rows(_APPROVALS, loads=posting),
        findings=findings,
        open_items=open_items,
    )


def _tokens(planned: Collection[dict[str, Any]], documents: Collection[dict[str, Any]]) -> list[str]:
    return sorted({row["token"] for row in (*planned, *documents)})


def dags_of(connection: Connection, report_id: str) -> set[str]:
    """The DAGs whose loads have read, planned or sent a report."""
    rows = connection.execute(
        """
        SELECT DISTINCT l.dag_id FROM ops.load l WHERE l.load_id IN (
            SELECT load_id FROM staging.certify_expense_report WHERE id = %(report)s
            UNION SELECT load_id FROM plan.change WHERE subject = 'report' AND key = %(report)s
            UNION SELECT load_id FROM ledger.report WHERE report_id = %(report)s
            UNION SELECT load_id FROM ledger.open_item WHERE report_id = %(report)s
        )
        """,
        {"report": report_id},
    ).fetchall()
    return {row["dag_id"] for row in rows}
