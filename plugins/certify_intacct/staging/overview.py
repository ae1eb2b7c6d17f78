"""What the home page tells: figures of expense reports by day, and what asks for somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from certify_intacct.staging.database import Connection
from certify_intacct.staging.manifest import uncovered_dates

Rows = list[dict[str, Any]]

# Of the newest reconciliation of each period, what nobody has decided about. One whose dates a later one covers stands no more.
# An older one than that is on the page of its load alone.
STANDING_DAYS = 100
STANDING = """
    WITH reconciled AS MATERIALIZED (
        SELECT load_id, dag_id, period_start, period_end, closed_at, opened_at, counts -> 'reconciliation' AS outcome FROM ops.load
        WHERE direction IN ('expense', 'reconciliation') AND NOT dry_run AND counts ? 'reconciliation'
          AND opened_at > now() - %(standing)s
    ), standing AS MATERIALIZED (
        SELECT * FROM reconciled r WHERE NOT EXISTS (
            SELECT FROM reconciled later WHERE later.load_id > r.load_id
              AND later.period_start <= r.period_start AND later.period_end >= r.period_end
        )
    )
"""


@dataclass(frozen=True, kw_only=True)
class PostedRow:
    """What was sent on a company-local day and stands in Intacct, of one kind and currency."""

    day: date
    kind: str
    currency: str
    documents: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DayFacts:
    """What is known of a processed date: whether a run covered it, what of it waits, and what its reconciliation found."""

    day: date
    covered: bool
    waiting: int
    findings: int


def posted(connection: Connection, intacct_company: str, zone: str, since: datetime) -> list[PostedRow]:
    """What was sent since then and stands in Intacct, by company-local day, kind and currency."""
    rows = connection.execute(
        """
        SELECT (last_sent_at AT TIME ZONE %(zone)s)::date AS day, kind, currency, count(*) AS documents, sum(total) AS amount
        FROM ledger.document
        WHERE intacct_company = %(company)s AND last_sent_at >= %(since)s AND state IN ('accepted', 'in_gl', 'declined', 'altered')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        {"company": intacct_company, "zone": zone, "since": since},
    ).fetchall()
    return [PostedRow(**row) for row in rows]


def states(connection: Connection, intacct_company: str, wanted: Sequence[str]) -> dict[str, int]:
    """How many documents of the ledger are in each of these states."""
    rows = connection.execute(
        "SELECT state, count(*) AS n FROM ledger.document WHERE intacct_company = %s AND state = ANY(%s) GROUP BY state",
        [intacct_company, list(wanted)],
    ).fetchall()
    return {row["state"]: row["n"] for row in rows}


def first_date(connection: Connection, first_post_date: date | None) -> date:
    """The first date that can be called uncovered: none before the first that is ours to post,
    none before the first that a run did."""
    row = connection.execute("SELECT min(day) AS day FROM ops.covered_date").fetchone()
    earliest = row["day"] if row and row["day"] else date.max
    return max(first_post_date, earliest) if first_post_date else earliest


def days(connection: Connection, certify_company: str, first: date, last: date, begun: date) -> list[DayFacts]:
    """What is known of each date, both included.

    :param begun: none before it is called uncovered (:func:`first_date`)
    """
    missing = set(uncovered_dates(connection, "expense", first, last))
    waiting = _by_day(
        connection,
        """
        SELECT processed_date AS day, count(DISTINCT report_id) AS n FROM ledger.waiting
        WHERE certify_company = %(company)s AND processed_date BETWEEN %(first)s AND %(last)s GROUP BY 1
        """,
        {"company": certify_company, "first": first, "last": last},
    )
    findings = _by_day(
        connection,
        f"""
        {STANDING}
        SELECT coalesce(f.day, s.period_end) AS day, count(DISTINCT (f.finding, f.number)) AS n
        FROM standing s JOIN ops.reconciliation_finding f USING (load_id)
        WHERE NOT f.decided AND coalesce(f.day, s.period_end) BETWEEN %(first)s AND %(last)s GROUP BY 1
        """,  # noqa: S608
        {"first": first, "last": last, "standing": timedelta(days=STANDING_DAYS)},
    )
    every = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [
        DayFacts(
            day=day, covered=day not in missing or day < begun, waiting=waiting.get(day, 0), findings=findings.get(day, 0)
        )
        for day in every
    ]  # fmt: skip


def findings(connection: Connection, *, most: int, after: int = 0) -> tuple[int, Rows]:
    """What reconciliations found and nobody has decided about: how many, and some of them, the newest first."""
    values = {"standing": timedelta(days=STANDING_DAYS), "most": most, "after": after}
    rows = connection.execute(
        f"""
        {STANDING}, found AS MATERIALIZED (
            SELECT DISTINCT ON (f.finding, f.number) f.*, s.dag_id, s.period_start, s.period_end
            FROM standing s JOIN ops.reconciliation_finding f USING (load_id) WHERE NOT f.decided
            ORDER BY f.finding, f.number, f.load_id DESC
        )
        SELECT found.*, count(*) OVER () AS whole FROM found ORDER BY load_id DESC, finding, number LIMIT %(most)s OFFSET %(after)s
        """,  # noqa: S608
        values,
    ).fetchall()
    return (rows[0]["whole"] if rows else 0), rows


def last_reconciled(connection: Connection) -> datetime | None:
    """When the newest load that was reconciled was opened; None when none ever was."""
    row = connection.execute(
        """
        SELECT opened_at FROM ops.load WHERE direction IN ('expense', 'reconciliation') AND NOT dry_run AND counts ? 'reconciliation'
        ORDER BY load_id DESC LIMIT 1
        """
    ).fetchone()
    return row["opened_at"] if row else None


def ages(connection: Connection, certify_company: str, edges: Sequence[datetime]) -> list[int]:
    """How many reports wait by when they began to: after the first edge, between each two, and before the last, newest first."""
    rows = connection.execute(
        """
        SELECT (SELECT count(*) FROM unnest(%(edges)s::timestamptz[]) AS e (edge) WHERE e.edge > w.opened_at) AS age,
               count(DISTINCT w.report_id) AS n
        FROM (SELECT report_id, min(opened_at) AS opened_at FROM ledger.waiting WHERE certify_company = %(company)s GROUP BY 1) w
        GROUP BY 1
        """,
        {"company": certify_company, "edges": list(edges)},
    ).fetchall()
    found = {row["age"]: row["n"] for row in rows}
    return [found.get(place, 0) for place in range(len(edges) + 1)]


def last_loads(connection: Connection, most: int) -> list[int]:
    """The newest loads of expense reports that were no previews, oldest first."""
    rows = connection.execute(
        "SELECT load_id FROM ops.load WHERE direction = 'expense' AND NOT dry_run ORDER BY load_id DESC LIMIT %s",
        [most],
    ).fetchall()
    return sorted(row["load_id"] for row in rows)


def held_by_rule(connection: Connection, load_ids: Sequence[int]) -> dict[str, int]:
    """How many reports each rule held in these loads, most first."""
    rows = connection.execute(
        """
        SELECT rule, count(DISTINCT key) AS n FROM plan.change
        WHERE load_id = ANY(%s) AND subject = 'report' AND action = 'hold' GROUP BY rule ORDER BY 2 DESC, 1
        """,
        [list(load_ids)],
    ).fetchall()
    return {row["rule"]: row["n"] for row in rows}


def calls(connection: Connection, load_ids: Sequence[int]) -> Rows:
    """For each load the records that its plan is to write at Intacct (``planned``), and what was counted of what Intacct bills:
    records ``written`` and ``pages`` read."""
    return connection.execute(
        """
        SELECT l.load_id, l.period_start, l.period_end, coalesce(c.planned, 0)::bigint AS planned,
               coalesce(u.written, 0)::bigint AS written, coalesce(u.pages, 0)::bigint AS pages
        FROM ops.load l
        LEFT JOIN (
            SELECT load_id, sum(billed_calls) AS planned FROM plan.change
            WHERE load_id = ANY(%(loads)s) AND billed_calls > 0 GROUP BY 1
        ) c USING (load_id)
        LEFT JOIN (
            SELECT load_id, sum(written) AS written, sum(pages) AS pages FROM ops.api_use
            WHERE load_id = ANY(%(loads)s) AND service = 'intacct' GROUP BY 1
        ) u USING (load_id)
        WHERE l.load_id = ANY(%(loads)s) ORDER BY l.load_id
        """,
        {"loads": list(load_ids)},
    ).fetchall()


def asked_approvals(connection: Connection) -> Rows:
    """Plans above a limit about which nobody has decided, of the last month, newest first; of each run the newest."""
    return connection.execute(
        """
        SELECT l.load_id, l.dag_id, l.run_id, l.period_start, l.period_end, l.opened_at FROM ops.load l
        WHERE l.direction = 'expense' AND l.state = 'planned' AND NOT l.dry_run AND l.opened_at > now() - interval '30 days'
          AND EXISTS (SELECT FROM plan.above_limit a WHERE a.load_id = l.load_id)
          AND NOT EXISTS (SELECT FROM ledger.approval a WHERE a.load_id = l.load_id)
          AND NOT EXISTS (SELECT FROM ops.load n WHERE (n.dag_id, n.run_id) = (l.dag_id, l.run_id) AND n.load_id > l.load_id)
        ORDER BY l.load_id DESC
        """
    ).fetchall()


def newest_checks(connection: Connection) -> Rows:
    """The newest preflight of each direction, with what it lacked."""
    return connection.execute(
        """
        SELECT c.direction, c.passed, c.checked_at, c.dag_id, c.run_id, c.config_hash,
               coalesce((SELECT jsonb_agg(jsonb_build_object('item', r.area || ', ' || r.item, 'detail', r.detail, 'where',
                   r.where_to_click)
                                          ORDER BY r.position)
                         FROM ops.preflight_result r WHERE r.check_id = c.check_id AND r.required AND r.outcome = 'missing'),
                             '[]') AS missing
        FROM (SELECT DISTINCT ON (direction) * FROM ops.preflight ORDER BY direction, check_id DESC) c ORDER BY c.direction
        """
    ).fetchall()


def newest_finding(connection: Connection, direction: str, item: str) -> dict[str, Any] | None:
    """The row about something in the newest preflight of a direction that has one."""
    return connection.execute(
        """
        SELECT r.*, c.checked_at FROM ops.preflight c JOIN ops.preflight_result r USING (check_id)
        WHERE c.direction = %s AND r.item = %s ORDER BY c.check_id DESC LIMIT 1
        """,
        [direction, item],
    ).fetchone()


def people_waiting(connection: Connection) -> int:
    """How many people and entries of lists the newest plan of ``organization_sync`` holds."""
    row = connection.execute(
        """
        SELECT count(DISTINCT (c.subject, c.key)) AS n FROM plan.change c WHERE c.action = 'hold' AND c.load_id = (
            SELECT l.load_id FROM ops.load l WHERE l.direction = 'organization' AND EXISTS (
                SELECT FROM plan.change p WHERE p.load_id = l.load_id
            ) ORDER BY l.load_id DESC LIMIT 1
        )
        """
    ).fetchone()
    return int(row["n"]) if row else 0


def _by_day(connection: Connection, query: str, values: Mapping[str, Any]) -> dict[date, int]:
    return {row["day"]: row["n"] for row in connection.execute(query, values).fetchall()}
