"""What is owed to employees as expense reports of Intacct: posted, read back, approved, declined, lost, changed, each once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, document_number, report_id

IN_EXPENSES = {"target": "expense_report"}
ANA = {"EMPLOYEEID": "E-1007", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "STATUS": "active", "STARTDATE": "01/01/2020"}
number = partial(document_number, letter="E")


@pytest.fixture
def books(company) -> Company:
    """The small company, whose employees' part goes into Expenses."""
    company.sandbox.load("intacct", "EMPLOYEE", [ANA])
    company.sandbox.load(
        "intacct", "EXPENSEPAYMENTTYPE",
        [
            {"NAME": "Out of pocket", "NONREIMBURSABLE": "false", "STATUS": "active"},
            {"NAME": "Company card", "NONREIMBURSABLE": "true", "OFFSETACCTNO": "2050", "STATUS": "active"},
        ],
    )  # fmt: skip
    company.sandbox.load(
        "intacct", "EEACCOUNTLABEL",
        [{"ACCOUNTLABEL": "Lodging", "DESCRIPTION": "Lodging", "GLACCOUNTNO": "6220", "STATUS": "active"}],
    )  # fmt: skip
    company.configure(employee_paid=IN_EXPENSES)
    return company


def reports(company: Company) -> dict[str, list[dict[str, Any]]]:
    """Expense reports in Intacct by number, without what reversed others."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in company.sandbox.state("intacct", "EEXPENSES"):
        if record["STATE"] != "Reversal":
            found.setdefault(record["RECORDID"], []).append(record)
    return found


def only(company: Company) -> dict[str, Any]:
    ((record,),) = reports(company).values()
    return record


def act(company: Company, action: str, report: int = 1, **more: Any) -> None:
    ((record,),) = [reports(company)[number(report)]]
    company.sandbox.act(action, object="EEXPENSES", record=record["RECORDNO"], **more)


def test_what_is_owed_is_an_expense_report_that_waits_for_approval_and_is_in_the_ledger_after_it(books):
    books.report(1, ("100.10", "100.10"), ("-7.25", "-7.25"), {"Amount": "50", "ReimAmount": "20"})
    assert books.sync() == {"applied": 1}
    record = reports(books)[number(1)][0]
    shown = ("EMPLOYEEID", "STATE", "DESCRIPTION", "WHENCREATED", "WHENPOSTED")
    day = f"{DAY:%m/%d/%Y}"
    assert {name: record[name] for name in shown} == {
        "EMPLOYEEID": "E-1007", "STATE": "Submitted", "DESCRIPTION": "104001 Trip 1 Ana Ruiz", "WHENCREATED": day, "WHENPOSTED": day,
    }  # fmt: skip
    assert Decimal(record["TRX_TOTALENTERED"]) == Decimal("112.85")
    lines = record["EEXPENSESITEMS"]
    assert [Decimal(line["TRX_AMOUNT"]) for line in lines] == [Decimal("100.10"), Decimal("-7.25"), Decimal("20.00")]
    assert {(line["GLACCOUNTNO"], line["LOCATIONID"], line["DEPARTMENTID"]) for line in lines} == {
        ("6220", "100", "30")
    }
    assert {line["ENTRY_DATE"] for line in lines} == {f"{DAY - timedelta(days=5):%m/%d/%Y}"}
    assert {(line["ENTRYDESCRIPTION"], line["DESCRIPTION2"].split(" ", 1)[1]) for line in lines} == {
        ("Hotel <Ünïon> & Co", "Hotel Hotel <Ünïon> & Co: Client visit")
    }
    assert (books.bills(), books.states()) == ({}, {"accepted": 1, "in_gl": 1})
    act(books, "approve")
    assert books.sync() == {}
    books.reconcile()
    assert books.states() == {"in_gl": 2}


def test_what_is_declined_is_named_and_followed_when_it_is_submitted_again(books):
    books.report(1)
    books.sync()
    act(books, "decline")
    books.reconcile()
    assert books.states() == {"declined": 1}
    books.sync()
    assert books.held()[report_id(1)] == {"declined"}
    act(books, "edit_document", changes={"STATE": "Submitted"})
    act(books, "approve")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


@pytest.mark.parametrize("word", ["Submitted", "Resubmitted"])
def test_what_is_handed_in_again_is_on_its_way_whatever_intacct_calls_it(books, word):
    """Resubmitted stands among the words of STATE that a live company told `lookup`: github.com/CPAanalytics/intacct_sdk."""
    books.sandbox.settings(expense_resubmitted=word)
    books.report(1)
    books.sync()
    act(books, "decline")
    books.reconcile()
    act(books, "submit")
    assert [one["STATE"] for one in books.sandbox.state("intacct", "EEXPENSES")] == [word]
    books.reconcile()
    assert books.states() == {"accepted": 1}
    assert books.held() == {}
    act(books, "approve")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_where_intacct_asks_nobody_it_is_in_the_ledger_at_once(books):
    books.sandbox.settings(expense_approval=False)
    books.report(1)
    books.sync()
    assert books.states() == {"in_gl": 1}
    act(books, "pay")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_a_draft_stays_one_until_somebody_submits_it(books):
    books.configure(employee_paid={**IN_EXPENSES, "expense_report": {"state": "draft"}})
    books.report(1)
    assert books.sync() == {"applied": 1}
    assert only(books)["STATE"] == "Draft"
    assert books.states() == {"accepted": 1}


def test_expense_types_and_a_payment_type(books):
    books.configure(
        employee_paid={**IN_EXPENSES, "expense_report": {"expense_types": {"Hotel": "Lodging"}, "payment_type": "Out of pocket"}}
    )  # fmt: skip
    books.report(1, ("100", "100"))
    books.report(2, {"Amount": "5", "ReimAmount": "5", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"})
    assert books.sync(validate=True) == {"applied": 1}
    (line,) = only(books)["EEXPENSESITEMS"]
    assert (line["ACCOUNTLABEL"], line["GLACCOUNTNO"], line["EXPPMTTYPE"]) == ("Lodging", "6220", "Out of pocket")
    assert books.held() == {report_id(2): {"category_unmapped"}}


def test_what_the_company_paid_is_a_report_of_its_own_that_is_owed_to_nobody(books):
    by_card = {"target": "expense_report", "expense_report": {"payment_type": "Company card"}}
    books.configure(employee_paid=IN_EXPENSES, company_paid=by_card)
    books.report(1, ("100", "100"), ("30", "0"), ("12", "2"))
    assert books.sync() == {"applied": 1}
    owed, paid = (reports(books)[number(1, ordinal)][0] for ordinal in (1, 2))
    assert [Decimal(record["TRX_TOTALDUE"]) for record in (owed, paid)] == [Decimal(102), Decimal(0)]
    assert {line["EXPPMTTYPE"] for line in paid["EEXPENSESITEMS"]} == {"Company card"}
    assert books.states() == {"accepted": 2}
    assert books.sync() == {}


@pytest.mark.parametrize(
    ("payer", "name"), [("employee", "Company card"), ("company", "Out of pocket"), ("employee", "Barter")]
)
def test_a_payment_type_that_says_otherwise_holds(books, payer, name):
    books.configure(**{f"{payer}_paid": {**IN_EXPENSES, "expense_report": {"payment_type": name}}})
    books.report(1, ("30", "0") if payer == "company" else ("30", "30"))
    assert books.sync() == {}
    assert books.held() == {report_id(1): {"payment_type"}}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"STATUS": "inactive"}, "employee_inactive"),
        ({"PERSONALINFO.CONTACTNAME": "Bo Öst"}, "employee_is_someone_else"),
        ({"STARTDATE": f"{DAY + timedelta(days=1):%m/%d/%Y}"}, "employee_starts_later"),
        ({"EMPLOYEEID": "E-1007 "}, "employee_missing"),
    ],
)
def test_the_employee_is_proven_anew(company, changes, rule):
    company.sandbox.load(
        "intacct", "CONTACT", [{"CONTACTNAME": "Bo Öst", "PRINTAS": "Bo Öst", "EMAIL1": "b@example.com"}]
    )
    company.sandbox.load("intacct", "EMPLOYEE", [ANA | changes])
    company.configure(employee_paid=IN_EXPENSES)
    company.report(1)
    assert company.sync() == {}
    assert company.held() == {report_id(1): {rule}}
    assert reports(company) == {}


def test_an_employee_id_that_leads_to_another_employee_waits_for_a_person(books):
    books.report(1)
    books.sync()
    ((before,),) = [books.sandbox.state("intacct", "EMPLOYEE")]
    books.sandbox.act("delete", object="EMPLOYEE", record=before["RECORDNO"])
    books.sandbox.load("intacct", "EMPLOYEE", [ANA])
    books.report(2)
    assert books.sync(refresh=True) == {}
    assert books.held() == {report_id(2): {"employee_link_changed"}}
    books.decide(report_id(2))
    assert books.sync(refresh=True) == {"applied": 1}


def test_it_is_never_posted_beside_a_bill_for_the_same_part(books):
    books.configure(employee_paid={"target": "ap_bill"})
    books.report(1)
    books.sync()
    books.configure(employee_paid=IN_EXPENSES)
    books.report(2)
    assert books.sync() == {"applied": 1}
    assert (list(books.bills()), list(reports(books))) == ([number(1, letter="B")], [number(2)])


def test_where_entities_keep_books_in_different_currencies_it_is_made_inside_the_entity(books):
    books.report(1, EmpGLD1Code="200")
    assert books.sync() == {"applied": 1}
    record = only(books)
    assert (record["MEGAENTITYID"], record["CURRENCY"], record["BASECURR"]) == ("200", "USD", "CAD")
    assert Decimal(record["TRX_TOTALENTERED"]) == Decimal("100.10")
    assert books.states() == {"accepted": 1}
    assert books.sync() == {}


def test_receipts_hang_on_it(books):
    books.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1"})
    books.receipt("x", "r-1")
    books.sync()
    assert only(books)["SUPDOCID"] == identity.token("sandbox", report_id(1))


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    books.report(1)
    books.sync()
    for report in (2, 3):
        books.report(report)
    books.sandbox.fault(side="intacct", match="create_expensereport", kind=kind, times=1)
    books.until_settled()
    assert {name: len(found) for name, found in reports(books).items()} == {number(report): 1 for report in (1, 2, 3)}
    assert books.states() == {"accepted": 3}
    assert books.open_items() == {}


def test_a_restored_database_adopts_what_was_posted_since(books):
    books.report(1, ("10", "10"), ("-3", "-3"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert [len(found) for found in reports(books).values()] == [1]
    assert books.states() == {"accepted": 1}


def test_what_clerks_do_to_it_is_noticed(books):
    for report in (1, 2, 3):
        books.report(report)
    books.sync()
    act(books, "edit_document", 1, amount="99.00")
    act(books, "approve", 2)
    act(books, "reverse", 2)
    act(books, "delete", 3)
    books.reconcile()
    assert books.states() == {"altered": 1, "reversed": 1, "deleted": 1}


def test_one_that_somebody_typed_waits_for_a_person(books):
    typed = {
        "EMPLOYEEID": "E-1007",
        "RECORDID": "BY-HAND-1",
        "WHENCREATED": f"{DAY:%m/%d/%Y}",
        "STATE": "Approved",
        "CURRENCY": "USD",
    }
    amounts = {
        "TRX_TOTALENTERED": "100.10",
        "EEXPENSESITEMS": [{"GLACCOUNTNO": "6220", "TRX_AMOUNT": "100.10", "LOCATIONID": "100"}],
    }
    books.sandbox.load("intacct", "EEXPENSES", [typed | amounts])
    books.report(1)
    assert books.sync() == {"held": 1}


def test_the_books_of_expenses_are_closed_by_themselves(books):
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="AP")
    books.report(1)
    assert books.sync() == {"applied": 1}
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="EE")
    books.report(2)
    assert books.sync() == {"rejected": 1}
    assert books.sync() == {}
    assert books.held()[report_id(2)] == {"closed_period"}


def test_what_cannot_be_made_of_a_negative_total_is_held(books):
    books.report(1, ("-10", "-10"))
    assert books.sync() == {}
    assert books.held() == {report_id(1): {"negative_document"}}


def test_both_sides_are_reconciled(books):
    books.report(1, ("100.10", "100.10"), ("30", "0"))
    load, run = books.plan()
    books.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    rows = books.sql("SELECT kind, bucket, amount FROM ops.reconciliation WHERE load_id = %s AND amount <> 0", load)
    found = {(row["kind"], row["bucket"]): row["amount"] for row in rows}
    assert found["expense_report", "in_intacct"] == Decimal("100.10")
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []


def test_a_project_whose_status_prevents_expenses_holds_the_report(books):
    prevents = {"PREVENTEXPENSE": "true", "PREVENTAPPO": "false"}
    books.sandbox.load("intacct", "PROJECT", [{"PROJECTID": "P-1", "NAME": "Bridge", "STATUS": "active", **prevents}])
    books.configure(employee_paid=IN_EXPENSES, dimensions={"project": {"certify": "report_gld/2"}})
    report = books.report(1, {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": "P-1"})
    assert books.sync() == {}
    assert books.held() == {report: {"project_status"}}
    (found,) = books.sandbox.state("intacct", "PROJECT")
    changes = {"PREVENTEXPENSE": "false"}
    books.sandbox.act("edit_document", object="PROJECT", record=found["RECORDNO"], changes=changes)
    assert books.sync(refresh=True) == {"applied": 1}
    (line,) = only(books)["EEXPENSESITEMS"]
    assert line["PROJECTID"] == "P-1"
