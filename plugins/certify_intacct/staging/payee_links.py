"""To which record of Intacct an EmployeeID leads, and whether that is the same person by now: what was asked, what was released."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from psycopg import sql

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


def learn(
    connection: Connection, load_id: int, intacct_company: str, object_name: str, stream: str, kinds: Collection[str]
) -> None:
    """Remembers to which record each EmployeeID of the load's accepted documents leads.

    :param object_name: what the report's employee is in Intacct, and ``stream`` the list of them
    :param kinds: those whose payee is one
    """
    payees = connection.execute(
        """
        -- Of the load's documents alone: else all that the company has may be read.
        SELECT DISTINCT payee_id FROM (SELECT * FROM ledger.document WHERE load_id = %s OFFSET 0) d
        WHERE intacct_company = %s AND kind = ANY(%s) AND state IN ('accepted', 'in_gl')
        """,
        [load_id, intacct_company, list(kinds)],
    ).fetchall()
    table, record = (sql.Identifier(f"{object_name.lower()}_{name}") for name in ("link", "record"))
    # As one array, in which PostgreSQL looks up each row of the list: it may read the list for each payee where it joins them.
    query = sql.SQL(
        """
        INSERT INTO ledger.{table} (intacct_company, employee_id, {record})
        SELECT %(company)s, r.code, r.key FROM ops.extract x
        JOIN staging.reference r ON r.load_id = x.source_load_id AND r.stream = x.stream
        WHERE x.load_id = %(load)s AND x.stream = %(stream)s AND r.code = ANY(%(payees)s)
        ON CONFLICT (intacct_company, employee_id) DO UPDATE SET {record} = EXCLUDED.{record}, linked_at = now()
        """
    ).format(table=table, record=record)
    codes = [row["payee_id"] for row in payees]
    connection.execute(query, {"load": load_id, "company": intacct_company, "stream": stream, "payees": codes})


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
