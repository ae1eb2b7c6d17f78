"""By which rate a document is converted into the currency of the books: Intacct's of a type and a day, or the company's own.

No rate is ever worked out from amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certify_intacct.model.configuration.currencies import Currencies
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.dates import PostingDate


@dataclass(frozen=True, kw_only=True)
class ExchangeRate:
    """What a document says of its rate; nothing where it needs none.

    :param type: Intacct's rate type, or ``rate``, the company's own as it is sent
    :param day: whose rate it is
    """

    type: str = ""
    rate: str = ""
    day: date | None = None


def exchange_rate(
    currency: str, base: str, day: PostingDate, settings: Currencies, label: str, *, own: bool = True
) -> ExchangeRate | Hold:
    """The rate of a document, or why it has none.

    :param base: the currency of the books
    :param label: what the document is called to a person
    :param own: whether Intacct takes the company's own rate of it
    """
    if currency == base:
        return ExchangeRate()
    on = day.by_rule if settings.exchange_rate_date == "intended_date" else day.posted
    if own and settings.names(currency, base):
        rate = settings.rate(currency, base, on)
        if rate is not None:
            return ExchangeRate(rate=f"{rate.normalize():f}", day=on)
        row = f"- {{currency: {currency}, base: {base}, since: {on}, rate: RATE}}"
        reason = f"{label}: no rate is listed for {currency} into {base} on {on}."
        return Hold(
            Rule.CURRENCY,
            reason,
            f"Add `{row}` to posting.currencies.rates in connector.yaml, with the rate of that day.",
        )
    if not settings.exchange_rate_type:
        reason = f"{label}: the books are kept in {base}, and connector.yaml names no rate for {currency}."
        return Hold(
            Rule.CURRENCY,
            reason,
            "Write `exchange_rate_type: TYPE` (a rate type of Intacct) into posting.currencies in connector.yaml, or a rate there.",
        )
    return ExchangeRate(type=settings.exchange_rate_type, day=on)
