"""Facts of a real company of 2025: what its `lookup` told of accounts, terms and expense reports, and what follows for posting.

Where they stand: github.com/CPAanalytics/intacct_sdk, fixtures/lookup (the answers of a live company to `lookup` of 260 objects).
GLACCOUNT has the flags of the dimensions in use alone, APTERM the words of its list, EEXPENSES those of STATE.
"""

from __future__ import annotations

import pytest

from tests.expense_company import Company

#: The flags that this company does not show: it has no tasks, contracts and warehouses as dimensions. Another one may lack any.
NOT_SHOWN = ["REQUIRETASK", "REQUIRECONTRACT", "REQUIREWAREHOUSE"]
ANY = [
    *NOT_SHOWN,
    "REQUIREPROJECT",
    "REQUIRECUSTOMER",
    "REQUIREVENDOR",
    "REQUIREEMPLOYEE",
    "REQUIREITEM",
    "REQUIRECLASS",
]


@pytest.mark.parametrize("hidden", [NOT_SHOWN, ANY])
def test_accounts_are_read_where_dimensions_are_not_in_use(company: Company, hidden: list[str]) -> None:
    company.sandbox.settings(hidden_fields={"GLACCOUNT": hidden})
    company.report(1)
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize("unreadable", ["REQUIRETASK", "SUBLEDGERCONTROLON"])
def test_a_flag_that_cannot_be_read_hides_no_other(company: Company, unreadable: str) -> None:
    company.sandbox.settings(unreadable_fields={"GLACCOUNT": [unreadable]})
    account = {"ACCOUNTNO": "6400", "TITLE": "Fees", "STATUS": "active", "REQUIREPROJECT": "true"}
    company.sandbox.load("intacct", "GLACCOUNT", [account])
    waiting = company.report(1, {"Amount": "1", "ReimAmount": "1", "ExpenseCategoryGLCode": "6400"})
    company.report(2)
    assert company.sync() == {"applied": 1}
    assert company.held() == {waiting: {"dimension_required"}}


#: Those of the list that count days from the bill's date are one; this one goes on to the end of the month.
TO_THE_END = "from invoice/bill date extending to eom"


@pytest.mark.parametrize(
    ("word", "due"),
    [
        ("from invoice/bill date", True),
        (TO_THE_END, False),
        ("of the month of invoice/bill date", False),
        ("of next month from invoice/bill date", False),
        ("after end of month of invoice/bill date", False),
    ],
)
def test_a_term_s_days_are_added_where_they_count_from_the_bill(company: Company, word: str, due: bool) -> None:
    company.sandbox.load("intacct", "APTERM", [{"NAME": "T", "DESCRIPTION": "T", "DUEDATE": "10", "DUEFROM": word}])
    company.configure(employee_paid={"due": {"rule": "term", "term": "T"}})
    report = company.report(1)
    assert company.sync() == ({"applied": 1} if due else {})
    assert company.held() == ({} if due else {report: {"term_due_date"}})
