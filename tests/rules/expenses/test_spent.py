"""What was spent of a line in another currency: stated so that the amount is Certify's to the cent, or not at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.configuration.currencies import SpentCurrencies
from certify_intacct.model.currencies import decimals, posted_unit
from certify_intacct.model.documents import CENT, Document, DocumentKind
from certify_intacct.rules.expenses.spent import rate_between, spent, spent_elsewhere
from tests.documents.test_requests import KNOWN, UK
from tests.rules.expenses.company import TODAY, card_line, configuration, line, plan_report, report

ON = SpentCurrencies(on_lines=True)
CURRENCIES = st.sampled_from(["JPY", "KWD", "CLP", "USD", "EUR"])


def amounts(currency: str) -> st.SearchStrategy[Decimal]:
    """Amounts with the decimals that a currency has by ISO 4217, or fewer, of either sign."""
    places = decimals(currency)
    return st.integers(-(10**8), 10**8).filter(bool).map(lambda units: Decimal(units).scaleb(-places))


@st.composite
def spendings(draw):
    """What was spent, and what is paid back of it in a currency that the books are kept in."""
    currency, other = draw(CURRENCIES), draw(CURRENCIES)
    paid, amount = draw(amounts(currency)), abs(draw(amounts(other)))
    amount = amount.quantize(max(CENT, posted_unit(other)), rounding=ROUND_DOWN) or Decimal(1)
    rate = draw(st.sampled_from(["0.0065", "1.1", "3.25", "0.00105", "152.7", "1"]))
    if draw(st.booleans()):
        amount = (abs(paid) * Decimal(rate)).quantize(CENT) or CENT
    return currency, paid, amount.copy_sign(paid) if draw(st.booleans()) else amount


@given(spendings(), st.integers(0, 10))
def test_what_is_stated_makes_the_amount_to_the_cent_however_it_is_rounded(spending, places):
    currency, paid, amount = spending
    one = line("a", str(amount), submitted_amount=paid, submitted_currency=currency)
    stated = spent(one, amount, replace_decimals(places))
    if stated is None:
        return
    assert (stated.currency, stated.amount) == (currency, paid)
    for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        assert (stated.amount * Decimal(stated.rate)).quantize(CENT, rounding=rounding) == amount
    rate = Decimal(stated.rate)
    assert (rate > 0, -rate.as_tuple().exponent <= places, "E" in stated.rate) == (True, True, False)
    # Nothing that Intacct would round is sent.
    assert stated.amount == stated.amount.quantize(CENT)


def replace_decimals(places: int) -> SpentCurrencies:
    return SpentCurrencies(on_lines=True, rate_decimals=places)


@given(spendings())
def test_whatever_a_rate_of_few_decimals_made_can_be_stated(spending):
    """The amount of a conversion by a rate of four decimals has one of four, unless it ends on half a cent."""
    _, paid, _ = spending
    for rate in map(Decimal, ("0.0065", "1.1", "3.25")):
        amount = (paid * rate).quantize(CENT, rounding=ROUND_HALF_UP)
        if amount and abs(paid * rate - amount) < CENT / 2:
            found = rate_between(paid, amount, 4)
            assert found is not None
            assert (paid * found).quantize(CENT, rounding=ROUND_HALF_UP) == amount


@pytest.mark.parametrize(
    ("paid", "currency", "amount", "rate"),
    [
        ("15500", "JPY", "100.75", "0.0065"),
        # Four decimals are too few for so large an amount.
        ("15500", "JPY", "100.10", None),
        ("155", "JPY", "1.01", "0.0065"),
        ("10.250", "KWD", "33.31", "3.25"),
        # Intacct would round what was spent.
        ("10.255", "KWD", "33.33", None),
        ("95000", "CLP", "104.50", "0.0011"),
        ("90", "EUR", "99", "1.1"),
        ("-90", "EUR", "-99", "1.1"),
        ("-90", "EUR", "99", None),
        ("90", "EUR", "0", None),
        ("0.5", "JPY", "3", None),
        ("90", "eur", "99", None),
    ],
)
def test_examples(paid, currency, amount, rate):
    one = line("a", amount, submitted_amount=Decimal(paid), submitted_currency=currency)
    found = spent(one, Decimal(amount), ON)
    assert (found and found.rate) == rate
    if currency == "CLP":
        assert found is not None
        assert (found.amount * Decimal(found.rate)).quantize(CENT) == Decimal(amount)


def test_only_the_currencies_that_intacct_knows():
    one = line("a", "99", submitted_amount=Decimal(90), submitted_currency="EUR")
    assert spent(one, Decimal(99), SpentCurrencies(on_lines=True, only=("GBP",))) is None
    assert spent(one, Decimal(99), SpentCurrencies(on_lines=True, only=("GBP", "EUR"))) is not None
    assert not spent_elsewhere(one, "EUR")
    assert not spent_elsewhere(line("a", "99"), "USD")


EUROS = {"submitted_amount": Decimal(90), "submitted_currency": "EUR"}
POSTING = {"employee_paid": {"target": "expense_report"}}
SPENT = {"currencies": {"spent": {"on_lines": True}}}


def lines_of(*lines, **posting) -> list:
    config = configuration(**{**POSTING, **SPENT, **posting})
    (document,) = plan_report(report(*lines), list(lines), KNOWN, config, today=TODAY).documents
    assert Document.from_canonical(document.canonical()) == document
    return list(document.lines)


def test_a_line_states_it_where_the_company_says_so():
    (one,) = lines_of(line("a", "99", **EUROS))
    assert (one.spent.amount, one.spent.currency, one.spent.rate, "EUR" in one.memo) == (90, "EUR", "1.1", False)
    (off,) = lines_of(line("a", "99", **EUROS), currencies={})
    assert (off.spent, off.memo) == (None, one.memo)
    (bill,) = lines_of(line("a", "99", **EUROS), employee_paid={"target": "ap_bill"})
    assert (bill.spent, "EUR" in bill.memo) == (None, False)


IN_CAD = {
    "dimensions": {"entity": {"certify": "report_gld/1"}},
    "currencies": {"exchange_rate_type": "Daily", **SPENT["currencies"]},
}


@pytest.mark.parametrize(
    ("one", "posting"),
    [
        # The employee gets a part of it.
        (line("a", "99", "50", card_name="Corp Visa", card_last="4821", **EUROS), {}),
        # Tax is taken out of it.
        (line("a", "120", vat_amount=Decimal(20), **EUROS), {"tax": {"default": UK}}),
        # Intacct would convert it once more.
        (line("a", "99", report_gld_codes={1: "200"}, **EUROS), IN_CAD),
        (line("a", "99.99", submitted_amount=Decimal(15500), submitted_currency="JPY"), {}),
    ],
)
def test_where_it_cannot_be_stated_the_memo_says_it(one, posting):
    config = configuration(**{**POSTING, **SPENT, "company_paid": {"target": "none"}, **posting})
    plan = plan_report(report(one), [one], KNOWN, config, today=TODAY)
    (document,) = [found for found in plan.documents if found.kind is DocumentKind.EXPENSE_REPORT]
    (first, *_) = document.lines
    assert first.spent is None
    assert first.memo.endswith(f"({one.submitted_amount} {one.submitted_currency})")


def test_the_memo_says_it_however_long_it_is():
    one = line("a", "99.99", submitted_amount=Decimal(15500), submitted_currency="JPY", reason="long " * 300)
    (found,) = lines_of(one, lengths={"memo": 60})
    assert (len(found.memo) <= 60, found.memo.endswith("(15500 JPY)")) == (True, True)


def test_what_the_company_paid_states_it_too_and_other_forms_are_as_they_were():
    paid = {"target": "expense_report", "expense_report": {"payment_type": "Company card"}}
    config = configuration(**POSTING, **SPENT, company_paid=paid)
    one = card_line("a", "99", "T", **EUROS)
    (document,) = plan_report(report(one), [one], KNOWN, config, today=TODAY).documents
    assert document.lines[0].spent is not None
    without = replace(document, lines=(replace(document.lines[0], spent=None),))
    assert b"spent" not in without.canonical()
