"""By which rate a document in another currency than the books' is converted (docs/posting-rules.md, rule 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

_DAILY = "Intacct Daily Rate"
_LONG_AGO = date(2000, 1, 1)


@dataclass(frozen=True)
class Row:
    """A rate of the company's own, `base` for one of `currency`.

    :param back: it begins so many days before today, and `ended` so many days before it ends; None for none
    """

    currency: str
    base: str
    rate: str
    back: int | None = None
    ended: int | None = None

    def since(self, today: date) -> date:
        """The first day on which it holds."""
        return _LONG_AGO if self.back is None else today - timedelta(days=self.back)

    def until(self, today: date) -> date | None:
        """The last one."""
        return None if self.ended is None else today - timedelta(days=self.ended)


@dataclass(frozen=True)
class Variety:
    """The company's rates.

    :param foreign: reports in currencies that are not their entity's
    """

    name: str
    rows: Sequence[Row] = ()
    foreign: bool = True

    def posting(self, today: date) -> dict[str, Any]:
        """What connector.yaml says under `posting`."""
        rows = [
            {"currency": row.currency, "base": row.base, "since": row.since(today), "rate": Decimal(row.rate)}
            | ({"until": until} if (until := row.until(today)) else {})
            for row in self.rows
        ]
        said = [{name: str(value) if name == "rate" else value for name, value in row.items()} for row in rows]
        return {"currencies": {"exchange_rate_type": _DAILY, "rates": said}}

    def rate(self, currency: str, base: str, day: str, today: str, *, own: bool) -> str | None:
        """How a document of a day states its rate; None where the company converts the pair itself and has none of that day.

        :param own: whether Intacct takes the company's rates of such documents
        """
        if currency == base:
            return ""
        now, on = date.fromisoformat(today), date.fromisoformat(day)
        rows = [row for row in self.rows if (row.currency, row.base) == (currency, base)]
        if not own or not rows:
            return _DAILY
        begun = [row for row in rows if row.since(now) <= on]
        newest = max(begun, key=lambda row: row.since(now), default=None)
        ended = newest.until(now) if newest else None
        return None if newest is None or (ended and ended < on) else newest.rate


_OWN = (
    Row("EUR", "USD", "1.0831"),
    Row("USD", "EUR", "0.9177"),
    Row("USD", "GBP", "0.7613"),
    Row("USD", "CAD", "1.3712"),
)
VARIETIES = (
    Variety("one currency", foreign=False),
    Variety("Intacct's rates"),
    Variety("own rates", _OWN),
    Variety("own rates that change", (*_OWN, Row("EUR", "USD", "1.2", back=2), Row("USD", "EUR", "0.8", back=2))),
    Variety("own rates that end", tuple(Row(one.currency, one.base, one.rate, ended=3) for one in _OWN)),
)
