"""What the lines of people in Britain and Canada state of tax, and the country in which the money was spent (Expense Report GLD 4).

Everywhere else lines carry none, but for the case of that name. Certify states no tax code and has no field for a country.
"""

from __future__ import annotations

from include.sandbox.store import Record

# Certify's field, and the rate in percent that the amount includes.
_RATES = {"GB": ("VATAmount", 20), "CA": ("HSTAmount", 13)}
_UNTAXED = frozenset({"Airfare", "Train", "Mileage", "Postage"})
ABROAD = "FR"


def taxed(country: str) -> bool:
    """Whether lines of people in that country state tax."""
    return country in _RATES


def stated(country: str, category: str, cents: int) -> Record:
    """What a line states; every other night is one abroad."""
    if not taxed(country):
        return {}
    field, rate = _RATES[country]
    place = ABROAD if category == "Hotel" and cents % 2 == 0 else country
    tax = 0 if category in _UNTAXED else (2 * abs(cents) * rate + 100 + rate) // (2 * (100 + rate))
    sign = "-" if cents < 0 and tax else ""
    return {
        field: f"{sign}{tax // 100}.{tax % 100:02}",
        "ExpenseReportGLD4Label": "COUNTRY",
        "ExpenseReportGLD4Name": place,
        "ExpenseReportGLD4Code": place,
    }
