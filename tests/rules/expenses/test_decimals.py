"""An amount is posted only when its currency and Intacct have room for all of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.quality.suites.expense import CERTIFY_EXPENSES
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, line, plan_report, report

ANY_CURRENCY = configuration(currencies={"exchange_rate_type": "Daily"})
CONVERTED = configuration({"base_amounts": "converted"}, currencies={"exchange_rate_type": "Daily"})


def rules(item, currency, config, amount):
    header = report(item, currency=currency, total_amount=amount, reim_amount=amount, non_reim_amount=Decimal(0))
    return {hold.rule for hold in plan_report(header, [item], REFERENCES, config, today=TODAY).all_holds}


@pytest.mark.parametrize(
    ("currency", "amount", "held"),
    [
        ("JPY", "3000.50", True),
        ("JPY", "3000", False),
        ("JPY", "3000.00", False),
        ("KRW", "0.1", True),
        ("KWD", "10.125", True),
        ("KWD", "10.120", False),
        ("USD", "10.005", True),
    ],
)
def test_the_amount_that_is_posted(currency, amount, held):
    found = rules(line("a", amount, currency=currency), currency, ANY_CURRENCY, Decimal(amount))
    assert found == ({"third_decimal"} if held else set())


@pytest.mark.parametrize(
    "stated", ["usd", "Usd", "USD ", "US D", "\uff35\uff33\uff24", "$", "US Dollar", "jpy", "U\u200bSD", "  "]
)
def test_a_currency_that_is_called_otherwise_is_none_whatever_the_rates(stated):
    """By `jpy` nobody knows that yen have no cents, and no limit of a currency is found."""
    assert rules(line("a", "10.50", currency=stated), stated, ANY_CURRENCY, Decimal("10.50")) == {"currency_unknown"}


def test_what_is_meant_is_told():
    item = line("a", "10.50", currency="usd ")
    (hold,) = plan_report(report(item, currency="usd "), [item], REFERENCES, ANY_CURRENCY, today=TODAY).all_holds
    assert "'usd '" in hold.reason
    assert "It looks like 'USD'." in hold.reason


@pytest.mark.parametrize(("plain", "posted", "held"), [("10.125", "33.10", False), ("10.12", "33.105", True)])
def test_an_amount_that_is_not_posted_may_have_any_decimals(plain, posted, held):
    item = line(
        "a",
        plain,
        currency="KWD",
        converted_amount=Decimal(posted),
        converted_reim_amount=Decimal(posted),
        converted_currency="USD",
    )
    assert rules(item, "USD", CONVERTED, Decimal(posted)) == ({"third_decimal"} if held else set())


def test_the_plan_judges_decimals_of_lines_for_it_alone_knows_which_amount_is_posted():
    assert "third_decimal" not in {rule.column for rule in CERTIFY_EXPENSES.rules}


def test_tax_is_as_fine_as_its_currency():
    config = configuration(
        {"base_amounts": "converted"},
        currencies={"exchange_rate_type": "Daily"},
        tax={"default": {"mode": "map", "hst_account": "2310"}},
    )
    item = line(
        "a",
        "113",
        hst_amount=Decimal(13),
        converted_amount=Decimal(17033),
        converted_reim_amount=Decimal(17033),
        converted_currency="JPY",
    )
    header = report(item, currency="JPY", total_amount=Decimal(17033), reim_amount=Decimal(17033))
    (bill,) = plan_report(header, [item], REFERENCES, config, today=TODAY).documents
    assert [item.amount for item in bill.lines] == [Decimal(15073), Decimal(1960)]


@given(st.decimals(min_value=1, max_value=10**6, places=3), st.sampled_from(["JPY", "USD", "KWD", "CLP", "EUR"]))
def test_nothing_is_ever_rounded(amount, currency):
    item = line("a", str(amount), currency=currency)
    header = report(item, currency=currency)
    planned = plan_report(header, [item], REFERENCES, ANY_CURRENCY, today=TODAY)
    whole = amount % 1 == 0 if currency in ("JPY", "CLP") else amount * 100 % 1 == 0
    assert bool(planned.documents) == whole
    assert {hold.rule for hold in planned.all_holds} == (set() if whole else {"third_decimal"})
