"""What PostgreSQL knows of tables to which a load adds much: brought up to date before they are read.

Their statistics are of another day otherwise, or of the middle of a transaction, and queries over them are carried out as for that.
"""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams import STREAMS

_PLAN = ("plan.report", "plan.document", "plan.change")
_LEDGER = ("ledger.report", "ledger.document", "ledger.document_expense", "ledger.event")


def refresh_staging(connection: Connection, load_id: int) -> list[str]:
    """Has those staged tables analyzed of which the load is a good part; returns their names."""
    rows = connection.execute(
        "SELECT stream, row_count FROM ops.extract WHERE load_id = %s AND source_load_id = load_id AND row_count > 0",
        [load_id],
    ).fetchall()
    return _refresh(
        connection,
        {f"staging.{STREAMS[row['stream']].table}": row["row_count"] for row in rows if row["stream"] in STREAMS},
    )


def refresh_plan(connection: Connection, load_id: int) -> list[str]:
    """The same of plans, in the transaction that has written that of the load."""
    row = connection.execute("SELECT count(*) AS n FROM plan.change WHERE load_id = %s", [load_id]).fetchone()
    return _refresh(connection, dict.fromkeys(_PLAN, row["n"] if row else 0))


def refresh_ledger(connection: Connection, load_id: int) -> list[str]:
    """The same of the ledger, when the documents of the load are in it."""
    row = connection.execute("SELECT count(*) AS n FROM ledger.document WHERE load_id = %s", [load_id]).fetchone()
    return _refresh(connection, dict.fromkeys(_LEDGER, row["n"] if row else 0))


def _refresh(connection: Connection, loaded: Mapping[str, int]) -> list[str]:
    """:param loaded: the rows that a load has in each table"""
    done = connection.execute(
        "SELECT ops.analyze_grown(%s::text[], %s::bigint[]) AS tables", [list(loaded), list(loaded.values())]
    ).fetchone()
    return sorted(done["tables"]) if done else []
