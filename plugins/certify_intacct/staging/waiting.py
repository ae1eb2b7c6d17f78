"""What waits for a person, of expense reports (``ledger.waiting``): how much it is, and which.

Whoever tells how much waits asks here: the home page, the page of what waits, the mail and the log of a run, the list of decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How much waits.

    :param rows: reports, or single documents of them
    :param amounts: by currency; a report of which nobody knows the amount is in ``reports`` alone
    """

    reports: int = 0
    rows: int = 0
    oldest: datetime | None = None
    amounts: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """A report, or a document of one, that waits; what is not known is empty.

    :param content_hash: of exactly what waits; empty when no plan has judged it
    :param amount: what waits; of a whole report its total
    :param rules: by which it waits, none when Intacct refused it
    :param cure: what its last plan or reconciliation said is to be done
    :param decided_by: who decided about it since: the next run acts on that
    """

    report_id: str
    part: str
    label: str
    approval_code: str
    person: str
    employee_id: str
    entity: str
    payer: str
    number: str
    content_hash: str
    currency: str
    amount: Decimal | None
    state: str
    rules: tuple[str, ...]
    reason: str
    cure: str
    processed_date: date | None
    opened_at: datetime
    load_id: int
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class WaitingSearch:
    """Which of it; what is empty asks nothing.

    :param text: in an approval code, a name or an EmployeeID; a report ID, a document's number; or an amount
    :param rules: any of these by name
    :param before: waiting since before then
    """

    text: str = ""
    amount: Decimal | None = None
    rules: Sequence[str] = ()
    state: str = ""
    entity: str = ""
    before: datetime | None = None


# A company's own expectations are found by their names, and all of them by what these begin with.
_RULES = r"(string_to_array(w.rule, ', ') || CASE WHEN w.rule ~ '(^|, )own\.' THEN ARRAY['own.'] END)"
_FOUND = f"""
FROM ledger.waiting w WHERE w.certify_company = %(company)s
  AND (%(text)s = '' OR w.amount = %(amount)s OR strpos(lower(concat_ws(E'\\n', w.label, w.approval_code, w.person, w.employee_id,
      w.report_id,
        w.number)), lower(%(text)s)) > 0)
  AND (%(rules)s::text[] = '{{}}' OR {_RULES} && %(rules)s::text[])
  AND (%(state)s = '' OR w.state = %(state)s)
  AND (%(entity)s = '' OR w.entity = %(entity)s)
  AND (%(before)s::timestamptz IS NULL OR w.opened_at < %(before)s)
"""
# What is said of the rows of one page is looked up for them alone.
_PAGE = f"""
SELECT p.*, coalesce(c.cure, f.cure, '') AS cure, coalesce(d.decided_by, '') AS decided_by
FROM (SELECT w.* {_FOUND} ORDER BY w.opened_at, w.report_id, w.part LIMIT %(most)s OFFSET %(after)s) p
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT c.cure, ' ') AS cure FROM plan.change c
    WHERE c.subject = 'report' AND c.key = p.report_id AND c.load_id = p.load_id AND c.action = 'hold' AND c.cure <> ''
      AND c.rule = ANY(string_to_array(p.rule, ', '))
) c ON true
LEFT JOIN LATERAL (
    SELECT f.cure FROM ops.reconciliation_finding f
    WHERE f.load_id = p.load_id AND f.finding = p.rule AND f.report_id = p.report_id AND f.cure <> '' LIMIT 1
) f ON true
LEFT JOIN LATERAL (
    SELECT d.decided_by FROM ledger.decision d
    WHERE d.certify_company = p.certify_company AND d.report_id = p.report_id AND d.content_hash = p.content_hash
      AND d.decided_at > p.seen_at ORDER BY d.decision_id DESC LIMIT 1
) d ON true
ORDER BY p.opened_at, p.report_id, p.part
"""  # noqa: S608
_ROW = tuple(name for name in WaitingRow.__dataclass_fields__ if name != "rules")


def waits(connection: Connection, certify_company: str, search: WaitingSearch | None = None) -> Waits:
    """How much waits, of all or of what is looked for."""
    rows = connection.execute(
        f"""
        WITH found AS MATERIALIZED (SELECT w.report_id, w.currency, w.amount, w.opened_at {_FOUND})
        SELECT 'all' AS what, count(DISTINCT report_id) AS reports, count(*) AS n, min(opened_at) AS oldest, NULL AS amount FROM found
        UNION ALL
        SELECT currency, NULL, NULL, NULL, sum(amount) FROM found WHERE amount IS NOT NULL GROUP BY currency
        """,  # noqa: S608
        _asked(certify_company, search),
    ).fetchall()
    first, *money = rows
    return Waits(
        reports=first["reports"],
        rows=first["n"],
        oldest=first["oldest"],
        amounts={row["what"]: row["amount"] for row in sorted(money, key=lambda row: row["what"])},
    )


def waiting_rows(
    connection: Connection, certify_company: str, search: WaitingSearch | None = None, *, most: int, after: int = 0
) -> list[WaitingRow]:
    """What waits, what has waited longest first: ``most`` rows after the first ``after``."""
    rows = connection.execute(
        _PAGE, {**_asked(certify_company, search), "most": most, "after": after}
    ).fetchall()  # fmt: skip
    return [
        WaitingRow(**{name: row[name] for name in _ROW}, rules=tuple(name for name in row["rule"].split(", ") if name))
        for row in rows
    ]


def _asked(certify_company: str, search: WaitingSearch | None) -> dict[str, Any]:
    asked = search or WaitingSearch()
    return {
        "company": certify_company, "text": asked.text, "amount": asked.amount, "rules": list(asked.rules), "state": asked.state,
        "entity": asked.entity, "before": asked.before,
    }  # fmt: skip
