"""Two plans beside each other: what one would do and the other would not, or would do otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certify_intacct.staging.database import Connection

Rows = list[dict[str, Any]]

#: How a subject and key of one plan may stand to the other, what asks for a look first.
TURNS = ("held now", "held no more", "new", "gone", "otherwise")


@dataclass(frozen=True, kw_only=True)
class PlanComparison:
    """What differs between two plans: how much by how it turned (:data:`TURNS`), and rows of it.

    A row has ``subject``, ``key``, ``turn``, ``report_id`` and ``approval_code``, both empty for others than reports. What each plan
    says of it stands in ``here`` and ``there``: action, rule, reason and ``after`` of each change; None where it says nothing.
    """

    turns: dict[str, int]
    alike: int
    rows: Rows


def compare(
    connection: Connection, load_id: int, other: int, *, turn: str = "", most: int, after: int = 0
) -> PlanComparison:  # fmt: skip
    """Compares the plan of a load with that of another. The wording of a reason is no difference.

    :param turn: only what turned so
    """
    values = {"here": load_id, "there": other, "turn": turn, "most": most, "after": after, "turns": list(TURNS)}
    counted = connection.execute(f"{_BOTH} SELECT turn, count(*) AS n FROM both_plans GROUP BY 1", values).fetchall()  # noqa: S608
    found = {row["turn"]: row["n"] for row in counted}
    rows = connection.execute(f"{_BOTH} {_ROWS}", values).fetchall()
    return PlanComparison(
        turns={name: found[name] for name in TURNS if name in found}, alike=found.get("alike", 0), rows=rows
    )


def comparable(connection: Connection, dag_ids: Sequence[str], load: dict[str, Any], *, most: int) -> Rows:
    """Loads of these DAGs and of the same direction that have a plan to compare with: those of the same dates first, newest first."""
    return connection.execute(
        """
        SELECT load_id, dag_id, period_start, period_end, dry_run, opened_at, config_hash FROM ops.load l
        WHERE direction = %(direction)s AND dag_id = ANY(%(dags)s) AND load_id <> %(load)s
          AND EXISTS (SELECT FROM plan.change c WHERE c.load_id = l.load_id)
        ORDER BY (period_start, period_end) = (%(first)s, %(last)s) DESC, load_id DESC LIMIT %(most)s
        """,
        {
            "direction": load["direction"], "dags": list(dag_ids), "load": load["load_id"], "first": load["period_start"],
            "last": load["period_end"], "most": most,
        },
    ).fetchall()  # fmt: skip


_BOTH = """
    WITH side AS (
        SELECT load_id, subject, key, bool_or(action = 'hold') AS holds,
               jsonb_agg(jsonb_build_object('action', action, 'rule', rule, 'reason', reason, 'after', after)
                         ORDER BY action, rule, after::text) AS says,
               jsonb_agg(jsonb_build_array(action, rule, after) ORDER BY action, rule, after::text) AS means
        FROM plan.change WHERE load_id IN (%(here)s, %(there)s) GROUP BY 1, 2, 3
    ), both_plans AS (
        SELECT subject, key, h.says AS here, t.says AS there,
               CASE WHEN h.means IS NOT DISTINCT FROM t.means THEN 'alike'
                    WHEN h.holds AND NOT coalesce(t.holds, false) THEN 'held now'
                    WHEN t.holds AND NOT coalesce(h.holds, false) THEN 'held no more'
                    WHEN t.means IS NULL THEN 'new' WHEN h.means IS NULL THEN 'gone' ELSE 'otherwise' END AS turn
        FROM (SELECT * FROM side WHERE load_id = %(here)s) h
        FULL JOIN (SELECT * FROM side WHERE load_id = %(there)s) t USING (subject, key)
    )
"""
_ROWS = """
    SELECT d.*, CASE WHEN subject = 'report' THEN key ELSE '' END AS report_id,
           CASE WHEN subject = 'report' THEN coalesce(
               (SELECT p.approval_code FROM plan.report p
                WHERE p.load_id IN (%(here)s, %(there)s) AND p.report_id = d.key AND p.approval_code <> '' LIMIT 1),
               (SELECT r.approval_code FROM ops.extract x
                JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id AND r.id = d.key
                WHERE x.load_id IN (%(here)s, %(there)s) AND x.stream = 'certify_expense_reports' LIMIT 1), '') ELSE '' END
               AS approval_code
    FROM (
        SELECT * FROM both_plans WHERE turn <> 'alike' AND (%(turn)s = '' OR turn = %(turn)s)
        ORDER BY array_position(%(turns)s::text[], turn), subject, key LIMIT %(most)s OFFSET %(after)s
    ) d ORDER BY array_position(%(turns)s::text[], turn), subject, key
"""
