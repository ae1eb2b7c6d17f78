"""Section ``posting.currencies``: by which rate a document is converted whose currency is not the entity's base currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from certify_intacct.model.configuration.section import Section
from certify_intacct.model.currencies import CODE, is_code

Code = Annotated[str, Field(pattern=CODE)]


class Rate(Section):
    """A rate that the company gives itself.

    :param currency: of documents, and ``base`` the currency into which they are converted
    :param since: the first day on which it holds, until the next row of the two currencies, or ``until``
    :param rate: units of ``base`` for one of ``currency``
    """

    currency: Code
    base: Code
    since: date
    until: date | None = None
    rate: Annotated[Decimal, Field(gt=0, lt=10**9, decimal_places=10, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Rate:
        if self.currency == self.base:
            raise ValueError(f"{self.currency} needs no rate into itself")
        if self.until is not None and self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins")
        return self


class SpentCurrencies(Section):
    """What was spent, beside what is paid back, on the lines of expense reports.

    :param on_lines: whether it is stated there
    :param only: the currencies that Intacct knows; empty: whichever was spent
    :param rate_decimals: of its rate so many decimals are surely kept; a line that needs more goes without
    """

    on_lines: bool = False
    only: tuple[Code, ...] = ()
    rate_decimals: Annotated[int, Field(ge=0, le=10)] = 4

    def takes(self, currency: str) -> bool:
        """Whether a currency may be stated."""
        return currency in self.only if self.only else is_code(currency)


class Currencies(Section):
    """Rates; a document for which there is none is held.

    :param exchange_rate_type: a rate type of Intacct, for the pairs of currencies that ``rates`` does not name
    :param exchange_rate_date: the day whose rate is taken
    :param spent: what was spent in another currency than it is paid back in
    :param rates: of pairs that the company converts by itself: then none of Intacct's is taken for them on any day
    """

    exchange_rate_type: str = ""
    exchange_rate_date: Literal["posting_date", "intended_date"] = "posting_date"
    rates: tuple[Rate, ...] = ()
    spent: SpentCurrencies = SpentCurrencies()

    @field_validator("rates")
    @classmethod
    def _one_answer(cls, rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
        seen: set[tuple[str, str, date]] = set()
        for row in rates:
            if (row.currency, row.base, row.since) in seen:
                raise ValueError(f"{row.currency} into {row.base} since {row.since} is listed twice")
            seen.add((row.currency, row.base, row.since))
        return rates

    def names(self, currency: str, base: str) -> bool:
        """Whether the company converts a pair by itself."""
        return any((row.currency, row.base) == (currency, base) for row in self.rates)

    def rate(self, currency: str, base: str, day: date) -> Decimal | None:
        """The company's own rate of a day; None where it has none."""
        rows = [row for row in self.rates if (row.currency, row.base) == (currency, base) and row.since <= day]
        newest = max(rows, key=lambda row: row.since, default=None)
        if newest is None or (newest.until is not None and newest.until < day):
            return None
        return newest.rate
