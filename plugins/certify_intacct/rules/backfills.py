"""Dates that no run has covered, and the commands that have Airflow work on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def backfill_commands(direction: str, days: Iterable[date], zone: ZoneInfo) -> list[str]:
    """One command for each row of consecutive dates; Airflow takes them one after the other.

    By itself Airflow leaves a date alone that has a run in any state, and says "Created". ``completed`` has it do the date again
    whether that run failed or succeeded without covering it, for example because it was for some entities.

    :param direction: ``organization`` or ``expense``: whose sync covers them, also where a preview tells of them
    :param days: company-local dates that are not covered, in their order
    :param zone: the company's
    """
    return [
        f"airflow backfill create --dag-id {direction}_sync --from-date {first} --to-date {last} --reprocess-behavior completed"
        for row in consecutive(days)
        for first, last in [_as_airflow_takes_them(row[0], row[-1], zone)]
    ]


def _as_airflow_takes_them(first: date, last: date, zone: ZoneInfo) -> tuple[str, str]:
    """Dates as people write them, unless Airflow would lose one beside a midnight that comes twice or never."""
    around = (day + timedelta(days=after) for day in (first, last) for after in (0, 1))
    if not any(_has_an_odd_midnight(day, zone) for day in around):
        return str(first), str(last)
    begin, end = moments(first, last, zone)
    # Without an offset: Airflow reads it in the company's zone.
    return f"{begin:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}"


def _has_an_odd_midnight(day: date, zone: ZoneInfo) -> bool:
    midnights = (datetime.combine(day, time(fold=fold), zone) for fold in (0, 1))
    return len({midnight.utcoffset() for midnight in midnights}) > 1


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
