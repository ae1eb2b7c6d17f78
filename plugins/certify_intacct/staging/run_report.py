"""What a run has to tell: its figures, what is new to a person, which dates nobody has covered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from certify_intacct.staging.database import Connection
from certify_intacct.staging.manifest import Load, get_load, uncovered_dates
from certify_intacct.staging.plans import summary
from certify_intacct.staging.waiting import Waits, waits

_LOOK_BACK_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """The figures of one load.

    :param plan: changes by subject, action and result (``certify_intacct.staging.plans.summary``)
    :param waiting: quarantined rows, held and rejected changes, alarms that this load met: what it is, of which report or record, why,
        what to do
    :param news: those of ``waiting`` that no earlier load of this DAG had
    :param waits: how much of expense reports waits by now, whichever load met it; None after a load of another kind, and after a
        preview, which leaves nothing waiting
    :param uncovered: dates of the last month that no run has loaded
    :param zone: the company's
    """

    load: Load
    counts: dict[str, Any]
    plan: list[dict[str, Any]] = field(default_factory=list)
    waits: Waits | None = None
    waiting: list[dict[str, str]] = field(default_factory=list)
    news: list[dict[str, str]] = field(default_factory=list)
    uncovered: list[date] = field(default_factory=list)
    zone: ZoneInfo

    @property
    def reports(self) -> int:
        """How many expense reports wait: as every page counts them."""
        return len(self._met) if self.waits is None else self.waits.reports

    @property
    def others(self) -> int:
        """How many people and rows of lists wait, each counted once."""
        return len({item["of"] for item in self.waiting} - self._met)

    @property
    def _met(self) -> set[str]:
        return {item["of"] for item in self.waiting if item["of"].startswith("report ")}

    @property
    def new(self) -> int:
        """How many of them have something that no earlier load had."""
        return len({item["of"] for item in self.news})


def run_report(
    connection: Connection, certify_company: str, load_id: int, first_date: date, zone: ZoneInfo
) -> RunReport:
    """Collects the report of a load.

    :param first_date: dates before it are never called uncovered
    :param zone: the company's
    """
    load = get_load(connection, load_id)
    row = connection.execute("SELECT counts FROM ops.load WHERE load_id = %s", [load_id]).fetchone()
    waiting = _waiting(connection, load_id)
    known = _known_before(connection, load) if waiting else set()
    first = max(first_date, date.fromordinal(load.period.end.toordinal() - _LOOK_BACK_DAYS))
    return RunReport(
        load=load,
        zone=zone,
        counts=row["counts"] if row else {},
        plan=summary(connection, load_id),
        waits=waits(connection, certify_company) if load.direction == "expense" and not load.preview else None,
        waiting=waiting,
        news=[item for item in waiting if (item["what"], item["rule"]) not in known],
        # A reconciliation covers no dates: it looks at what others did.
        uncovered=uncovered_dates(connection, load.direction, first, load.period.end)
        if first <= load.period.end and load.direction != "reconciliation"
        else [],
    )


_WAITING = """
    SELECT q.stream || ' ' || q.label AS what,
           CASE q.stream
               WHEN 'certify_expense_reports' THEN 'report ' || q.key
               WHEN 'certify_expenses' THEN coalesce('report ' || (
                   SELECT e.report_id FROM ops.extract x
                   JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
                   WHERE x.load_id = q.load_id AND x.stream = q.stream), q.stream || ' ' || q.key)
               ELSE coalesce((
                   SELECT c.subject || ' ' || c.key FROM plan.change c
                   WHERE c.load_id = q.load_id AND c.rule = 'quarantined' AND c.source_key = k.kind || '/' || q.key LIMIT 1),
                   q.stream || ' ' || q.key)
           END AS of,
           q.rule, q.reason, q.cure
    FROM quality.quarantine q
    LEFT JOIN (VALUES ('intacct_employees', 'employee'), ('intacct_person_vendors', 'vendor'), ('intacct_users', 'user'))
        AS k (stream, kind) ON k.stream = q.stream
    -- What the company's own expectations hold, the plan tells.
    WHERE q.load_id = ANY(%(loads)s) AND NOT (starts_with(q.rule, 'own.') AND EXISTS (
        SELECT FROM plan.change c WHERE c.load_id = q.load_id AND c.subject = 'report' AND c.key = coalesce((
            SELECT e.report_id FROM ops.extract x JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
            WHERE x.load_id = q.load_id AND x.stream = q.stream AND q.stream = 'certify_expenses'), q.key)))
    UNION ALL
    SELECT subject || ' ' || key, subject || ' ' || key, CASE WHEN action = 'hold' THEN rule ELSE result END,
           CASE WHEN action = 'hold' THEN reason ELSE message END, cure
    FROM plan.change_result
    WHERE load_id = ANY(%(loads)s) AND (action = 'hold' OR result IN ('rejected', 'held'))
    UNION ALL
    SELECT what, what, rule, reason, cure FROM ops.alarm WHERE load_id = ANY(%(loads)s)
    ORDER BY 1, 3
"""


def _waiting(connection: Connection, load_id: int) -> list[dict[str, str]]:
    return connection.execute(_WAITING, {"loads": [load_id]}).fetchall()


def _known_before(connection: Connection, load: Load) -> set[tuple[str, str]]:
    rows = connection.execute(
        "SELECT load_id FROM ops.load WHERE dag_id = %s AND load_id < %s ORDER BY load_id DESC LIMIT 30",
        [load.dag_id, load.load_id],
    ).fetchall()
    earlier = connection.execute(_WAITING, {"loads": [row["load_id"] for row in rows]}).fetchall()
    return {(item["what"], item["rule"]) for item in earlier}
