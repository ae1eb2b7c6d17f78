"""What Intacct paid and Certify does not show as reimbursed, and the reverse, read where both are read in any case."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import KINDS
from certify_intacct.model.payers import Payer
from certify_intacct.model.payments import Difference
from certify_intacct.rules.expenses.reimbursement import paid_elsewhere
from tests.expense_company import DAY, Company, report_id
from tests.reconciliation.test_open_periods import daily, the_bill

OF_EXPENSE_REPORTS = {"target": "expense_report", "date": "today"}


def differences(company: Company) -> dict[str, str]:
    """What the view says of each document of which the two services differ, by report."""
    rows = company.sql("SELECT report_id, difference FROM ledger.payment WHERE difference IS NOT NULL")
    return {row["report_id"]: row["difference"] for row in rows}


def row(company: Company, number: int = 1) -> dict[str, Any]:
    (found,) = company.sql("SELECT * FROM ledger.payment WHERE report_id = %s", report_id(number))
    return found


def pay(company: Company, number: int = 1, amount: str = "", **more: str) -> None:
    company.sandbox.act("pay", object="APBILL", record=the_bill(company, number)["RECORDNO"], amount=amount, **more)


def reimburse(company: Company, number: int = 1, **more: str) -> None:
    company.sandbox.act("reimburse", report=report_id(number), **more)


def test_what_intacct_paid_and_certify_does_not_show_is_listed_until_somebody_marks_it(company):
    company.report(1)
    company.report(2)
    company.sync()
    daily(company)
    assert differences(company) == {}, "nobody was paid, and Certify says so"
    pay(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}
    found = row(company)
    assert (found["approval_code"], found["person"], found["employee_id"]) == ("104001", "Ana Ruiz", "E-1007")
    assert (found["amount"], found["paid"], found["due"]) == (Decimal("100.10"), Decimal("100.10"), Decimal("0.00"))
    assert (found["currency"], found["paid_on"] is not None, found["marked"]) == ("USD", True, False)
    reimburse(company, date=str(DAY))
    daily(company)
    assert differences(company) == {}
    assert (row(company)["marked_on"], row(company)["marked_as"]) == (DAY, "Manual Pay")


def test_what_certify_shows_as_reimbursed_and_intacct_has_not_paid(company):
    company.report(1)
    company.sync()
    reimburse(company, transaction="800412")
    daily(company)
    assert differences(company) == {report_id(1): "marked_not_paid"}
    assert row(company)["marked_as"] == "800412"
    pay(company)
    daily(company)
    assert differences(company) == {}


@pytest.mark.parametrize("marked", [False, True])
def test_what_was_paid_in_part(company, marked):
    company.report(1)
    company.sync()
    pay(company, amount="40.00")
    if marked:
        reimburse(company)
    daily(company)
    found = row(company)
    assert (found["difference"], found["paid"], found["due"]) == ("paid_in_part", Decimal("40.00"), Decimal("60.10"))
    assert (found["paid_on"], found["marked"]) == (None, marked)
    pay(company, amount="60.10")
    daily(company)
    assert differences(company) == ({} if marked else {report_id(1): "paid_not_marked"})


def test_what_was_changed_before_it_was_paid_is_paid_differently(company):
    company.report(1)
    company.sync()
    company.sandbox.act("edit_bill", record=the_bill(company)["RECORDNO"], amount="90.00")
    pay(company)
    reimburse(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_differently"}
    # Also when a person has accepted the bill as it stands: Certify shows another amount all the same.
    company.decide(report_id(1))
    company.sync()
    daily(company)
    assert differences(company) == {report_id(1): "paid_differently"}


def test_a_report_is_to_be_marked_when_all_of_it_is_paid(company):
    company.report(1, ("70", "70"), {"Amount": "30", "ReimAmount": "30", "ExpenseCategoryGLCode": "6300"})
    company.configure(employee_paid={"split_by": ["expense_category"]}) if False else None
    company.report(2, ("50", "50"), ("20", "0"))
    company.sync()
    # What the company's card paid is no part of it.
    pay(company, 2)
    daily(company)
    assert differences(company) == {report_id(2): "paid_not_marked"}


def test_what_waits_of_a_report_has_to_be_posted_before_it_is_marked(company):
    company.report(1)
    company.sync()
    pay(company)
    company.sql(
        "INSERT INTO ledger.open_item (certify_company, report_id, state, load_id) VALUES "
        "((SELECT certify_company FROM ledger.report), %s, 'held', 1)",
        report_id(1),
    )
    daily(company)
    assert differences(company) == {report_id(1): "paid_in_part"}
