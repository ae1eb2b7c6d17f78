"""Deletes what old loads staged, and nothing that somebody still works on or waits for.

Only staging is touched, and the Data Docs made of it: plan, verdicts and ledger stay. A load is marked first
(``ops.load.staging_expired_at``), and from then on no task works on it. Its rows go afterwards, in bounded batches with a transaction
each. What dies in between is finished by the next run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from certify_intacct.staging.database import Connection, Database

#: Most rows that go in one transaction.
BATCH = 10_000


@dataclass(frozen=True, kw_only=True)
class OldLoad:
    """A load whose staged rows are older than they need to be.

    :param kept: why they stay all the same; empty when they go
    """

    load_id: int
    dag_id: str
    run_id: str
    opened_at: datetime
    kept: str


# A load that read nothing has nothing to delete. One that did is as old as what it read last: its tasks may have been cleared since
# it was opened. State has no past, so any later load of people does what an unfinished one left undone.
_OLD_LOADS = """
WITH old AS (
    SELECT * FROM ops.load l
    WHERE coalesce(l.closed_at, l.opened_at) < now() - make_interval(days => %(days)s)
      AND EXISTS (SELECT FROM ops.extract x WHERE x.load_id = l.load_id)
      AND NOT EXISTS (SELECT FROM ops.extract x WHERE x.load_id = l.load_id AND x.source_load_id = l.load_id
                      AND x.observed_at >= now() - make_interval(days => %(days)s))
), needed AS (
    SELECT load_id, 'it has not finished, and no later run covered its dates' AS why FROM old l
    WHERE l.state IN ('open', 'validated', 'planned') AND NOT l.dry_run AND NOT EXISTS (
        SELECT FROM ops.load later WHERE later.load_id > l.load_id AND later.direction = l.direction AND later.state = 'loaded'
          AND (l.direction = 'organization'
               OR later.entities = '{}' AND later.period_start <= l.period_start AND later.period_end >= l.period_end))
    UNION SELECT load_id, 'a report that it dealt with last waits' FROM ledger.open_item
    UNION SELECT load_id, 'a document that it dealt with last is not settled' FROM ledger.document
    WHERE state IN ('sending', 'in_doubt', 'rejected', 'held')
), kept AS (
    SELECT load_id, why FROM needed
    UNION SELECT x.source_load_id, 'a load that stays reads its rows' FROM ops.extract x
    WHERE x.load_id <> x.source_load_id
      AND (x.load_id IN (SELECT load_id FROM needed) OR x.load_id NOT IN (SELECT load_id FROM old))
)
SELECT old.load_id, old.dag_id, old.run_id, old.opened_at, coalesce(string_agg(kept.why, '; ' ORDER BY kept.why), '') AS kept
FROM old LEFT JOIN kept USING (load_id) WHERE old.staging_expired_at IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1
"""


def old_loads(connection: Connection, staging_days: int) -> list[OldLoad]:
    """The loads that read something, but nothing for ``staging_days`` days, and whose staged rows are not marked yet, oldest first."""
    return [OldLoad(**row) for row in connection.execute(_OLD_LOADS, {"days": staging_days})]


def expire(connection: Connection, loads: Sequence[OldLoad]) -> None:
    """Marks those of ``loads`` that nothing keeps: from now on no task works on them."""
    connection.execute(
        "UPDATE ops.load SET staging_expired_at = now() WHERE load_id = ANY(%s) AND staging_expired_at IS NULL",
        [[load.load_id for load in loads if not load.kept]],
    )


def expired_loads(connection: Connection) -> list[int]:
    """The loads that are marked and still have rows in staging, or may have."""
    rows = connection.execute(
        "SELECT load_id FROM ops.load WHERE staging_expired_at IS NOT NULL AND staging_deleted_at IS NULL ORDER BY 1"
    ).fetchall()
    return [row["load_id"] for row in rows]


def staged_rows(connection: Connection, load_ids: Sequence[int]) -> dict[str, int]:
    """How many rows of these loads lie in each table of staging; tables without any are left out."""
    found = {}
    for table in _tables(connection):
        query = sql.SQL("SELECT count(*) AS n FROM {} WHERE load_id = ANY(%s)").format(_name(table))
        row = connection.execute(query, [list(load_ids)]).fetchone()
        if row and row["n"]:
            found[table] = row["n"]
    return found


def delete_expired(database: Database) -> dict[str, int]:
    """Deletes the rows of all marked loads.

    :returns: how many rows went, by table
    """
    with database.connection() as connection:
        load_ids = expired_loads(connection)
        tables = _tables(connection)
    deleted: dict[str, int] = {}
    for table in tables if load_ids else ():
        query = sql.SQL(
            "DELETE FROM {0} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {0} WHERE load_id = ANY(%s) LIMIT %s))"
        ).format(_name(table))
        gone = BATCH
        while gone == BATCH:
            with database.connection() as connection:
                gone = connection.execute(query, [load_ids, BATCH]).rowcount
            if gone:
                deleted[table] = deleted.get(table, 0) + gone
    with database.connection() as connection:
        connection.execute("UPDATE ops.load SET staging_deleted_at = now() WHERE load_id = ANY(%s)", [load_ids])
    return deleted


def _tables(connection: Connection) -> list[str]:
    """What goes with a load: all of staging, and the Data Docs that were made of it."""
    rows = connection.execute(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = 'staging' ORDER BY 1"
    ).fetchall()
    return [*(row["name"] for row in rows), "quality.data_docs"]


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
