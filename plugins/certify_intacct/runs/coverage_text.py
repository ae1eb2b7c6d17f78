"""What a person is told of dates that no run has covered, where none was there to tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from certify_intacct.model.log_lines import wrapped
from certify_intacct.rules.backfills import backfill_commands

if TYPE_CHECKING:
    from certify_intacct.staging.coverage import Coverage

#: What the state of a load means for who waits for it.
STATES = {
    "open": "is reading, or its run failed while it read",
    "validated": "was read and judged, and not planned",
    "planned": "is planned and not carried out: it waits for an approval, is at work, or its run failed",
    "stopped": "was stopped by a check before anything was sent",
}


def coverage_lines(covered: Coverage, last: date, zone: ZoneInfo, *, in_the_way: str = "") -> Iterator[str]:
    """Which dates are missing, since when, how the last one stands, and the command for each row of them.

    :param in_the_way: what keeps tasks of the sync from beginning
    """
    dag_id = f"{covered.direction}_sync"
    since = f"{covered.last_load.astimezone(zone):%Y-%m-%d %H:%M}" if covered.last_load else "never"
    yield wrapped(f"{dag_id}: {last} is covered by no run. The last load that was carried out ended {since}.")
    if covered.under_way:
        load_id, state = covered.under_way
        yield wrapped(f"Its load {load_id} {STATES.get(state, state)}: look at its run in Airflow.", indent="  ")
    else:
        yield wrapped(
            "No run has begun with it: Airflow's scheduler did not run, the DAG is paused, or its run waits in the queue.",
            indent="  ",
        )
    if in_the_way:
        yield wrapped(in_the_way, indent="  ")
    commands = backfill_commands(covered.direction, covered.uncovered, zone)
    yield f"  {'This command covers' if len(commands) == 1 else 'These commands cover'} what is missing:"
    yield from (f"    {command}" for command in commands)


def age_seconds(moment: datetime | None) -> float | None:
    """How long ago it was."""
    return None if moment is None else (datetime.now(tz=UTC) - moment).total_seconds()
