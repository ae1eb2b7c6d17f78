"""What was spent of a line in another currency, where a document can state it beside what is paid back.

Whether Intacct keeps the amount that it is sent or works it out anew from what was spent and the rate, nobody publishes. So the rate
is chosen such that both are the same to the cent; it decides no money. Where no rate with the decimals that are surely kept does that,
the line goes without, and its memo says what was spent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from certify_intacct.model.configuration.currencies import SpentCurrencies
from certify_intacct.model.currencies import posted_unit
from certify_intacct.model.documents import CENT, Spent
from certify_intacct.model.reports import ExpenseLine


def spent_elsewhere(line: ExpenseLine, currency: str) -> bool:
    """Whether Certify says that a line was spent in another currency than its document's."""
    return bool(line.submitted_amount) and line.submitted_currency not in ("", currency)


def spent(line: ExpenseLine, amount: Decimal, settings: SpentCurrencies) -> Spent | None:
    """What was spent of a line that was spent elsewhere; None where it cannot be stated so that the amount is beyond doubt.

    :param amount: what the document has of it
    """
    paid, currency = line.submitted_amount or Decimal(0), line.submitted_currency
    # Intacct rounds a third decimal away.
    if paid % posted_unit(currency) or paid * amount <= 0 or not settings.takes(currency):
        return None
    rate = rate_between(paid, amount, settings.rate_decimals)
    return None if rate is None else Spent(currency=currency, amount=paid, rate=f"{rate:f}")


def rate_between(paid: Decimal, amount: Decimal, decimals: int) -> Decimal | None:
    """The rate of fewest decimals by which ``paid`` is ``amount`` to the cent, never by a half; None where none has so few."""
    for places in range(decimals + 1):
        rate = (amount / paid).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if rate > 0 and abs(paid * rate - amount) < CENT / 2:
            return rate
    return None
