"""Dates that no run has covered, and the commands that have Airflow work on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def backfill_commands(direction: str, days: Iterable[date]) -> list[str]:
    """One command for each row of consecutive dates; Airflow takes them one after the other.

    By itself Airflow leaves a date alone that has a run in any state, and says "Created". ``completed`` has it do the date again
    whether that run failed or succeeded without covering it, for example because it was for some entities.

    :param direction: ``organization`` or ``expense``: whose sync covers them, also where a preview tells of them
    :param days: company-local dates that are not covered, in their order
    """
    return [
        f"airflow backfill create --dag-id {direction}_sync --from-date {row[0]} --to-date {row[-1]} --reprocess-behavior completed"
        for row in consecutive(days)
    ]


def moments(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Between which moments, both included, Airflow finds the runs of these dates, both included, and of no other.

    Where midnight comes twice or never, Airflow's days begin at the second or at one. A midnight for the end would lose the last date
    there, and for the beginning, in Airflow 3.3.2, the date before one that begins at one. So both are noons.
    """
    noons = (datetime.combine(day, time(12), zone) for day in (first - timedelta(days=1), last))
    return next(noons), next(noons)


def consecutive(days: Iterable[date]) -> list[list[date]]:
    """Dates, given in their order, as rows without a gap."""
    rows: list[list[date]] = []
    for day in days:
        if rows and day - rows[-1][-1] == timedelta(days=1):
            rows[-1].append(day)
        else:
            rows.append([day])
    return rows
