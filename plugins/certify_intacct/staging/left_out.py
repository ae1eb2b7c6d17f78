"""What earlier plans left out of reports by a policy of connector.yaml, and when reports were first seen processed.

Plans stay when staging goes, so this is known of any date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from certify_intacct.model.rules import Rule
from certify_intacct.staging.database import Connection

#: By which a part of a report, or all of it, is left out for as long as connector.yaml says so.
OF_PARTS = (Rule.TARGET_NONE,)
OF_REPORTS = (Rule.PREVIOUS_CONNECTOR, Rule.BEFORE_FIRST_POST_DATE)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What plans left out of a report by one rule.

    :param payer: whose part; empty for all of the report
    :param expense_ids: the lines, where that is known of all of them; else empty
    :param but_not: hashes of parts that waited then, and so are none of what was left out
    :param reason: of the first that did so, on ``day``
    """

    rule: str
    payer: str
    expense_ids: frozenset[str]
    but_not: frozenset[str]
    reason: str
    day: date


def left_out(connection: Connection, certify_company: str, report_ids: Collection[str]) -> dict[str, list[LeftOut]]:
    """By report what plans left out of it, but for previews: they promise nothing."""
    rows = connection.execute(
        """
        WITH left_out AS (
            SELECT c.key, c.rule, coalesce(c.after ->> 'payer', '') AS payer, c.after -> 'expenses' AS expenses, c.reason,
                   c.planned_at, coalesce(l.closed_at, c.planned_at) AS done_at
            FROM plan.change c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
            WHERE c.subject = 'report' AND c.key = ANY(%(ids)s) AND c.action = 'skip' AND c.rule = ANY(%(rules)s)
        )
        SELECT o.key, o.rule, o.payer, bool_and(o.expenses IS NOT NULL) AS told, min(o.planned_at)::date AS day,
               array_agg(o.reason ORDER BY o.planned_at) AS reasons,
               coalesce(array_agg(DISTINCT e.id) FILTER (WHERE e.id IS NOT NULL), '{}') AS expense_ids,
               ARRAY(
                   SELECT p.content_hash FROM ledger.part_content p WHERE p.certify_company = %(company)s AND p.report_id = o.key
                     AND p.noted_at <= max(o.done_at) FILTER (WHERE o.expenses IS NULL)
               ) AS but_not
        FROM left_out o LEFT JOIN LATERAL jsonb_array_elements_text(o.expenses) AS e (id) ON true GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        {"company": certify_company, "ids": list(report_ids), "rules": [*OF_PARTS, *OF_REPORTS]},
    ).fetchall()
    found: dict[str, list[LeftOut]] = defaultdict(list)
    for row in rows:
        found[row["key"]].append(
            LeftOut(
                rule=row["rule"], payer=row["payer"], reason=row["reasons"][0], day=row["day"],
                expense_ids=frozenset(row["expense_ids"]) if row["told"] else frozenset(),
                but_not=frozenset(row["but_not"]),
            )
        )  # fmt: skip
    return dict(found)


def first_processed(connection: Connection, certify_company: str, report_ids: Collection[str]) -> dict[str, date]:
    """By report the earliest processed date at which it was seen: by a sweep, or by a plan, whether or not that was a preview."""
    rows = connection.execute(
        """
        SELECT report_id, min(processed_date) AS day FROM (
            SELECT report_id, processed_date FROM ledger.processed_before
            WHERE certify_company = %(company)s AND report_id = ANY(%(ids)s)
            UNION ALL
            SELECT report_id, processed_date FROM plan.report WHERE report_id = ANY(%(ids)s) AND processed_date IS NOT NULL
        ) seen GROUP BY 1
        """,
        {"company": certify_company, "ids": list(report_ids)},
    ).fetchall()
    return {row["report_id"]: row["day"] for row in rows}
