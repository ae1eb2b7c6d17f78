"""What nobody is owed as an expense, booked on an account that the company names for it; and a company's own texts and dates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.expense_company import DAY, Company, report_id
from tests.posting.test_gl_journals import JOURNAL, books, entries, journals, number

__all__ = ["books"]

PRIVATE = {"ExpenseCategory": "Private", "ExpenseCategoryGLCode": "6300"}
ADVANCE = {"ExpenseCategory": "Advance", "ExpenseCategoryGLCode": "6300"}
CLEARING = {
    "already_reimbursed": "clearing_account",
    "already_reimbursed_journal": {"symbol": "EXP", "offset_account": "1090"},
}
PAID = {"Reimbursed": True, "ReimbursedDate": str(DAY), "ReimbursementTransactionID": "800412"}


@pytest.fixture
def policed(books) -> Company:
    """With accounts for what is private, advanced, and paid through somebody else."""
    books.sandbox.load(
        "intacct", "GLACCOUNT",
        [{"ACCOUNTNO": no, "TITLE": title, "STATUS": "active"} for no, title in
         (("1090", "Payments of Certify"), ("1310", "Due from employees"), ("1320", "Advances"))],
    )  # fmt: skip
    books.sandbox.load(
        "certify", "expensecategories", [{"Name": "Advance", "GLCode": "6300", "CashAdvances": 1, "Active": 1}]
    )
    books.configure(
        company_paid=JOURNAL,
        policies={
            "personal": "account", "personal_account": "1310", "cash_advance": "account", "cash_advance_account": "1320", **CLEARING,
        },
    )  # fmt: skip
    return books


def lines(company: Company, name: str, field: str) -> list[tuple[str, Decimal]]:
    """Account and amount of each line of the only record of an object."""
    (record,) = company.sandbox.state("intacct", name)
    return sorted((line["ACCOUNTNO"], Decimal(line["TRX_AMOUNT"])) for line in record[field])


def test_what_is_private_on_a_company_card_is_due_from_the_employee(policed):
    policed.configure(policies={"personal": "account", "personal_account": "1310"})
    policed.report(1, {"Amount": "30", "ReimAmount": "0", **PRIVATE})
    assert policed.sync() == {"applied": 1}
    assert lines(policed, "CCTRANSACTION", "CCTRANSACTIONENTRIES") == [("1310", Decimal(30))]
    assert policed.open_items() == {}


def test_what_is_taken_off_for_it_is_credited_there_and_an_advance_too(policed):
    taken = {"Amount": "-30", "ReimAmount": "-30"}
    policed.report(1, ("100", "100"), {**taken, **PRIVATE}, {"Amount": "-20", "ReimAmount": "-20", **ADVANCE})
    assert policed.sync() == {"applied": 1}
    assert lines(policed, "APBILL", "APBILLITEMS") == [
        ("1310", Decimal(-30)),
        ("1320", Decimal(-20)),
        ("6220", Decimal(100)),
    ]


def test_an_employee_is_not_paid_for_what_is_private_unless_a_person_says_so(policed):
    mine = policed.report(1, ("100", "100"), {"Amount": "30", "ReimAmount": "30", **PRIVATE})
    assert policed.sync() == {}
    assert policed.held() == {mine: {"personal"}}
    (item,) = policed.waiting(mine)
    assert "the employee is to be reimbursed" in item.reason
    policed.decide(mine)
    assert policed.sync() == {"applied": 1}
    assert lines(policed, "APBILL", "APBILLITEMS") == [("6220", Decimal(100)), ("6300", Decimal(30))]


@pytest.mark.parametrize(
    ("word", "category"), [("personal", PRIVATE), ("cash_advance", ADVANCE)], ids=["personal", "cash advance"]
)
def test_the_cure_of_a_marked_category_is_carried_out(policed, word, category):
    policed.configure(company_paid=JOURNAL)
    mine = policed.report(1, {"Amount": "30", "ReimAmount": "0", **category})
    assert policed.sync() == {}
    assert policed.held() == {mine: {word}}
    assert f"posting.policies.{word}: account" in cures(policed)
    policed.configure(company_paid=JOURNAL, policies={word: "account", f"{word}_account": "1310"})
    assert policed.sync() == {"applied": 1}
    assert ("1310", "1", Decimal(30)) in entries(only(policed))


def cures(company: Company) -> str:
    """What people are told to do about all that waits since the newest load."""
    rows = company.sql(
        "SELECT cure FROM plan.change WHERE action = 'hold' AND load_id = (SELECT max(load_id) FROM ops.load)"
    )
    return " ".join(row["cure"] for row in rows)


def only(company: Company) -> dict[str, Any]:
    ((record,),) = journals(company).values()
    return record


def test_an_account_that_intacct_has_not_holds_its_line(policed):
    policed.configure(policies={"personal": "account", "personal_account": "9999"})
    mine = policed.report(1, {"Amount": "30", "ReimAmount": "0", **PRIVATE})
    assert policed.sync() == {}
    assert policed.held() == {mine: {"account_unknown"}}
    assert "Correct posting.policies.personal_account" in cures(policed)


def test_who_was_paid_elsewhere_is_cleared_on_that_day(policed):
    paid_on = DAY + timedelta(days=1)
    policed.report(1, ("100", "100"), ("30", "0"), **{**PAID, "ReimbursedDate": str(paid_on)})
    assert policed.sync() == {"applied": 1}
    own, card = journals(policed)[number(1)][0], journals(policed)[number(1, 2)][0]
    assert sorted(entries(own)) == [("1090", "-1", Decimal(100)), ("6220", "1", Decimal(100))]
    assert own["BATCH_DATE"] == f"{paid_on:%m/%d/%Y}"
    assert ("2055", "-1", Decimal(30)) in entries(card)
    assert policed.bills() == {}
    assert policed.states() == {"in_gl": 2}
    assert policed.sync() == {}


def test_a_payment_that_nobody_can_read_waits_whatever_the_policy(policed):
    mine = policed.report(1, ReimbursementTransactionID="paid?")
    assert policed.sync() == {}
    assert policed.held() == {mine: {"already_reimbursed"}}
    policed.decide(mine)
    assert policed.sync() == {"applied": 1}
    assert journals(policed) == {}
    assert list(policed.bills()) == [number(1, letter="B")]


def test_paid_between_plan_and_sending_and_not_paid_after_all(policed):
    """What was planned as a bill is not sent once it is paid, nor as cleared what is not paid any more; the next run plans it anew."""
    mine = policed.report(1)
    load, run = policed.plan()
    policed.sandbox.act("reimburse", report=mine, transaction="800412")
    assert policed.load(load, run) == {"moved_on": 1}
    load, run = policed.plan()
    undone = {"Reimbursed": False, "ReimbursedDate": "", "ReimbursementTransactionID": ""}
    policed.sandbox.act("edit_report", report=mine, changes=undone)
    assert policed.load(load, run) == {"moved_on": 1}
    assert policed.sync() == {"applied": 1}
    assert (journals(policed), list(policed.bills())) == ({}, [number(1, letter="B")])


LATER = DAY + timedelta(days=1)
UNDONE = {"Reimbursed": False, "ReimbursedDate": "", "ReimbursementTransactionID": ""}


@pytest.mark.parametrize("way", ["accepted", "marked again", "reversed"])
@pytest.mark.parametrize(
    "said", [UNDONE, UNDONE | {"ReimbursementTransactionID": "returned"}], ids=["nothing", "unclear"]
)
def test_what_was_cleared_and_is_paid_by_nobody_after_all_is_named_and_each_way_out_ends_it(policed, way, said):
    """The books say that the employee has the money, and Certify says by now that nobody sent it."""
    mine = policed.report(1, ("100", "100"), ("30", "0"), **PAID)
    policed.report(2, **PAID)
    assert policed.sync() == {"applied": 2}
    policed.sandbox.act("edit_report", report=mine, changes=said)
    policed.sync(LATER)
    assert policed.held() == {mine: {"unpaid_after_all"}}
    (item,) = policed.waiting(mine)
    assert (item.number, item.state) == (number(1), "alarm")
    if way == "accepted":
        policed.decide(mine, reason="paid in cash")
    elif way == "marked again":
        policed.sandbox.act("edit_report", report=mine, changes=PAID)
    else:
        journal = journals(policed)[number(1)][0]["RECORDNO"]
        policed.sandbox.act("edit_report", report=mine, changes=UNDONE)
        policed.sandbox.act("reverse", object="GLBATCH", record=journal)
        for _ in range(2):
            policed.sync(LATER)
        assert [one.rules for one in policed.waiting(mine)] == [("post_again",)]
        policed.decide(mine)
    policed.sync(LATER)
    assert policed.open_items() == {}
    bills = [number(1, letter="B").replace("-1-", "-2-")] if way == "reversed" else []
    assert list(policed.bills()) == bills
    assert policed.sync(LATER) == {}
    assert policed.open_items() == {}


def test_the_cure_of_what_was_paid_elsewhere_is_carried_out(policed):
    policed.configure(company_paid=JOURNAL)
    policed.report(1, **PAID)
    assert policed.sync() == {}
    assert "posting.policies.already_reimbursed: clearing_account" in cures(policed)
    policed.configure(company_paid=JOURNAL, policies=CLEARING)
    assert policed.sync() == {"applied": 1}
    assert ("1090", "-1", Decimal("100.10")) in entries(only(policed))


def test_what_payroll_pays_is_a_journal(policed):
    """The employee needs no vendor for it."""
    policed.configure(employee_paid={"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2055"}})
    line = {"Amount": "100", "ReimAmount": "100", "EmployeeID": "E-4711"}
    policed.report(1, line, EmployeeID="E-4711", FirstName="Cy", LastName="Ng")
    assert policed.sync() == {"applied": 1}
    assert sorted(entries(only(policed))) == [("2055", "-1", Decimal(100)), ("6220", "1", Decimal(100))]
    assert policed.states() == {"in_gl": 1}


SUMMED = {"target": "gl_journal", "journal": {**JOURNAL["journal"], "lines": "summed"}}


def test_what_is_coded_alike_is_one_line_and_refunds_stand_apart(policed):
    policed.configure(company_paid=SUMMED)
    meal = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    policed.report(1, ("10", "0"), ("20.05", "0"), ("-5", "0"), {"Amount": "7", "ReimAmount": "0", **meal})
    assert policed.sync() == {"applied": 1}
    record = only(policed)
    assert sorted(entries(record)) == sorted(
        [
            ("6220", "1", Decimal("30.05")), ("2055", "-1", Decimal("30.05")), ("6220", "-1", Decimal(5)), ("2055", "1", Decimal(5)),
            ("6300", "1", Decimal(7)), ("2055", "-1", Decimal(7)),
        ]
    )  # fmt: skip
    assert record["ENTRIES"][0]["DESCRIPTION"] == "104001 Trip 1 Ana Ruiz: 2 expenses"
    assert policed.states() == {"in_gl": 1}
    policed.reconcile()
    assert policed.states() == {"in_gl": 1}


def test_sums_are_adopted_as_planned_and_others_wait(policed):
    policed.configure(company_paid=SUMMED)
    for report in (1, 2):
        policed.report(report, ("10", "0"), ("20", "0"))
    policed.sync()
    record = journals(policed)[number(2)][0]
    policed.sandbox.act(
        "edit_document", object="GLBATCH", record=record["RECORDNO"], line=1, line_changes={"ACCOUNTNO": "6300"}
    )
    policed.forget_everything_but_the_deployment()
    assert policed.sync() == {"already": 1, "held": 1}
    assert policed.states() == {"in_gl": 1}
    assert policed.open_items() == {report_id(2): "held"}
    assert {name: len(found) for name, found in journals(policed).items()} == {number(1): 1, number(2): 1}


def test_texts_and_dates_are_the_company_s_own(policed):
    policed.configure(
        employee_paid={"date": "report_end_date"},
        texts={
            "description": "{approval_code} of {employee_id}",
            "memo": "{merchant}[ ({reason})] {amount} {currency}",
        },
    )
    policed.report(1, EndDate=str(DAY - timedelta(days=2)))
    assert policed.sync() == {"applied": 1}
    ((bill,),) = policed.bills().values()
    assert bill["WHENPOSTED"] == f"{DAY - timedelta(days=2):%m/%d/%Y}"
    assert bill["DESCRIPTION"] == "104001 of E-1007"
    assert bill["APBILLITEMS"][0]["ENTRYDESCRIPTION"] == "Hotel <Ünïon> & Co (Client visit) 100.10 USD"
    policed.reconcile()
    assert policed.states() == {"in_gl": 1}
