"""How fine an amount of a currency may be, and how it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.currencies import amount_text, decimals, money, posted_unit


@pytest.mark.parametrize(
    ("currency", "stated", "posted"),
    [("USD", 2, "0.01"), ("JPY", 0, "1"), ("KRW", 0, "1"), ("KWD", 3, "0.01"), ("CLF", 4, "0.01"), ("XYZ", 2, "0.01")],
)
def test_decimals_are_the_currencys_own_and_intacct_keeps_two(currency, stated, posted):
    assert decimals(currency) == stated
    assert posted_unit(currency) == Decimal(posted)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234567.5", "USD", "1,234,567.50 USD"), ("0.125", "EUR", "0.125 EUR"), ("3", "", "3.00"), ("7", None, "7.00"),
        ("1200.00", "JPY", "1,200 JPY"), ("-1200", "JPY", "-1,200 JPY"), ("0.00", "KRW", "0 KRW"), ("12.5", "JPY", "12.5 JPY"),
        ("12500.50", "KWD", "12,500.500 KWD"), ("1.25", "BHD", "1.250 BHD"), (None, "EUR", "unknown EUR"),
    ],
)  # fmt: skip
def test_an_amount_is_written_with_the_decimals_of_its_currency(amount, currency, written):
    assert money(None if amount is None else Decimal(amount), currency) == written


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4),
    st.sampled_from(["JPY", "USD", "KWD", "CLF", "XYZ", ""]),
)
def test_nothing_of_an_amount_is_lost_when_it_is_written(amount, currency):
    for separator in ("", ","):
        written = amount_text(amount, currency, separator)
        assert Decimal(written.replace(",", "")) == amount
        assert len(written.partition(".")[2]) >= decimals(currency)
