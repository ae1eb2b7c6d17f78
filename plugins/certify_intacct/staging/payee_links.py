"""Whether the record of Intacct to which an EmployeeID leads by now is the same person: what was asked, and what was released."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class LinkQuestion:
    """An open item that asks it.

    :param object: VENDOR or EMPLOYEE
    :param content_hash: of what waits
    """

    object: str
    employee_id: str
    record_no: str
    report_id: str
    content_hash: str


def ask(
    connection: Connection, intacct_company: str, certify_company: str, questions: Collection[LinkQuestion]
) -> None:
    """Notes what is asked, unless the same item asked about the same record last."""
    connection.cursor().executemany(
        """
        INSERT INTO ledger.link_question (intacct_company, object, employee_id, record_no, certify_company, report_id, content_hash)
        SELECT %(intacct)s, %(object)s, %(employee_id)s, %(record_no)s, %(certify)s, %(report_id)s, %(content_hash)s
        WHERE %(record_no)s IS DISTINCT FROM (
            SELECT record_no FROM ledger.link_question WHERE certify_company = %(certify)s AND report_id = %(report_id)s
              AND content_hash = %(content_hash)s AND intacct_company = %(intacct)s AND object = %(object)s
            ORDER BY question_id DESC LIMIT 1
        )
        """,
        [{"intacct": intacct_company, "certify": certify_company, **vars(one)} for one in questions],
    )


def released(connection: Connection, intacct_company: str, opened_by: str = "") -> frozenset[tuple[str, str, str]]:
    """What persons released since it was posted to another record: object, EmployeeID, RECORDNO.

    :param opened_by: who started the run; what nobody else released does not count in it
    """
    rows = connection.execute(
        """
        SELECT DISTINCT q.object, q.employee_id, q.record_no FROM ledger.link_question q
        JOIN ledger.released_rule r ON r.certify_company = q.certify_company AND r.report_id = q.report_id
          AND r.content_hash = q.content_hash AND r.rule = lower(q.object) || '_link_changed' AND r.decided_at >= q.asked_at
        WHERE q.intacct_company = %(company)s AND lower(btrim(r.decided_by)) <> lower(btrim(%(opened_by)s)) AND NOT EXISTS (
            -- The person was asked about another one meanwhile.
            SELECT FROM ledger.link_question k WHERE k.certify_company = q.certify_company AND k.report_id = q.report_id
              AND k.content_hash = q.content_hash AND k.intacct_company = q.intacct_company AND k.object = q.object
              AND k.question_id > q.question_id AND k.asked_at <= r.decided_at
        ) AND NOT EXISTS (
            -- It was posted since, to this one or another.
            SELECT FROM (
                SELECT 'VENDOR' AS object, intacct_company, employee_id, linked_at FROM ledger.vendor_link
                UNION ALL
                SELECT 'EMPLOYEE', intacct_company, employee_id, linked_at FROM ledger.employee_link
            ) l
            WHERE (l.object, l.intacct_company, l.employee_id) = (q.object, q.intacct_company, q.employee_id)
              AND l.linked_at > r.decided_at
        )
        """,
        {"company": intacct_company, "opened_by": opened_by},
    ).fetchall()
    return frozenset((row["object"], row["employee_id"], row["record_no"]) for row in rows)
