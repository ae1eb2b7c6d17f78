"""How many API calls a month will have been billed by its end, and what is said of it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class MonthOfCalls:
    """A month of billed calls.

    :param so_far: counted until now
    :param by_its_end: what it comes to when the days that are left are like those before
    :param tier: how many the company's tier has a month; None where connector.yaml does not say
    """

    so_far: int
    by_its_end: int
    tier: int | None = None

    @property
    def exceeds(self) -> bool:
        """Whether it is, or will be, more than the tier has."""
        return self.tier is not None and self.by_its_end > self.tier

    @property
    def words(self) -> str:
        """What there is to say, as a sentence."""
        said = f"{self.so_far:,} calls of Intacct were counted this month, about {self.by_its_end:,} by its end"
        if self.tier is None:
            return f"{said}."
        less = "more than" if self.exceeds else "of"
        return f"{said}, {less} the {self.tier:,} of company.api_tier."


def month_of_calls(by_day: Mapping[date, int], today: date, tier: int | None = None) -> MonthOfCalls:
    """The month of ``today``.

    :param by_day: what was billed, in this month and on days before it; a day that is missing had none
    """
    so_far = sum(calls for day, calls in by_day.items() if (day.year, day.month) == (today.year, today.month))
    before = {day: calls for day, calls in by_day.items() if day < today}
    days = (today - min(before)).days if before else 1
    total = sum(before.values()) if before else by_day.get(today, 0)
    left = monthrange(today.year, today.month)[1] - today.day
    # Today is not over: what is left of it comes to a usual day at most.
    rest_of_today = max(0, -(-total // days) - by_day.get(today, 0))
    return MonthOfCalls(so_far=so_far, by_its_end=so_far + rest_of_today + -(-total * left // days), tier=tier)
