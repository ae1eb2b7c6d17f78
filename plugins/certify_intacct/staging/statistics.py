"""What PostgreSQL knows of the staged tables: brought up to date before a load is judged."""

from __future__ import annotations

from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams import STREAMS


def refresh(connection: Connection, load_id: int) -> list[str]:
    """Has those tables analyzed of which the load is a good part; returns their names.

    Their statistics are of another day otherwise, and queries over them are carried out as for that one.
    """
    rows = connection.execute(
        "SELECT stream, row_count FROM ops.extract WHERE load_id = %s AND source_load_id = load_id AND row_count > 0",
        [load_id],
    ).fetchall()
    read = [(STREAMS[row["stream"]].table, row["row_count"]) for row in rows if row["stream"] in STREAMS]
    done = connection.execute(
        "SELECT staging.analyze_grown(%s::text[], %s::bigint[]) AS tables",
        [[table for table, _ in read], [n for _, n in read]],
    ).fetchone()
    return sorted(done["tables"]) if done else []
