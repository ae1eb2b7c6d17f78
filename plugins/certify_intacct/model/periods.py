"""A period is a set of whole company-local dates, first and last included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Period:
    """The dates from ``start`` to ``end``, both included.

    :raises ValueError: when ``end`` lies before ``start``
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"The period ends ({self.end}) before it starts ({self.start}).")

    def dates(self) -> Iterator[date]:
        """Every date of the period, in order."""
        for offset in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=offset)

    def parts(self, days: int) -> Iterator[Period]:
        """The period in parts of so many dates, the last one perhaps shorter."""
        for offset in range(0, len(self), days):
            start = self.start + timedelta(days=offset)
            yield Period(start, min(self.end, start + timedelta(days=days - 1)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def __len__(self) -> int:
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"
