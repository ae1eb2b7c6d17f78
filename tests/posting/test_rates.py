"""Documents in another currency than the books', by the rate that the company gives itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.configuration.currencies import Currencies
from tests.expense_company import DAY
from tests.posting.test_gl_journals import JOURNAL, books, journals

__all__ = ["books"]

OURS = {"currency": "USD", "base": "CAD", "rate": "1.2345"}
CANADA = {"EmpGLD1Code": "200", "EmpGLD1Name": "Acme Canada"}


def rates(*rows: dict[str, str]) -> dict[str, dict[str, list[dict[str, str]]]]:
    return {"currencies": {"rates": [{**OURS, "since": "2020-01-01", **row} for row in rows]}}


@pytest.mark.parametrize("kind", ["bill", "card", "journal"])
def test_intacct_converts_by_it(books, kind):
    books.configure(**rates({}), company_paid=JOURNAL if kind == "journal" else {"target": "credit_card_transaction"})
    books.report(1, ("100", "100" if kind == "bill" else "0"), **CANADA)
    assert books.sync() == {"applied": 1}
    name, amount = {"bill": ("APBILL", "TOTALENTERED"), "card": ("CCTRANSACTION", "TOTALENTERED")}.get(
        kind, ("GLBATCH", "")
    )
    (record,) = books.sandbox.state("intacct", name)
    if kind == "journal":
        assert {line["AMOUNT"] for line in record["ENTRIES"]} == {"123.45"}
        assert {line["EXCHANGE_RATE"] for line in record["ENTRIES"]} == {"1.2345"}
    else:
        assert (record["EXCHANGE_RATE"], Decimal(record[amount])) == ("1.2345", Decimal("123.45"))
    assert books.states() == {"in_gl": 1}
    books.reconcile()
    assert books.states() == {"in_gl": 1}


@pytest.mark.parametrize("sign", ["negative", "positive"])
def test_intacct_converts_an_adjustment_by_it(books, sign):
    books.configure(**rates({}), credits={"employee_paid": "adjustment", "adjustment_sign": sign})
    books.sandbox.settings(adjustment_lowers=sign)
    books.report(1, ("-100", "-100"), **CANADA)
    assert books.sync() == {"applied": 1}
    (record,) = books.sandbox.state("intacct", "APADJUSTMENT")
    assert (record["EXCHANGE_RATE"], abs(Decimal(record["TOTALENTERED"]))) == ("1.2345", Decimal("123.45"))
    assert books.states() == {"in_gl": 1}


def test_a_day_without_a_rate_waits_and_the_row_that_is_told_cures_it(books):
    books.configure(**rates({"since": str(DAY + timedelta(days=1))}))
    mine = books.report(1, **CANADA)
    assert books.sync() == {}
    assert books.held() == {mine: {"currency"}}
    (row,) = books.sql("SELECT cure FROM plan.change WHERE action = 'hold'")
    assert f"`- {{currency: USD, base: CAD, since: {DAY}, rate: RATE}}`" in row["cure"]
    books.configure(**rates({"since": str(DAY + timedelta(days=1))}, {"since": str(DAY), "rate": "1.5"}))
    assert books.sync() == {"applied": 1}
    assert books.sandbox.state("intacct", "APBILL")[0]["EXCHANGE_RATE"] == "1.5"


def test_a_rate_type_converts_the_pairs_that_are_not_named(books):
    books.configure(**rates({"base": "EUR"}))
    books.report(1, **CANADA)
    assert books.sync() == {"applied": 1}
    assert books.sandbox.state("intacct", "APBILL")[0]["EXCH_RATE_TYPE_ID"] == "Intacct Daily Rate"


def test_a_journal_keeps_four_decimals_and_waits_with_more(books):
    books.configure(**rates({"rate": "1.23456"}), company_paid=JOURNAL)
    mine = books.report(1, ("100", "0"), **CANADA)
    assert books.sync() == {}
    ((rule,),) = books.held().values()
    assert rule in books.held()[mine]
    assert journals(books) == {}


def test_a_document_that_a_closed_period_moves_takes_the_rate_of_its_new_day(books):
    later = DAY + timedelta(days=1)
    rows = ({"since": str(DAY - timedelta(days=9)), "rate": "1.1"}, {"since": str(later), "rate": "1.2"})
    books.configure(**rates(*rows), closed_periods={"policy": "next_open_day"})
    books.report(1, **CANADA)
    planned = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="200", subledger="AP")
    assert books.load(*planned) == {"applied": 1}
    (bill,) = books.sandbox.state("intacct", "APBILL")
    assert bill["WHENPOSTED"] > f"{DAY:%m/%d/%Y}"
    assert bill["EXCHANGE_RATE"] == "1.2"


def test_what_was_converted_by_it_is_adopted_after_the_loss_of_the_ledger(books):
    books.configure(**rates({}))
    books.report(1, ("100", "100"), ("50", "0"), **CANADA)
    assert books.sync() == {"applied": 1}
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert books.states() == {"in_gl": 2}


def test_where_the_new_day_has_no_rate_it_waits(books):
    rows = ({"since": str(DAY - timedelta(days=9)), "until": str(DAY), "rate": "1.1"},)
    books.configure(**rates(*rows), closed_periods={"policy": "next_open_day"})
    mine = books.report(1, **CANADA)
    planned = books.plan()
    books.sandbox.act("close_period", date=str(DAY), entity="200", subledger="AP")
    assert books.load(*planned) == {"rejected": 1}
    assert books.sync() == {}
    assert books.held() == {mine: {"currency"}}


days = st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 3, 1))


@given(st.dictionaries(days, st.decimals("0.0001", "99", places=4), max_size=6), days)
def test_the_newest_row_of_a_pair_counts(rows, day):
    settings = Currencies.model_validate(
        {"rates": [{"currency": "USD", "base": "CAD", "since": since, "rate": rate} for since, rate in rows.items()]}
    )
    known = sorted(since for since in rows if since <= day)
    assert settings.rate("USD", "CAD", day) == (rows[known[-1]] if known else None)
    assert settings.rate("CAD", "USD", day) is None
