"""Amounts of yen and dinar, wherever a person reads them: with as many decimals as their currency has."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.expense_company import report_id

YEN, DINAR = "1,200 JPY", "12.500 KWD"
#: However it is written otherwise.
WRONG = re.compile(r"1,?200\.0|12\.50(?!0)|12\.5(?!0)")


@pytest.fixture
def abroad(company, decides):
    """A report in yen and one in dinar that wait, and one in yen that is posted."""
    for number, amount, currency in ((1, "1200.00", "JPY"), (2, "12.50", "KWD")):
        line = {"Amount": amount, "ReimAmount": amount, "Currency": currency}
        company.report(number, line, Currency=currency, Reimbursed=True)
    company.report(3)
    company.sync()
    company.sql("ALTER TABLE ledger.document DISABLE TRIGGER USER")
    company.sql("UPDATE ledger.document SET currency = 'JPY', total = 1200")
    return company


@pytest.mark.parametrize("path", ["waiting", "decisions"])
def test_what_waits_is_told_with_the_decimals_of_its_currency(abroad, browser, path):
    text = browser("user").get(f"/connector/{path}").text
    assert YEN in text
    assert DINAR in text
    assert not WRONG.findall(text)


def test_a_report_is_told_with_the_decimals_of_its_currency(abroad, browser):
    for number, shown in ((1, YEN), (2, DINAR)):
        text = browser("user").get(f"/connector/expense_sync/reports/{report_id(number)}").text
        assert shown in text
        assert not WRONG.findall(text)


def test_ledger_home_and_load_tell_what_was_posted_likewise(abroad, browser):
    for path in ("ledger", "", "expense_sync/loads/1"):
        text = browser("user").get(f"/connector/{path}").text
        assert YEN in text, path
        assert not WRONG.findall(text), path


def test_a_file_has_the_same_decimals_and_no_separators(abroad, browser):
    rows = csv.DictReader(io.StringIO(browser("viewer").get("/connector/waiting.csv").text))
    assert {(row["amount"], row["currency"]) for row in rows} == {("1200", "JPY"), ("12.500", "KWD")}
