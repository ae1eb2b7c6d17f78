"""Of what people were told by mail (``ops.told``): nobody is told twice, and what could not be mailed the next run tells.

What is told is written down after the mail server has taken the mail. A crash between the two has it told again: twice is better than
never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from certify_intacct.staging.database import Connection

#: What it is about: a category, and what of it. Both are ours, and name nobody.
Key: TypeAlias = tuple[str, str]
#: Under this name failed tasks are told.
FAILURES = "failures"
#: Under this one stands what runs met, and since when: nobody was told of it by that.
MET = "met"


def told(connection: Connection) -> Mapping[str, set[Key]]:
    """What was told, by audience."""
    found: defaultdict[str, set[Key]] = defaultdict(set)
    for row in connection.execute(
        "SELECT audience, category, item FROM ops.told WHERE NOT audience = ANY(%s)", [[FAILURES, MET]]
    ):
        found[row["audience"]].add((row["category"], row["item"]))
    return found


def remember(connection: Connection, load_id: int, audience: str, keys: Iterable[Key]) -> None:
    """Notes that an audience was told."""
    rows = sorted(keys)
    connection.execute(
        """
        INSERT INTO ops.told (audience, category, item, load_id)
        SELECT %s, category, item, %s FROM unnest(%s::text[], %s::text[]) AS n (category, item) ON CONFLICT DO NOTHING
        """,
        [audience, load_id, [category for category, _ in rows], [item for _, item in rows]],
    )


def met(connection: Connection, load_id: int, keys: Collection[Key]) -> Mapping[Key, datetime]:
    """Notes that a run met these, and since when runs have, one after the other."""
    remember(connection, load_id, MET, keys)
    rows = connection.execute("SELECT category, item, told_at FROM ops.told WHERE audience = %s", [MET])
    return {(row["category"], row["item"]): row["told_at"] for row in rows}


def forget_others(connection: Connection, category: str, items: Collection[str]) -> None:
    """Forgets what is no more: should it come back, it is news. A run that has mailed its report may still end as failed."""
    connection.execute(
        "DELETE FROM ops.told WHERE category = %s AND NOT item = ANY(%s) AND audience <> %s",
        [category, list(items), FAILURES],
    )


def forget_old(connection: Connection, category: str) -> None:
    """Forgets what runs did that nobody clears any more."""
    connection.execute("DELETE FROM ops.told WHERE category = %s AND told_at < now() - interval '90 days'", [category])


def first_to_tell(connection: Connection, dag_id: str, run_id: str, task_id: str) -> bool:
    """Whether nobody has told of a failure of this task in this run for an hour, and the caller therefore does.

    A task that is mapped fails in all its parts at once when a service is gone; one that is cleared and fails again is news.
    """
    connection.execute("DELETE FROM ops.told WHERE audience = %s AND told_at < now() - interval '1 day'", [FAILURES])
    row = connection.execute(
        """
        INSERT INTO ops.told AS t (audience, category, item) VALUES (%s, %s, %s)
        ON CONFLICT (audience, category, item) DO UPDATE SET told_at = clock_timestamp()
        WHERE t.told_at < now() - interval '1 hour' RETURNING 1 AS one
        """,
        [FAILURES, dag_id, f"{task_id} {run_id}"],
    ).fetchone()
    return row is not None


def told_of(connection: Connection, dag_id: str, run_id: str) -> set[str]:
    """The tasks of this run of which a failure was told."""
    rows = connection.execute(
        "SELECT item FROM ops.told WHERE audience = %s AND category = %s AND right(item, length(%s)) = %s",
        [FAILURES, dag_id, f" {run_id}", f" {run_id}"],
    )
    return {str(row["item"])[: -len(run_id) - 1] for row in rows}


def take_back(connection: Connection, dag_id: str, run_id: str, task_id: str) -> None:
    """It was not told after all."""
    connection.execute(
        "DELETE FROM ops.told WHERE (audience, category, item) = (%s, %s, %s)",
        [FAILURES, dag_id, f"{task_id} {run_id}"],
    )
