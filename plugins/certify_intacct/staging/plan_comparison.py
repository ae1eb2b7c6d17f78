"""Two plans beside each other: what one would do and the other would not, or would do otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certify_intacct.model.documents import Document
from certify_intacct.staging.database import Connection
from certify_intacct.staging.history import WHAT_IF

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
    """Compares the plan of a load with that of another, to the last field of its documents.

    The wording of a reason is no difference.

    :param turn: only what turned so
    """
    values = {"here": load_id, "there": other, "turn": turn, "most": most, "after": after, "turns": list(TURNS)}
    rows = connection.execute(f"{_BOTH} {_ROWS}", values).fetchall()
    found = rows[0]["counted"] or {}
    return PlanComparison(
        turns={name: found[name] for name in TURNS if name in found}, alike=found.get("alike", 0),
        rows=[row for row in rows if row["turn"]],
    )  # fmt: skip


def comparable(connection: Connection, dag_ids: Sequence[str], load: dict[str, Any], *, most: int) -> Rows:
    """Loads of these DAGs and of the same direction that have a plan to compare with: those of the same dates first, newest first.

    What two configurations would have made of the past is compared with nothing else, that of the same run first.
    """
    return connection.execute(
        """
        SELECT load_id, dag_id, period_start, period_end, dry_run AS preview, opened_at, config_hash FROM ops.load l
        WHERE direction = %(direction)s AND dag_id = ANY(%(dags)s) AND load_id <> %(load)s
          AND EXISTS (SELECT FROM plan.change c WHERE c.load_id = l.load_id)
          AND (run_type = %(what_if)s) = (%(run_type)s = %(what_if)s)
        ORDER BY run_type = %(what_if)s AND run_id = %(run)s DESC, (period_start, period_end) = (%(first)s, %(last)s) DESC,
            load_id DESC LIMIT %(most)s
        """,
        {
            "direction": load["direction"], "dags": list(dag_ids), "load": load["load_id"], "first": load["period_start"],
            "last": load["period_end"], "run": load["run_id"], "run_type": load["run_type"], "what_if": WHAT_IF, "most": most,
        },
    ).fetchall()  # fmt: skip


def planned_documents_of(
    connection: Connection, load_ids: Sequence[int], report_ids: Collection[str]
) -> Mapping[tuple[int, str], Sequence[Document]]:
    """The documents of some reports in each of these plans, by load and report."""
    rows = connection.execute(
        "SELECT load_id, report_id, canonical FROM plan.document WHERE load_id = ANY(%s) AND report_id = ANY(%s) ORDER BY number",
        [list(load_ids), list(report_ids)],
    )
    found: defaultdict[tuple[int, str], list[Document]] = defaultdict(list)
    for row in rows:
        found[row["load_id"], row["report_id"]].append(Document.from_canonical(bytes(row["canonical"])))
    return dict(found)


_BOTH = """
    WITH made AS (
        SELECT load_id, report_id, string_agg(sha256, ' ' ORDER BY number) AS documents
        FROM plan.document WHERE load_id IN (%(here)s, %(there)s) GROUP BY 1, 2
    ), said AS (
        -- As one text of each, which is compared faster than what it says. None of the others has a line break, nor has JSON.
        SELECT c.load_id, c.subject, c.key, c.action = 'hold' AS holds,
               concat_ws(E'\\n', c.action, c.rule, CASE WHEN c.action = 'post' THEN d.documents END, c.after) AS means
        FROM plan.change c LEFT JOIN made d ON d.load_id = c.load_id AND d.report_id = c.key
        WHERE c.load_id IN (%(here)s, %(there)s)
    ), side AS (
        SELECT load_id, subject, key, bool_or(holds) AS holds, array_agg(means ORDER BY means) AS means FROM said GROUP BY 1, 2, 3
    ), both_plans AS MATERIALIZED (
        SELECT subject, key,
               CASE WHEN h.means IS NOT DISTINCT FROM t.means THEN 'alike'
                    WHEN h.holds AND NOT coalesce(t.holds, false) THEN 'held now'
                    WHEN t.holds AND NOT coalesce(h.holds, false) THEN 'held no more'
                    WHEN t.means IS NULL THEN 'new' WHEN h.means IS NULL THEN 'gone' ELSE 'otherwise' END AS turn
        FROM (SELECT * FROM side WHERE load_id = %(here)s) h
        FULL JOIN (SELECT * FROM side WHERE load_id = %(there)s) t USING (subject, key)
    )
"""
# What a plan says of a subject and key.
_SAYS = """(
        SELECT jsonb_agg(jsonb_build_object('action', c.action, 'rule', c.rule, 'reason', c.reason, 'after', c.after)
                         ORDER BY c.action, c.rule, c.after::text)
        FROM plan.change c WHERE c.load_id = %({side})s AND c.subject = d.subject AND c.key = d.key
    )"""
# How many turned how, with the rows of one page; without any row there is one that says only that.
_ROWS = f"""
    SELECT counts.counted, d.*, CASE WHEN subject = 'report' THEN key ELSE '' END AS report_id,
           CASE WHEN subject = 'report' THEN coalesce(
               (SELECT p.approval_code FROM plan.report p
                WHERE p.load_id IN (%(here)s, %(there)s) AND p.report_id = d.key AND p.approval_code <> '' LIMIT 1),
               (SELECT r.approval_code FROM ops.extract x
                JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id AND r.id = d.key
                WHERE x.load_id IN (%(here)s, %(there)s) AND x.stream = 'certify_expense_reports' LIMIT 1), '') ELSE '' END
               AS approval_code, {_SAYS.format(side="here")} AS here, {_SAYS.format(side="there")} AS there
    FROM (SELECT jsonb_object_agg(turn, n) AS counted FROM (SELECT turn, count(*) AS n FROM both_plans GROUP BY 1) t) counts
    LEFT JOIN (
        SELECT * FROM both_plans WHERE turn <> 'alike' AND (%(turn)s = '' OR turn = %(turn)s)
        ORDER BY array_position(%(turns)s::text[], turn), subject, key LIMIT %(most)s OFFSET %(after)s
    ) d ON true ORDER BY array_position(%(turns)s::text[], turn), subject, key
"""  # noqa: S608
