"""Parts of reports below zero as AP adjustments: whose they are, which sign they have, and that each stands once."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company, document_number, report_id
from tests.posting.test_card_vendor_bills import VISA

CREDITS = {"employee_paid": "adjustment", "adjustment_sign": "negative"}
CARD = {"company_paid": {"target": "card_vendor_bill", "cards": [VISA]}}
number = partial(document_number, letter="A")


@pytest.fixture
def books(company) -> Company:
    """The small company, in which refunds of employees become AP adjustments, and a vendor that bills a card."""
    company.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "V-VISA", "NAME": "Visa", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    company.configure(credits=CREDITS)
    return company


def adjustments(company: Company) -> dict[str, dict[str, Any]]:
    """AP adjustments in Intacct by number, each of which is there once, without what reversed others."""
    found: dict[str, dict[str, Any]] = {}
    for record in company.sandbox.state("intacct", "APADJUSTMENT"):
        if record["STATE"] != "Reversal":
            assert record["RECORDID"] not in found
            found[record["RECORDID"]] = record
    return found


def totals(company: Company) -> dict[str, Decimal]:
    return {name: Decimal(record["TRX_TOTALENTERED"]) for name, record in adjustments(company).items()}


def act(company: Company, action: str, report: int = 1, **more: Any) -> None:
    record = adjustments(company)[number(report)]
    company.sandbox.act(action, object="APADJUSTMENT", record=record["RECORDNO"], **more)


def ledger_of_intacct(company: Company) -> dict[str, Decimal]:
    """What each account got, debits above zero."""
    found: dict[str, Decimal] = {}
    for batch in company.sandbox.state("intacct", "GLBATCH"):
        for line in batch["ENTRIES"]:
            value = Decimal(line["TR_TYPE"]) * Decimal(line["AMOUNT"])
            found[line["ACCOUNTNO"]] = found.get(line["ACCOUNTNO"], Decimal(0)) + value
    return found


EACH_WAY = pytest.mark.parametrize("shown", ["as_entered", "owed"])
EACH_SIGN = pytest.mark.parametrize("sign", ["negative", "positive"])


@EACH_WAY
@EACH_SIGN
def test_a_refund_lowers_what_the_employee_is_owed_whichever_sign_does_and_however_it_is_shown(books, sign, shown):
    books.configure(credits=CREDITS | {"adjustment_sign": sign})
    books.sandbox.settings(adjustment_lowers=sign, adjustment_amounts=shown, gl_trace=True)
    books.report(1, ("-10.50", "-10.50"), ("-2", "-2"))
    assert books.sync() == {"applied": 1}
    record = adjustments(books)[number(1)]
    assert (record["VENDORID"], record["STATE"], record["DESCRIPTION"]) == (
        "E-1007", "Posted", "104001 Trip 1 Ana Ruiz",
    )  # fmt: skip
    assert {(line["ACCOUNTNO"], line["LOCATIONID"], line["DEPARTMENTID"]) for line in record["APADJUSTMENTITEMS"]} == {
        ("6220", "100", "30")
    }
    assert abs(totals(books)[number(1)]) == Decimal("12.50")
    assert (books.bills(), ledger_of_intacct(books)) == ({}, {"2000": Decimal("12.50"), "6220": Decimal("-12.50")})
    assert books.states() == {"in_gl": 1}
    books.reconcile()
    assert (books.states(), books.sync(), books.open_items()) == ({"in_gl": 1}, {}, {})


def test_the_first_is_sent_alone_and_what_is_owed_waits_for_none(books):
    for report in (1, 2, 3):
        books.report(report, ("-10", "-10"))
    books.report(4, ("20", "20"), ("-5", "-5"))
    assert books.sync() == {"applied": 2, "held": 2}
    assert (len(adjustments(books)), list(books.bills())) == (1, [number(4, letter="B")])
    assert books.sync() == {"applied": 2}
    assert set(totals(books).values()) == {Decimal(-10)}
    assert books.states() == {"in_gl": 4}


def test_a_wrong_sign_stops_the_kind_and_the_other_one_is_posted_once_the_first_is_reversed(books):
    books.sandbox.settings(adjustment_lowers="positive", adjustment_amounts="owed", gl_trace=True)
    for report in (1, 2):
        books.report(report, ("-10", "-10"))
    assert books.sync() == {"applied": 1, "held": 1}
    assert books.states() == {"altered": 1}
    (waiting,) = books.waiting(report_id(2))
    assert waiting.rules == ("first_credit",)
    assert books.sync() == {"held": 1}
    # What the waiting item says: reversed in Intacct, and the sign corrected.
    act(books, "reverse")
    books.configure(credits=CREDITS | {"adjustment_sign": "positive"})
    books.reconcile()
    assert books.sync() == {"applied": 1}
    assert books.held() == {report_id(1): {"post_again"}}
    books.decide(report_id(1))
    assert books.sync() == {"applied": 1}
    assert books.states() == {"reversed": 1, "in_gl": 2}
    # The general ledger of the sandbox has no reversals: two credits less the one that was wrong.
    assert ledger_of_intacct(books)["2000"] == Decimal(10)


def test_with_another_sign_the_first_is_sent_alone_again(books):
    books.report(1, ("-10", "-10"))
    books.sync()
    books.configure(credits=CREDITS | {"adjustment_sign": "positive"})
    for report in (2, 3):
        books.report(report, ("-10", "-10"))
    assert books.sync() == {"applied": 1, "held": 1}
    assert books.sync() == {"applied": 1}


def test_what_intacct_refuses_stays_held_and_is_tried_again(books):
    books.sandbox.settings(adjustment_credits="refuse")
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"rejected": 1}
    books.sandbox.settings(adjustment_credits="accept")
    assert books.sync() == {"applied": 1}
    assert books.states() == {"in_gl": 1}


def test_the_company_s_part_lowers_the_debt_to_the_card_s_vendor(books):
    books.configure(credits={"company_paid": "adjustment", "adjustment_sign": "negative"}, **CARD)
    books.report(1, ("-10", "0"), ("20", "20"))
    assert books.sync() == {"applied": 1}
    record = adjustments(books)[number(1, 2)]
    assert (record["VENDORID"], totals(books)) == ("V-VISA", {number(1, 2): Decimal(-10)})
    assert "(Ana Ruiz)" in record["APADJUSTMENTITEMS"][0]["ENTRYDESCRIPTION"]
    # What the employee is owed did not wait, and an employee's own refund does, for nobody said what becomes of it.
    assert list(books.bills()) == [number(1, letter="B")]
    books.report(2, ("-3", "-3"))
    assert books.sync() == {}
    assert books.held() == {report_id(2): {"negative_document"}}


MIXED = (("-10", "-10"), ("3", "3"))


def test_lines_of_both_signs_wait_and_may_become_a_negative_bill(books):
    books.report(1, *MIXED)
    assert books.sync() == {}
    (waiting,) = books.waiting(report_id(1))
    assert waiting.rules == ("negative_document",)
    assert "the lines of an AP adjustment must all be below zero" in waiting.reason
    books.configure(credits={"employee_paid": "negative"})
    assert books.sync() == {"applied": 1}
    assert (list(books.bills()), adjustments(books)) == ([number(1, letter="B")], {})


def test_lines_of_both_signs_wait_and_may_be_booked_by_hand(books):
    books.report(1, *MIXED)
    books.sync()
    books.sandbox.load(
        "intacct",
        "APADJUSTMENT",
        [{"RECORDID": "BY HAND", "VENDORID": "E-1007", "CURRENCY": "USD", "TRX_TOTALENTERED": "-7", "STATE": "Posted"}],
    )
    (record,) = adjustments(books).values()
    books.decide(report_id(1), "booked_by_hand", record_no=record["RECORDNO"])
    load, run = books.plan()
    assert books.load(load, run) == {}
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []
    assert books.open_items() == {}


def test_another_setting_moves_nothing_that_was_posted(books):
    books.configure(credits={"employee_paid": "negative"})
    books.report(1, ("-10", "-10"))
    books.sync()
    books.configure(credits=CREDITS)
    books.report(2, ("-4", "-4"))
    assert books.sync() == {"applied": 1}
    books.configure(credits={"employee_paid": "negative"})
    assert books.sync() == {}
    assert (list(books.bills()), list(adjustments(books))) == ([number(1, letter="B")], [number(2)])


def test_what_was_refused_as_a_negative_bill_goes_out_as_an_adjustment_of_its_next_revision(books):
    books.configure(credits={"employee_paid": "negative"})
    books.sandbox.settings(negative_bill="refuse")
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"rejected": 1}
    books.configure(credits=CREDITS)
    assert books.sync() == {"applied": 1}
    rows = books.sql("SELECT number, kind, revision, state FROM ledger.document")
    assert [tuple(row.values()) for row in rows] == [(number(1), "ap_adjustment", 2, "in_gl")]


def test_what_may_be_there_as_a_negative_bill_does_not_go_out_as_an_adjustment(books):
    books.configure(credits={"employee_paid": "negative"})
    books.report(1, ("20", "20"))
    books.sync()
    books.report(2, ("-10", "-10"))
    books.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    with contextlib.suppress(ConnectorError):
        books.sync()
    books.configure(credits=CREDITS)
    books.until_settled()
    assert (len(books.bills()), adjustments(books)) == (2, {})
    assert books.states() == {"in_gl": 2}


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    books.report(1, ("-1", "-1"))
    books.sync()
    for report in (2, 3):
        books.report(report, ("-10", "-10"))
    books.sandbox.fault(side="intacct", match="create_apadjustment", kind=kind, times=1)
    books.until_settled()
    assert totals(books) == {number(1): Decimal(-1), number(2): Decimal(-10), number(3): Decimal(-10)}
    assert (books.states(), books.open_items()) == ({"in_gl": 3}, {})


@EACH_WAY
@EACH_SIGN
def test_a_restored_database_adopts_what_was_posted_since(books, sign, shown):
    books.configure(credits=CREDITS | {"adjustment_sign": sign})
    books.sandbox.settings(adjustment_lowers=sign, adjustment_amounts=shown)
    books.report(1, ("-10", "-10"), ("-3", "-3"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert (len(adjustments(books)), books.states()) == (1, {"in_gl": 1})
    (row,) = books.sql("SELECT total FROM ledger.document")
    assert row["total"] == Decimal(-13)
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_what_clerks_do_to_it_is_noticed_and_what_is_reversed_is_posted_again(books):
    books.report(9, ("-1", "-1"))
    books.sync()
    for report in (1, 2, 3, 4):
        books.report(report, ("-10", "-10"))
    books.sync()
    act(books, "edit_document", 1, amount="-99.00")
    act(books, "reverse", 2)
    act(books, "delete", 3)
    act(books, "pay", 4)
    books.reconcile()
    assert books.states() == {"altered": 1, "reversed": 1, "deleted": 1, "in_gl": 2}
    books.sync()
    assert books.held() == {
        report_id(report): {rule} for report, rule in ((1, "altered_in_intacct"), (2, "post_again"), (3, "post_again"))
    }
    (altered,) = books.sql("SELECT DISTINCT cure FROM plan.change WHERE rule = 'altered_in_intacct'")
    assert "Accounts Payable > Adjustments > the adjustment > Reverse" in altered["cure"]
    for report in (2, 3):
        books.decide(report_id(report))
    assert books.sync() == {"applied": 2}
    assert {number(2, sequence=2), number(3, sequence=2)} <= totals(books).keys()


def test_without_the_right_to_post_it_is_a_draft_that_is_followed(books):
    books.sandbox.settings(permissions_denied={"*": {"APADJUSTMENT": ["POST"]}})
    books.report(1, ("-10", "-10"))
    books.sync()
    assert books.states() == {"accepted": 1}
    act(books, "post")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_what_waits_for_approval_is_followed(books):
    books.sandbox.settings(adjustment_approval=True)
    books.report(1, ("-10", "-10"))
    books.sync()
    act(books, "decline")
    books.reconcile()
    assert books.states() == {"declined": 1}
    act(books, "submit")
    act(books, "approve")
    books.reconcile()
    assert books.states() == {"in_gl": 1}


def test_closed_payables_hold_it(books):
    books.sandbox.act("close_period", date=str(DAY), entity="100", subledger="AP")
    books.report(1, ("-10", "-10"))
    assert books.sync() == {"rejected": 1}
    assert books.sync() == {}
    assert books.held() == {report_id(1): {"closed_period"}}


@pytest.mark.parametrize(
    ("name", "total", "same"),
    [("APADJUSTMENT", "-10", True), ("APADJUSTMENT", "10", True), ("APBILL", "-10", True), ("APBILL", "10", False)],
)
def test_one_that_somebody_entered_waits_for_a_person_whichever_sign_it_has(books, name, total, same):
    """Or a negative bill; a bill that the employee is paid is another thing."""
    typed = {
        "RECORDID": "BY-HAND-1",
        "VENDORID": "E-1007",
        "WHENCREATED": f"{DAY:%m/%d/%Y}",
        "STATE": "Posted",
        "CURRENCY": "USD",
    }
    books.sandbox.load("intacct", name, [typed | {"TRX_TOTALENTERED": total}])
    books.report(1, ("-10", "-10"))
    assert books.sync() == ({"held": 1} if same else {"applied": 1})
    if not same:
        return
    (waiting,) = books.waiting(report_id(1))
    assert waiting.rules == ("look_alike",)
    books.decide(report_id(1))
    assert books.sync() == {"applied": 1}


def test_a_receipt_has_no_place_on_it_and_holds_nothing(books):
    books.report(1, {"Amount": "-10", "ReimAmount": "-10", "ReceiptID": "r-1"})
    books.receipt("x", "r-1")
    assert books.sync() == {"applied": 1}
    assert books.sandbox.state("intacct", "SUPDOC") == []
    assert (books.sync(), books.open_items()) == ({}, {})


@EACH_SIGN
def test_another_currency_states_its_rate_type_and_the_company_s_own_is_stated_too(books, sign):
    books.sandbox.settings(adjustment_lowers=sign)
    books.configure(
        credits=CREDITS | {"adjustment_sign": sign}, currencies={"exchange_rate_type": "Intacct Daily Rate"}
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
    assert found["ap_adjustment", "in_gl"] == Decimal(-10)
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []
