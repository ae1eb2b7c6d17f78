"""Parts of reports below zero as expense adjustments: whose they are, which sign they have, and that each stands once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company, document_number, report_id
from tests.posting.test_adjustments import ledger_of_intacct
from tests.posting.test_expense_reports import ANA, IN_EXPENSES

OBJECT = "EXPENSEADJUSTMENTS"
CREDITS = {"employee_paid": "adjustment", "expense_adjustment_sign": "positive"}
number = partial(document_number, letter="X")


@pytest.fixture
def books(company) -> Company:
    """The small company, whose employees' part goes into Expenses and their refunds become expense adjustments."""
    company.sandbox.load("intacct", "EMPLOYEE", [ANA])
    company.sandbox.settings(expense_adjustment_lowers="positive")
    company.configure(employee_paid=IN_EXPENSES, credits=CREDITS)
    return company


def adjustments(company: Company) -> dict[str, dict[str, Any]]:
    """Expense adjustments in Intacct by number, each of which is there once, without what reversed others."""
    found: dict[str, dict[str, Any]] = {}
    for record in company.sandbox.state("intacct", OBJECT):
        if record["STATE"] != "Reversal":
            assert record["RECORDID"] not in found
            found[record["RECORDID"]] = record
    return found


def totals(company: Company) -> dict[str, Decimal]:
    return {name: Decimal(record["TRX_TOTALENTERED"]) for name, record in adjustments(company).items()}


def act(company: Company, action: str, report: int = 1, **more: Any) -> None:
    record = adjustments(company)[number(report)]
    company.sandbox.act(action, object=OBJECT, record=record["RECORDNO"], **more)


def cure_of(company: Company, rule: str) -> str:
    """What a person is told to do."""
    (row,) = company.sql("SELECT DISTINCT cure FROM plan.change WHERE rule = %s", rule)
    return row["cure"]


EACH_WAY = pytest.mark.parametrize("shown", ["as_entered", "owed"])
EACH_SIGN = pytest.mark.parametrize("sign", ["negative", "positive"])


@EACH_WAY
@EACH_SIGN
def test_a_refund_lowers_what_the_employee_gets_whichever_sign_does_and_however_it_is_shown(books, sign, shown):
    books.configure(employee_paid=IN_EXPENSES, credits=CREDITS | {"expense_adjustment_sign": sign})
    books.sandbox.settings(expense_adjustment_lowers=sign, expense_adjustment_amounts=shown, gl_trace=True)
    books.report(1, ("-10.50", "-10.50"), ("-2", "-2"))
    assert books.sync() == {"applied": 1}
    record = adjustments(books)[number(1)]
    assert (record["EMPLOYEEID"], record["STATE"], record["DESCRIPTION"]) == (
        "E-1007", "Posted", "104001 Trip 1 Ana Ruiz",
    )  # fmt: skip
    lines = record[f"{OBJECT}ITEMS"]
    assert {(line["GLACCOUNTNO"], line["LOCATIONID"], line["DEPARTMENTID"]) for line in lines} == {
        ("6220", "100", "30")
    }
    assert {line["ENTRY_DATE"] for line in lines} == {f"{DAY - timedelta(days=5):%m/%d/%Y}"}
    assert {line["ENTRYDESCRIPTION"].split(" ", 1)[1] for line in lines} == {"Hotel Hotel <Ünïon> & Co: Client visit"}
    assert abs(totals(books)[number(1)]) == Decimal("12.50")
    assert ledger_of_intacct(books) == {"2000": Decimal("12.50"), "6220": Decimal("-12.50")}
    assert (books.sandbox.state("intacct", "EEXPENSES"), books.states()) == ([], {"in_gl": 1})
    books.reconcile()
    assert (books.states(), books.sync(), books.open_items()) == ({"in_gl": 1}, {}, {})


def test_the_first_is_sent_alone_and_what_is_owed_waits_for_none(books):
    for report in (1, 2, 3):
        books.report(report, ("-10", "-10"))
    books.report(4, ("20", "20"), ("-5", "-5"))
    assert books.sync() == {"applied": 2, "held": 2}
    assert (len(adjustments(books)), len(books.sandbox.state("intacct", "EEXPENSES"))) == (1, 1)
    assert books.sync() == {"applied": 2}
    assert set(totals(books).values()) == {Decimal(10)}
    assert books.states() == {"in_gl": 3, "accepted": 1}


def test_a_wrong_sign_stops_the_kind_and_the_other_one_is_posted_once_the_first_is_reversed(books):
    books.sandbox.settings(expense_adjustment_lowers="positive", expense_adjustment_amounts="owed", gl_trace=True)
    books.configure(employee_paid=IN_EXPENSES, credits=CREDITS | {"expense_adjustment_sign": "negative"})
    for report in (1, 2):
        books.report(report, ("-10", "-10"))
    assert books.sync() == {"applied": 1, "held": 1}
    assert books.states() == {"altered": 1}
    (waiting,) = books.waiting(report_id(2))
    assert waiting.rules == ("first_credit",)
    assert books.sync() == {"held": 1}
    # What the waiting item says: reversed in Intacct, and the sign corrected.
    act(books, "reverse")
    books.configure(employee_paid=IN_EXPENSES, credits=CREDITS)
    books.reconcile()
    assert books.sync() == {"applied": 1}
    books.decide(report_id(1))
    assert books.sync() == {"applied": 1}
    assert books.states() == {"reversed": 1, "in_gl": 2}
    # The general ledger of the sandbox has no reversals: two credits less the one that was wrong.
    assert ledger_of_intacct(books)["2000"] == Decimal(10)


@pytest.mark.parametrize("credit", ["hold", "negative"])
def test_where_nobody_asked_for_adjustments_it_waits_and_says_how_it_could_be_one(books, credit):
    books.configure(employee_paid=IN_EXPENSES, credits={"employee_paid": credit})
    books.report(1, ("-10", "-10"))
    assert books.sync() == {}
    assert books.held() == {report_id(1): {"negative_document"}}
    assert "posting.credits.employee_paid: adjustment" in cure_of(books, "negative_document")
    books.configure(employee_paid=IN_EXPENSES, credits=CREDITS)
    assert books.sync() == {"applied": 1}
    assert totals(books) == {number(1): Decimal(10)}


MIXED = (("-10", "-10"), ("3", "3"))


def test_lines_of_both_signs_wait_and_may_be_divided_in_certify(books):
    books.report(1, *MIXED)
    assert books.sync() == {}
    (waiting,) = books.waiting(report_id(1))
    assert waiting.rules == ("negative_document",)
    assert "the lines of an expense adjustment must all be below zero" in waiting.reason
    # No expense report is below zero: that way is not offered.
    cure = cure_of(books, "negative_document")
    assert ("posting.credits" in cure, "have the report divided in Certify" in cure) == (False, True)
    books.sandbox.act("unprocess", report=report_id(1))
    books.report(2, MIXED[0])
    books.report(3, MIXED[1])
    assert books.sync() == {"applied": 2}
    # The hold is gone; the report that was sent back is looked at again once it is processed.
    assert (totals(books), books.held()) == ({number(2): Decimal(10)}, {})


def test_lines_of_both_signs_wait_and_may_be_booked_by_hand(books):
    books.report(1, *MIXED)
    books.sync()
    by_hand = {
        "RECORDID": "BY HAND",
        "EMPLOYEEID": "E-1007",
        "CURRENCY": "USD",
        "TRX_TOTALENTERED": "-7",
        "STATE": "Posted",
    }
    books.sandbox.load("intacct", OBJECT, [by_hand])
    (record,) = adjustments(books).values()
    books.decide(report_id(1), "booked_by_hand", record_no=record["RECORDNO"])
    load, run = books.plan()
    assert books.load(load, run) == {}
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []
    assert books.open_items() == {}


def test_what_intacct_refuses_stays_held_and_is_tried_again(books):
    books.sandbox.settings(custom_fields={OBJECT: {"CUSTOM_FIELD": {"required": True}}})
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"rejected": 1}
    books.sandbox.settings(custom_fields={})
    assert books.sync() == {"applied": 1}
    assert books.states() == {"in_gl": 1}


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    books.report(1, ("-1", "-1"))
    books.sync()
    for report in (2, 3):
        books.report(report, ("-10", "-10"))
    books.sandbox.fault(side="intacct", match="create_expenseadjustmentreport", kind=kind, times=1)
    books.until_settled()
    assert totals(books) == {number(1): Decimal(1), number(2): Decimal(10), number(3): Decimal(10)}
    assert (books.states(), books.open_items()) == ({"in_gl": 3}, {})


@EACH_WAY
@EACH_SIGN
def test_a_restored_database_adopts_what_was_posted_since(books, sign, shown):
    books.configure(employee_paid=IN_EXPENSES, credits=CREDITS | {"expense_adjustment_sign": sign})
    books.sandbox.settings(expense_adjustment_lowers=sign, expense_adjustment_amounts=shown)
    books.report(1, ("-10", "-10"), ("-3", "-3"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert (len(adjustments(books)), books.states()) == (1, {"in_gl": 1})
    (row,) = books.sql("SELECT total FROM ledger.document")
    assert row["total"] == Decimal(-13)
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_what_clerks_do_to_it_is_noticed_and_what_is_gone_is_posted_again(books):
    books.report(9, ("-1", "-1"))
    books.sync()
    for report in (1, 2, 3, 4, 5):
        books.report(report, ("-10", "-10"))
    books.sync()
    act(books, "edit_document", 1, amount="99.00")
    act(books, "reverse", 2)
    act(books, "delete", 3)
    act(books, "pay", 4)
    act(books, "edit_document", 5, line_changes={"GLACCOUNTNO": "6210"})
    books.reconcile()
    assert books.states() == {"altered": 2, "reversed": 1, "deleted": 1, "in_gl": 2}
    books.sync()
    held = {1: "altered_in_intacct", 2: "post_again", 3: "post_again", 5: "altered_in_intacct"}
    assert books.held() == {report_id(report): {rule} for report, rule in held.items()}
    assert "Expenses > Expense adjustments > the adjustment" in cure_of(books, "altered_in_intacct")
    for report in (2, 3):
        books.decide(report_id(report))
    assert books.sync() == {"applied": 2}
    assert {number(2, sequence=2), number(3, sequence=2)} <= totals(books).keys()


@pytest.mark.parametrize(("word", "at_first"), [("Submitted", "accepted"), ("Approved", "in_gl"), ("Posted", "in_gl")])
def test_it_is_followed_whatever_it_is_at_first(books, word, at_first):
    books.sandbox.settings(expense_adjustment_state=word)
    books.report(1, ("-10", "-10"))
    books.sync()
    assert books.states() == {at_first: 1}
    if word != "Submitted":
        return
    act(books, "decline")
    books.reconcile()
    assert books.states() == {"declined": 1}
    act(books, "submit")
    act(books, "approve")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_closed_expenses_hold_it(books):
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="EE")
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"rejected": 1}
    assert books.sync() == {}
    assert books.held() == {report_id(1): {"closed_period"}}


@pytest.mark.parametrize(("name", "total"), [(OBJECT, "-10"), (OBJECT, "10"), ("EEXPENSES", "-10")])
def test_one_that_somebody_entered_waits_for_a_person_whichever_sign_it_has(books, name, total):
    typed = {
        "RECORDID": "BY-HAND-1", "EMPLOYEEID": "E-1007", "WHENCREATED": f"{DAY:%m/%d/%Y}", "STATE": "Posted", "CURRENCY": "USD",
    }  # fmt: skip
    books.sandbox.load("intacct", name, [typed | {"TRX_TOTALENTERED": total}])
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"held": 1}
    (waiting,) = books.waiting(report_id(1))
    assert waiting.rules == ("look_alike",)
    books.decide(report_id(1))
    assert books.sync() == {"applied": 1}


def test_its_receipt_is_attached(books):
    books.report(1, {"Amount": "-10", "ReimAmount": "-10", "ReceiptID": "r-1"})
    books.receipt("x", "r-1")
    load, run = books.plan()
    assert books.load(load, run) == {"applied": 1}
    books.attach(load, run)
    (attachment,) = books.sandbox.state("intacct", "SUPDOC")
    assert adjustments(books)[number(1)]["SUPDOCID"] == attachment["SUPDOCID"]
    assert (books.sync(), books.open_items()) == ({}, {})


@EACH_SIGN
def test_inside_the_entity_of_another_currency_the_currency_is_stated(books, sign):
    books.sandbox.settings(expense_adjustment_lowers=sign)
    books.configure(
        employee_paid=IN_EXPENSES,
        credits=CREDITS | {"expense_adjustment_sign": sign},
        currencies={"exchange_rate_type": "Intacct Daily Rate"},
    )
    books.report(1, ("-10", "-10"))
    books.sync()
    books.report(2, ("-10", "-10"), EmpGLD1Code="200")
    assert books.sync() == {"applied": 1}
    found = {name: (one["CURRENCY"], one["BASECURR"]) for name, one in adjustments(books).items()}
    assert found == {number(1): ("USD", "USD"), number(2): ("USD", "CAD")}
    assert books.states() == {"in_gl": 2}


def test_both_sides_are_reconciled(books):
    books.report(1, ("-10", "-10"))
    books.report(2, ("30", "30"))
    load, run = books.plan()
    books.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    rows = books.sql("SELECT kind, bucket, amount FROM ops.reconciliation WHERE load_id = %s AND amount <> 0", load)
    found = {(row["kind"], row["bucket"]): row["amount"] for row in rows}
    assert found["expense_adjustment", "in_gl"] == Decimal(-10)
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []


def test_another_setting_moves_nothing_that_was_posted(books):
    books.report(1, ("-10", "-10"))
    books.sync()
    books.configure(employee_paid=IN_EXPENSES)
    books.reconcile()
    assert (books.sync(), books.states()) == ({}, {"in_gl": 1})
