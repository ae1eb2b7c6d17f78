"""The plan of a load: written once, read by the load step, with what became of each change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from certify_intacct.model.changes import MAY_NOT_BE_KEPT, Action, Change, Subject, parse_pending
from certify_intacct.model.changes import pending as stand_in
from certify_intacct.model.people import LastTold
from certify_intacct.staging.database import Connection

#: What Certify did not keep, or refused, is tried once more after so long: somebody may have asked Certify to keep it.
_TRIED_AGAIN_AFTER = timedelta(days=7)


def store_plan(connection: Connection, load_id: int, changes: Iterable[Change]) -> int:
    """Writes the plan of a load, in the order given, and returns the number of its changes.

    A plan is immutable: when the load has one already, that one stands.
    """
    return planned_count(connection, load_id) or append(connection, load_id, changes)


def planned_count(connection: Connection, load_id: int) -> int:
    """How many changes the plan of a load has."""
    row = connection.execute("SELECT count(*) AS n FROM plan.change WHERE load_id = %s", [load_id]).fetchone()
    return int(row["n"]) if row else 0


def append(connection: Connection, load_id: int, changes: Iterable[Change], *, after: int = 0) -> int:
    """Writes more of a plan that is being made, in the order given; returns the position of its last change.

    :param after: the position of the last change before these
    """
    rows = [
        (
            load_id,
            position,
            str(change.subject),
            change.action.value,
            change.key,
            change.target_id,
            json.dumps(dict(change.before), default=str),
            json.dumps(dict(change.after), default=str),
            change.reason,
            change.rule,
            change.cure,
            change.billed_calls,
            change.source_key,
        )
        for position, change in enumerate(changes, start=after + 1)
    ]
    connection.cursor().executemany(
        """
        INSERT INTO plan.change (load_id, position, subject, action, key, target_id, before, after, reason, rule, cure, billed_calls,
                                 source_key)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        rows,
    )
    return after + len(rows)


def pending(connection: Connection, load_id: int, subject: str) -> list[tuple[int, Change]]:
    """The changes of a subject that a load still has to carry out, with their IDs, in order."""
    rows = connection.execute(
        """
        SELECT * FROM plan.change_result
        WHERE load_id = %s AND subject = %s AND action NOT IN ('skip', 'hold') AND (result IS NULL OR result = 'in_doubt')
        ORDER BY position
        """,
        [load_id, str(subject)],
    ).fetchall()
    return [(row["change_id"], _change(row)) for row in rows]


def to_send(connection: Connection, load_id: int) -> int:
    """How many changes of all subjects a load still has to carry out."""
    row = connection.execute(
        """
        SELECT count(*) AS n FROM plan.change_result
        WHERE load_id = %s AND action NOT IN ('skip', 'hold') AND (result IS NULL OR result = 'in_doubt')
        """,
        [load_id],
    ).fetchone()
    return int(row["n"]) if row else 0


def record_outcomes(connection: Connection, run_id: str, outcomes: Sequence[tuple[int, str, str | None, str]]) -> None:
    """Adds what became of changes: ``(change_id, result, target_id, message)`` each."""
    connection.cursor().executemany(
        "INSERT INTO plan.outcome (change_id, run_id, result, target_id, message) VALUES (%s, %s, %s, %s, %s)",
        [(change_id, run_id, result, target_id, message) for change_id, result, target_id, message in outcomes],
    )


def created_ids(connection: Connection, load_id: int) -> dict[str, str]:
    """The IDs that the creates of a load got, by their stand-ins in its plan (``certify_intacct.model.changes.pending``)."""
    rows = connection.execute(
        """
        SELECT c.subject, CASE WHEN c.subject = 'user' THEN c.source_key ELSE c.key END AS key, o.target_id
        FROM plan.change c JOIN plan.outcome o USING (change_id)
        WHERE c.load_id = %s AND c.action = 'create' AND o.target_id IS NOT NULL AND o.result IN ('applied', 'already')
        """,
        [load_id],
    ).fetchall()
    return {stand_in(row["subject"], row["key"]): row["target_id"] for row in rows}


def told(connection: Connection) -> dict[tuple[str, str], LastTold]:
    """By Certify ID and field what Certify was told last, in these days, of the fields that it may not keep."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (o.target_id, f.name) c.load_id, o.target_id, f.name, c.before -> f.name AS before, f.value AS after,
               CASE WHEN o.result = 'rejected' THEN coalesce(nullif(o.message, ''), 'without a reason') ELSE '' END AS refusal
        FROM plan.change c JOIN plan.outcome o USING (change_id) CROSS JOIN LATERAL jsonb_each(c.after) f (name, value)
        WHERE c.subject = ANY(%s) AND c.action <> 'create' AND o.target_id IS NOT NULL AND f.name = ANY(%s) AND o.at > now() - %s
          AND (o.result = 'applied' OR o.result = 'rejected' AND c.subject = %s)
        ORDER BY o.target_id, f.name, o.outcome_id DESC
        """,
        [
            [Subject.USER.value, Subject.APPROVER.value, Subject.USER_FIELDS.value],
            sorted(MAY_NOT_BE_KEPT),
            _TRIED_AGAIN_AFTER,
            Subject.USER_FIELDS.value,
        ],
    ).fetchall()
    made = _made(connection, {row["load_id"] for row in rows if parse_pending(row["after"])})
    return {
        (row["target_id"], row["name"]): LastTold(
            row["before"], made.get((row["load_id"], row["after"]), row["after"]), row["refusal"]
        )
        for row in rows
    }


def _made(connection: Connection, load_ids: Iterable[int]) -> dict[tuple[int, object], str]:
    """By load and stand-in the ID of what the load created: that is what Certify was told in its place."""
    if not (ids := sorted(load_ids)):
        return {}
    rows = connection.execute(
        """
        SELECT c.load_id, c.subject, c.key, c.source_key, o.target_id FROM plan.change c JOIN plan.outcome o USING (change_id)
        WHERE c.load_id = ANY(%s) AND c.action = 'create' AND o.result = 'applied' AND o.target_id IS NOT NULL
        """,
        [ids],
    ).fetchall()
    return {
        (row["load_id"], stand_in(row["subject"], row[name])): row["target_id"]
        for row in rows
        for name in ("source_key", "key")
    }


def winner(connection: Connection, change_id: int) -> str | None:
    """The run that changed the same record after this change was planned, or None: a plan may be older than the truth.

    A deactivation is overtaken by any later plan of the same kind that does not make it: who is back since then needs no change.
    """
    row = connection.execute(
        """
        SELECT o.run_id FROM plan.change mine
        JOIN plan.change other ON other.subject = mine.subject AND other.key = mine.key AND other.load_id <> mine.load_id
        JOIN plan.outcome o ON o.change_id = other.change_id AND o.result = 'applied' AND o.at > mine.planned_at
        WHERE mine.change_id = %(change)s
        UNION ALL
        SELECT newer.run_id FROM plan.change mine JOIN ops.load l ON l.load_id = mine.load_id
        JOIN ops.load newer ON newer.direction = l.direction AND newer.load_id > l.load_id AND NOT newer.dry_run
            AND newer.state IN ('planned', 'loaded')
        WHERE mine.change_id = %(change)s AND mine.action = 'deactivate' AND NOT EXISTS (
            SELECT 1 FROM plan.change again WHERE again.load_id = newer.load_id AND again.subject = mine.subject
                AND again.key = mine.key AND again.action = 'deactivate'
        )
        LIMIT 1
        """,
        {"change": change_id},
    ).fetchone()
    return row["run_id"] if row else None


def summary(connection: Connection, load_id: int) -> list[dict[str, Any]]:
    """How many changes of each subject and action a load planned, and what became of them."""
    return connection.execute(
        """
        SELECT subject, action, coalesce(result, 'not sent') AS result, count(*) AS changes, sum(billed_calls) AS billed_calls
        FROM plan.change_result WHERE load_id = %s GROUP BY 1, 2, 3 ORDER BY min(position)
        """,
        [load_id],
    ).fetchall()


def counts_of(connection: Connection, load_id: int) -> dict[str, int]:
    """How many changes of each action a plan of reports has, and how many ``documents``."""
    rows = connection.execute(
        """
        SELECT action AS what, count(*) AS n FROM plan.change WHERE load_id = %(load)s GROUP BY 1
        UNION ALL SELECT 'documents', count(*) FROM plan.document WHERE load_id = %(load)s
        """,
        {"load": load_id},
    ).fetchall()
    return {row["what"]: row["n"] for row in rows}


def shown(connection: Connection, load_id: int, most: int) -> list[Change]:
    """What a person is shown of a plan, in order: all that is held, and of the rest so many."""
    rows = connection.execute(
        """
        SELECT * FROM plan.change WHERE load_id = %(load)s AND action = 'hold'
        UNION ALL
        (SELECT * FROM plan.change WHERE load_id = %(load)s AND action <> 'hold' ORDER BY position LIMIT %(most)s)
        ORDER BY position
        """,
        {"load": load_id, "most": most},
    ).fetchall()
    return [_change(row) for row in rows]


def _change(row: dict[str, Any]) -> Change:
    return Change(
        subject=row["subject"],
        action=Action(row["action"]),
        key=row["key"],
        target_id=row["target_id"],
        before=row["before"],
        after=row["after"],
        reason=row["reason"],
        rule=row["rule"],
        cure=row["cure"],
        billed_calls=row["billed_calls"],
        source_key=row["source_key"],
    )
