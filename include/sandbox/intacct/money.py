"""Currencies of a transaction: base and transaction currency, exchange rate, base amounts.

Intacct XML gateway reference, bills: EXCH_RATE_TYPE_ID xor EXCHANGE_RATE, and Intacct's daily rate where neither is given; where both
currencies are the same neither is needed. A journal's line without either would have a custom rate, so one must be given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox.intacct import problems
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import cents, read_decimal

_RATES = ("EXCH_RATE_TYPE_ID", "EXCHANGE_RATE")
DAILY = "Intacct Daily Rate"  # exists in every company, hidden from lists


@dataclass(frozen=True, slots=True)
class Rate:
    """How transaction amounts become base amounts."""

    base: str
    currency: str
    rate: Decimal
    type_id: str
    day: str

    def base_amount(self, amount: Decimal) -> Decimal:
        """The amount in base currency, rounded to two decimals."""
        return cents(amount * self.rate)

    def fields(self) -> Record:
        """The currency fields of a document and of its lines."""
        return {
            "BASECURR": self.base,
            "CURRENCY": self.currency,
            "EXCH_RATE_DATE": self.day,
            "EXCH_RATE_TYPE_ID": self.type_id,
            "EXCHANGE_RATE": f"{self.rate.normalize():f}",
        }

    def header_fields(self) -> Record:
        """The currency fields of a bill or card transaction: in the base currency it shows no rate (as recorded)."""
        if self.currency == self.base:
            return {**self.fields(), "EXCH_RATE_DATE": "", "EXCH_RATE_TYPE_ID": "", "EXCHANGE_RATE": ""}
        return self.fields()


def rate_of(company: Company, header: Record, entity: str, day: str, *, default: str = "") -> Rate:
    """The rate of a document whose books are kept by `entity`. Raises Problem: wrong base currency, no or two rates.

    :param default: the rate type of a document that states neither type nor rate
    """
    base = company.currency_of(entity)
    given_base = header.get("BASECURR", "").upper()
    if given_base and given_base != base:
        raise problems.other(f"Base currency must be {base}. This value is auto-filled")
    currency = (header.get("CURRENCY", "") or base).upper()
    _need_known(company, currency)
    type_id, fixed = header.get("EXCH_RATE_TYPE_ID", ""), header.get("EXCHANGE_RATE", "")
    if currency == base:
        return Rate(base, currency, Decimal(1), "", header.get("EXCH_RATE_DATE", "") or day)
    type_id = type_id or (default if not fixed else "")
    if bool(type_id) == bool(fixed):
        raise (
            problems.missing("Exchange rate type or Exchange rate")
            if not type_id
            else problems.other("Exchange rate type and exchange rate cannot be given together.")
        )
    return conversion(company, currency, base, type_id=type_id, fixed=fixed, on=header.get("EXCH_RATE_DATE", "") or day)


def conversion(company: Company, currency: str, into: str, *, type_id: str, fixed: str, on: str) -> Rate:
    """From one currency into another one, by a fixed rate or by those of a type on a day. Raises Problem."""
    _need_known(company, currency)
    if fixed:
        number = read_decimal(fixed)
        if number is None or number <= 0:
            raise problems.other(f"Exchange rate {fixed} is not valid.")
        return Rate(into, currency, number, "", on)
    if type_id != DAILY and company.find("EXCHANGERATETYPES", type_id) is None:
        raise company.unknown(company.catalog["EXCHANGERATETYPES"], type_id)
    return Rate(into, currency, _daily(company, currency, into), type_id, on)


def rate_kept(before: Record, given: Iterable[str]) -> Record:
    """What is kept under new changes: a rate that a type gave is worked out again, and what is given anew ends type and rate."""
    ended = {"EXCHANGE_RATE"} if before.get("EXCH_RATE_TYPE_ID") else set()
    if {"CURRENCY", *_RATES} & set(given):
        ended = {*_RATES}
    return {name: value for name, value in before.items() if name not in ended}


def _need_known(company: Company, currency: str) -> None:
    if len(currency) != 3 or not currency.isalpha():
        raise problems.other(f"Currency {currency} is not valid.")
    if currency not in company.settings.exchange_rates and currency != company.settings.base_currency:
        raise problems.other(f"Currency {currency} is not valid.")


def _daily(company: Company, currency: str, base: str) -> Decimal:
    rates = company.settings.exchange_rates
    if currency not in rates or base not in rates:
        raise problems.other(f"Exchange rate from {currency} to {base} is not available.")
    return (Decimal(rates[currency]) / Decimal(rates[base])).quantize(Decimal("0.000001"))
