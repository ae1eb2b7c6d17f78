"""Which dates of posted reports have their lines compared with Certify today: the last ones each day, all others once a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil

DAYS = 7


def due(compared: Mapping[date, date | None], today: date, recent_days: int) -> list[date]:
    """The dates to compare now, in order. What was compared today already is not among them.

    :param compared: each date, and when it was last compared; None: never
    :param recent_days: so many dates before today are compared every day
    """
    first = today - timedelta(days=recent_days)
    recent = {day for day in compared if day >= first}
    older = compared.keys() - recent
    waiting = [day for day in older if compared[day] != today]
    overdue = {day for day in waiting if (last := compared[day]) and last <= today - timedelta(days=DAYS)}
    # Each day a share of them, those first that were compared longest ago.
    share = ceil(len(older) / DAYS) - (len(older) - len(waiting)) - len(overdue)
    rest = sorted(set(waiting) - overdue, key=lambda day: (compared[day] or date.min, day))
    return sorted({day for day in recent if compared[day] != today} | overdue | set(rest[: max(share, 0)]))


def ranges(days: list[date]) -> list[list[date]]:
    """The dates in groups that are read as one list each: of one week at most, without long gaps.

    :param days: in order
    """
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] <= timedelta(days=3) and day - found[-1][0] < timedelta(days=DAYS):
            found[-1].append(day)
        else:
            found.append([day])
    return found
