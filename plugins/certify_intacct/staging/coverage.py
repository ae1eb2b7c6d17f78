"""Whether the nightly runs happened at all: what a run that never was cannot tell by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from certify_intacct.staging.database import Connection
from certify_intacct.staging.manifest import uncovered_dates

#: So far back dates are looked for; who has not run a sync for so long does not use it.
LOOK_BACK = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How a sync has covered the last dates.

    :param uncovered: dates of the last month that no run has covered, oldest first
    :param last_load: when a run of it last ended its load, None when none ever has
    :param under_way: the newest load of the last date, where it is not covered: its ID and what became of it so far
    """

    direction: str
    uncovered: list[date] = field(default_factory=list)
    last_load: datetime | None = None
    under_way: tuple[int, str] | None = None


def coverage(connection: Connection, direction: str, last: date, first_post_date: date | None) -> Coverage | None:
    """How a sync has covered the dates until ``last``; None when it is not in use: it never ran, or people alone and not for a month.

    :param first_post_date: no date of expenses before it is called uncovered
    """
    row = connection.execute(
        "SELECT min(day) AS first, max(day) AS newest FROM ops.covered_date WHERE direction = %s", [direction]
    ).fetchone()
    if row is None or row["first"] is None or (direction != "expense" and row["newest"] < last - LOOK_BACK):
        return None
    begun = max(row["first"], first_post_date or date.min) if direction == "expense" else row["first"]
    first = max(begun, last - LOOK_BACK)
    missing = uncovered_dates(connection, direction, first, last) if first <= last else []
    return Coverage(
        direction=direction,
        uncovered=missing,
        last_load=last_load(connection, direction),
        under_way=_under_way(connection, direction, last) if last in missing else None,
    )


def last_load(connection: Connection, direction: str) -> datetime | None:
    """When a run of a sync last carried its load to the end."""
    row = connection.execute(
        "SELECT max(closed_at) AS at FROM ops.load WHERE direction = %s AND state = 'loaded' AND NOT dry_run",
        [direction],
    ).fetchone()
    return row["at"] if row else None


def load_of_run(connection: Connection, dag_id: str, run_id: str) -> tuple[int, str] | None:
    """The newest load of a run, and what became of it so far."""
    row = connection.execute(
        "SELECT load_id, state FROM ops.load WHERE dag_id = %s AND run_id = %s ORDER BY load_id DESC LIMIT 1",
        [dag_id, run_id],
    ).fetchone()
    return (row["load_id"], row["state"]) if row else None


def _under_way(connection: Connection, direction: str, day: date) -> tuple[int, str] | None:
    row = connection.execute(
        """
        SELECT load_id, state FROM ops.load
        WHERE direction = %s AND NOT dry_run AND %s BETWEEN period_start AND period_end ORDER BY load_id DESC LIMIT 1
        """,
        [direction, day],
    ).fetchone()
    return (row["load_id"], row["state"]) if row else None
