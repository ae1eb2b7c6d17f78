"""What waits for a person, of expense reports (``ledger.waiting``): how much it is, and which.

Whoever tells how much waits asks here: the home page, the page of what waits, the mail and the log of a run, the list of decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certify_intacct.staging.database import Connection

MOST_ENTITIES = 1000


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
class WaitingPage:
    """A page of what waits.

    :param whole: how much waits, whatever is looked for
    :param found: how much of it is looked for
    :param entities: of all that waits, at most :data:`MOST_ENTITIES`
    """

    whole: Waits
    found: Waits
    rows: list[WaitingRow]
    entities: list[str]


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
_LOOKED_FOR = f"""(
    (%(text)s = '' OR w.amount = %(amount)s OR strpos(lower(concat_ws(E'\\n', w.label, w.approval_code, w.person, w.employee_id,
        w.report_id, w.number)), lower(%(text)s)) > 0)
    AND (%(rules)s::text[] = '{{}}' OR {_RULES} && %(rules)s::text[])
    AND (%(state)s = '' OR w.state = %(state)s)
    AND (%(entity)s = '' OR w.entity = %(entity)s)
    AND (%(before)s::timestamptz IS NULL OR w.opened_at < %(before)s)
)"""
_FOUND = f"FROM ledger.waiting w WHERE w.certify_company = %(company)s AND {_LOOKED_FOR}"
_ORDER = "ORDER BY opened_at, report_id, part"
# What is said of the rows of one page is looked up for them alone.
_SAID_OF = """
SELECT p.*, coalesce(c.cure, f.cure, '') AS cure, coalesce(d.decided_by, '') AS decided_by
FROM ({page}) p
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
"""
_ROWS = f"{_SAID_OF.format(page=f'SELECT w.* {_FOUND} {_ORDER} LIMIT %(most)s OFFSET %(after)s')} {_ORDER}"
# All that waits is read once, and is counted and shown from there. Behind the last page that there is comes that one again.
_PAGE_OF_FOUND = f"""
    SELECT * FROM w WHERE found {_ORDER} LIMIT %(most)s OFFSET (
        SELECT least(%(after)s::bigint, greatest(count(*) - 1, 0) / %(most)s::bigint * %(most)s::bigint) FROM w WHERE found
    )
"""  # noqa: S608
_PAGE = f"""
WITH w AS MATERIALIZED (
    SELECT w.*, {_LOOKED_FOR} AS found FROM ledger.waiting w WHERE w.certify_company = %(company)s
), money AS (
    SELECT currency, sum(amount) AS whole, sum(amount) FILTER (WHERE found) AS found
    FROM w WHERE amount IS NOT NULL GROUP BY 1 ORDER BY 1
)
SELECT counts.*, shown.* FROM (
    SELECT count(DISTINCT report_id) AS whole_reports, count(*) AS whole_rows, min(opened_at) AS whole_oldest,
           count(DISTINCT report_id) FILTER (WHERE found) AS found_reports, count(*) FILTER (WHERE found) AS found_rows,
           min(opened_at) FILTER (WHERE found) AS found_oldest, (SELECT array_agg(currency) FROM money) AS currencies,
           (SELECT array_agg(whole) FROM money) AS whole_amounts, (SELECT array_agg(found) FROM money) AS found_amounts,
           (SELECT array_agg(entity) FROM (
               SELECT DISTINCT entity FROM w WHERE entity <> '' ORDER BY 1 LIMIT {MOST_ENTITIES}
           ) e) AS entities
    FROM w
) counts LEFT JOIN ({_SAID_OF.format(page=_PAGE_OF_FOUND)}) shown ON true {_ORDER}
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
    asked = {**_asked(certify_company, search), "most": most, "after": after}
    return [_row(row) for row in connection.execute(_ROWS, asked)]


def waiting_page(
    connection: Connection, certify_company: str, search: WaitingSearch | None = None, *, most: int, after: int = 0
) -> WaitingPage:
    """The same rows with how much there is, of all and of what is looked for; behind the last page that there is, that page."""
    asked = {**_asked(certify_company, search), "most": most, "after": after}
    rows = connection.execute(_PAGE, asked).fetchall()
    whole, found = (_waits(rows[0], name) for name in ("whole", "found"))
    return WaitingPage(
        whole=whole, found=found, rows=[_row(row) for row in rows if row["report_id"] is not None],
        entities=rows[0]["entities"] or [],
    )  # fmt: skip


def _waits(row: Mapping[str, Any], name: str) -> Waits:
    amounts = zip(row["currencies"] or (), row[f"{name}_amounts"] or (), strict=True)
    return Waits(
        reports=row[f"{name}_reports"], rows=row[f"{name}_rows"], oldest=row[f"{name}_oldest"],
        amounts={currency: amount for currency, amount in amounts if amount is not None},
    )  # fmt: skip


def _row(row: Mapping[str, Any]) -> WaitingRow:
    return WaitingRow(
        **{name: row[name] for name in _ROW}, rules=tuple(name for name in row["rule"].split(", ") if name)
    )


def _asked(certify_company: str, search: WaitingSearch | None) -> dict[str, Any]:
    asked = search or WaitingSearch()
    return {
        "company": certify_company, "text": asked.text, "amount": asked.amount, "rules": list(asked.rules), "state": asked.state,
        "entity": asked.entity, "before": asked.before,
    }  # fmt: skip
