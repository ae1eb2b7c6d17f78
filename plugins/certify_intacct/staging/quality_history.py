"""The results of data quality over time: what each rule said in the last loads of a DAG, and which rows failed last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from certify_intacct.staging.database import Connection

#: So many loads are looked back on.
LOADS = 30
#: So many of the rows that failed last are named.
KEYS = 5


@dataclass(frozen=True, kw_only=True)
class LoadVerdict:
    """What a rule said of a load.

    :param day: the first of the load's dates
    """

    load_id: int
    day: date
    checked: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class FailedRow:
    """A row that failed.

    :param label: what a person calls it
    :param report_id: the report that it is or belongs to; empty for any other
    """

    label: str
    report_id: str


@dataclass(frozen=True, kw_only=True)
class RuleHistory:
    """A rule in the last loads.

    :param severity: as it was last asked
    :param reason: what is wrong with what fails, as it was last said; empty for loads of earlier versions
    :param results: for each of the loads, the oldest first, what it said; None where it was not asked
    :param failed_in: the newest load in which anything failed; None when nothing did
    :param rows: the first rows that failed there
    """

    stream: str
    rule: str
    severity: str
    reason: str
    cure: str
    results: tuple[LoadVerdict | None, ...]
    failed_in: int | None
    rows: tuple[FailedRow, ...]

    @property
    def last(self) -> LoadVerdict:
        """What it said when it was last asked."""
        return [result for result in self.results if result is not None][-1]

    @property
    def asked(self) -> int:
        """How many of the loads it was asked in."""
        return len([result for result in self.results if result is not None])


_RESULTS = """
WITH recent AS (
    SELECT l.load_id, l.period_start FROM ops.load l
    WHERE l.dag_id = %(dag)s AND EXISTS (SELECT FROM quality.result r WHERE r.load_id = l.load_id)
    ORDER BY l.load_id DESC LIMIT %(loads)s
)
SELECT r.load_id, recent.period_start, r.stream, r.rule, r.severity, r.checked, r.failed, r.sample, r.reason, r.cure
FROM recent JOIN quality.result r USING (load_id) ORDER BY r.stream, r.rule, r.load_id
"""
_ROWS = """
SELECT s.stream, s.rule, s.key, coalesce(q.label, '') AS label,
       CASE s.stream WHEN 'certify_expense_reports' THEN s.key ELSE coalesce(e.report_id, '') END AS report_id
FROM unnest(%(loads)s::bigint[], %(streams)s::text[], %(rules)s::text[], %(keys)s::text[]) WITH ORDINALITY
    AS s (load_id, stream, rule, key, position)
LEFT JOIN quality.quarantine q USING (load_id, stream, rule, key)
LEFT JOIN ops.extract x ON x.load_id = s.load_id AND x.stream = s.stream AND s.stream = 'certify_expenses'
LEFT JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = s.key
ORDER BY s.position
"""


def quality_history(connection: Connection, dag_id: str) -> list[RuleHistory]:
    """The rules that were asked in the last loads of a DAG; those that failed last come first, then by stream and rule."""
    results = connection.execute(_RESULTS, {"dag": dag_id, "loads": LOADS}).fetchall()
    loads = sorted({row["load_id"] for row in results})
    by_rule = [list(rows) for _, rows in groupby(results, key=lambda row: (row["stream"], row["rule"]))]
    newest = [failing[-1] for rows in by_rule if (failing := [row for row in rows if row["failed"]])]
    named = _named(connection, newest)
    histories = [_history(rows, loads, named) for rows in by_rule]
    return sorted(histories, key=lambda one: (-(one.failed_in or 0), one.stream, one.rule))


def _history(
    rows: list[dict[str, Any]], loads: list[int], named: dict[tuple[str, str], list[FailedRow]]
) -> RuleHistory:
    last = rows[-1]
    found = {
        row["load_id"]: LoadVerdict(
            load_id=row["load_id"], day=row["period_start"], checked=row["checked"], failed=row["failed"]
        )
        for row in rows
    }
    return RuleHistory(
        stream=last["stream"],
        rule=last["rule"],
        severity=last["severity"],
        reason=last["reason"],
        cure=last["cure"],
        results=tuple(found.get(load) for load in loads),
        failed_in=max((row["load_id"] for row in rows if row["failed"]), default=None),
        rows=tuple(named.get((last["stream"], last["rule"]), ())),
    )


def _named(connection: Connection, failing: list[dict[str, Any]]) -> dict[tuple[str, str], list[FailedRow]]:
    """The first rows that failed, by stream and rule."""
    asked = [(row["load_id"], row["stream"], row["rule"], str(key)) for row in failing for key in row["sample"][:KEYS]]
    columns = zip(("loads", "streams", "rules", "keys"), map(list, zip(*asked, strict=True)), strict=True)
    named: dict[tuple[str, str], list[FailedRow]] = {}
    for row in connection.execute(_ROWS, dict(columns)) if asked else ():
        whole = row["key"] == "*"
        label = "all rows together" if whole else row["label"] or row["key"]
        report_id = "" if whole else row["report_id"]
        named.setdefault((row["stream"], row["rule"]), []).append(FailedRow(label=label, report_id=report_id))
    return named
