"""A gap in the mappings shows the line of connector.yaml that closes it: copied from the page it does."""

from __future__ import annotations

import html
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.texts import copyable, in_yaml
from tests.expense_company import report_id

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(TEXT)
def test_a_line_is_copied_whole_and_means_what_it_names(name):
    parts = copyable(f"Add `{in_yaml(name)}: ACCOUNT` to posting.accounts.map in connector.yaml.")
    assert [line for _, line in parts] == [False, True, False]
    assert yaml.safe_load(parts[1][0]) == {name: "ACCOUNT"}


def copied(client, page: str) -> str:
    """The one line that the page offers to be copied."""
    (line,) = set(re.findall(r'<code class="copy">(.*?)</code>', client.get(page).text, re.DOTALL))
    return html.unescape(line)


PAGES = ("/connector/waiting", f"/connector/expense_sync/reports/{report_id(1)}")


@pytest.mark.parametrize("page", PAGES)
def test_a_category_without_an_account(company, browser, page):
    company.report(
        1, {"Amount": "10.00", "ReimAmount": "10.00", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": ""}
    )
    company.sync()
    line = copied(browser("viewer"), page)
    assert line == '"Meals": ACCOUNT'
    company.configure(accounts={"map": yaml.safe_load(line.replace("ACCOUNT", '"6220"'))})
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize("page", PAGES)
def test_a_card_without_an_account(company, browser, page):
    company.report(1, {"Amount": "10.00", "ReimAmount": "0.00", "PaymentCardName": "Blue: card", "CCLast": "0042"})
    company.sync()
    (row,) = yaml.safe_load(copied(browser("viewer"), page).replace("CARDID", "CORP-VISA"))
    company.configure(company_paid={"cards": [row]})
    assert company.sync() == {"applied": 1}


def test_a_card_account_that_intacct_does_not_have(company, browser):
    cards = [{"payment_card": "Corporate Visa", "card_id": "CORP-VIZA"}]
    company.configure(company_paid={"cards": cards})
    company.report(1, ("10.00", "0.00"))
    company.sync()
    assert "card_unknown" in browser("viewer").get(PAGES[0]).text
    (row,) = yaml.safe_load(copied(browser("viewer"), PAGES[0]).replace("CARDID", "CORP-VISA"))
    company.configure(company_paid={"cards": [row]})
    assert company.sync() == {"applied": 1}


def test_a_tax_without_a_place(company, browser):
    company.configure(tax={"default": {"mode": "map", "hst_account": "6300"}})
    company.report(1, {"Amount": "12.00", "ReimAmount": "12.00", "VATAmount": "2.00"})
    company.sync()
    lines = [
        html.unescape(one)
        for one in re.findall(r'<code class="copy">(.*?)</code>', browser("viewer").get(PAGES[0]).text)
    ]
    assert lines == ["vat_detail: DETAILID", "reclaim: {VAT: 0}"]
    company.configure(tax={"default": {"mode": "map", "hst_account": "6300", **yaml.safe_load(lines[1])}})
    assert company.sync() == {"applied": 1}
