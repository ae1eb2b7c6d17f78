"""A document that somebody changed in Intacct waits for a person: it is put right there, reversed, or accepted as it stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company
from tests.posting.test_gl_journals import books, journals

__all__ = ["books"]


def edit(company: Company, amount: str) -> None:
    ((bill,),) = company.bills().values()
    company.sandbox.act("edit_bill", record=bill["RECORDNO"], amount=amount)


def reconciled(company: Company) -> tuple[bool, dict[str, Decimal]]:
    load, run = company.plan()
    holds = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"]
    rows = company.sql("SELECT bucket, amount FROM ops.reconciliation WHERE load_id = %s", load)
    return holds, {row["bucket"]: row["amount"] for row in rows}


def test_what_stands_is_accepted_and_the_difference_is_a_row_of_its_own(company):
    report = company.report(1)
    company.sync()
    edit(company, "99.00")
    assert reconciled(company) == (False, {"in_intacct": Decimal("100.10")})
    assert company.open_items() == {report: "held"}
    company.sync()
    assert company.held() == {report: {"altered_in_intacct"}}
    (item,) = company.waiting(report)
    assert "total 99.00 instead of 100.10" in item.reason
    said = company.decide(report)
    assert "accepted as posted" in said[0]
    # The next run, of another date, takes it as the baseline.
    company.sync(day=DAY.replace(day=1))
    assert (company.open_items(), company.states()) == ({}, {"in_gl": 1})
    assert reconciled(company) == (True, {"in_gl": Decimal("99.00"), "accepted_difference": Decimal("1.10")})
    # What is changed after that is another case.
    edit(company, "98.00")
    holds, _ = reconciled(company)
    assert not holds
    assert company.open_items() == {report: "held"}
    # Put back to what was accepted, or to what was sent, it waits no more.
    for amount, buckets in (
        ("99.00", {"in_gl": Decimal("99.00"), "accepted_difference": Decimal("1.10")}),
        ("100.10", {"in_gl": Decimal("100.10")}),
    ):
        edit(company, amount)
        assert reconciled(company) == (True, buckets)
        company.sync()
        assert company.open_items() == {}
    assert len(company.posted()) == 1


def test_a_decision_is_for_what_stood_when_it_was_made(company):
    report = company.report(1)
    company.sync()
    edit(company, "99.00")
    company.reconcile()
    (item,) = company.waiting(report)
    edit(company, "50.00")
    company.decide_one(item)
    company.sync()
    assert company.states() == {"altered": 1}
    assert company.open_items() == {report: "held"}


def test_the_other_way_out_is_to_reverse_it_and_post_it_again(company):
    report = company.report(1)
    company.sync()
    edit(company, "99.00")
    company.reconcile()
    ((bill,),) = company.bills().values()
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    company.reconcile()
    company.sync()
    assert company.held() == {report: {"post_again"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}


@pytest.mark.parametrize("changed", ["certify", "nothing"])
def test_an_accepted_document_is_still_compared_with_certify(company, changed):
    report = company.report(1)
    company.sync()
    edit(company, "99.00")
    company.reconcile()
    company.decide(report)
    company.sync()
    if changed == "certify":
        company.sandbox.act("edit_report", report=report, line_changes={"Reason": "Another one"})
    company.sync()
    assert company.held() == ({report: {"changed_after_posting"}} if changed == "certify" else {})


def test_a_declined_document_that_was_changed_is_no_accepted_difference(company):
    company.report(1)
    company.sync()
    ((bill,),) = company.bills().values()
    company.sandbox.act("edit_bill", record=bill["RECORDNO"], amount="99.00", changes={"STATE": "Declined"})
    assert reconciled(company) == (False, {"declined": Decimal("100.10")})


@pytest.mark.parametrize(
    ("line", "changes", "buckets"),
    [
        (1, {"ACCOUNTNO": "6300"}, {"in_gl": Decimal(8)}),
        (2, {"ACCOUNTNO": "2050"}, {"in_gl": Decimal(-2), "accepted_difference": Decimal(10)}),
        (None, {}, {"in_gl": Decimal(7), "accepted_difference": Decimal(1)}),
    ],
    ids=["expense account", "offset account of one line", "amount of the refund"],
)
def test_a_journal_that_was_changed_is_accepted_too(books, line, changes, buckets):
    report = books.report(1, ("10", "0"), ("-2", "0"))
    books.sync()
    ((journal,),) = journals(books).values()
    for number in [line] if line else [3, 4]:
        edited = changes or {"TRX_AMOUNT": "3.00", "AMOUNT": "3.00"}
        books.sandbox.act(
            "edit_document", object="GLBATCH", record=journal["RECORDNO"], line=number, line_changes=edited
        )
    books.reconcile()
    assert books.open_items() == {report: "held"}
    books.decide(report)
    books.sync()
    assert (books.states(), books.open_items()) == ({"in_gl": 1}, {})
    assert reconciled(books) == (True, buckets)
