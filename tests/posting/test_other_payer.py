"""What stands in Intacct as one payer's, and was accepted so, is not posted as the other's too when Certify says so by now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.expense_company import DAY, Company, company, document_number
from tests.posting.test_recoded_before_sending import edit

__all__ = ["company"]

NEXT = DAY + timedelta(days=1)
BILL, CHARGE = document_number(1), document_number(1, 2, "C")
CARD = {"PaymentCardName": "Corporate Visa", "CCLast": "4821", "CCTransactionID": "T-9"}


def accepted(company: Company, *, by_card: str = "100.00") -> str:
    """A bill of 120 that a person accepted, of which Certify says since that a card paid so much of the first line."""
    report = company.report(1, ("100.00", "100.00"), ("20.00", "20.00"))
    company.sync()
    mine = str(Decimal(100) - Decimal(by_card))
    edit(company, report, 0, ReimAmount=mine, Reimbursable=mine != "0.00", **CARD)
    totals = {"ReimAmount": str(Decimal(mine) + 20), "NonReimAmount": by_card}
    company.sandbox.act("edit_report", report=report, changes=totals)
    company.sync(NEXT)
    company.decide(report, "accept_as_posted")
    return report


@pytest.mark.parametrize("by_card", ["100.00", "30.00"])
def test_an_expense_changes_its_payer(by_card, company):
    report = accepted(company, by_card=by_card)
    company.sync(NEXT)
    assert company.held() == {report: {"changed_after_decision"}}
    assert company.posted() == [BILL]
    (item,) = company.waiting(report)
    assert f"{BILL} has 100.00 USD of it" in item.reason
    assert f"{by_card} USD are the company's" in item.reason


@pytest.mark.parametrize(("decision", "posted"), [("release", [BILL, CHARGE]), ("not_ours", [BILL])])
def test_a_person_says_whether_it_is_booked_besides(decision, posted, company):
    report = accepted(company)
    company.sync(NEXT)
    company.decide(report, decision)
    company.sync(NEXT)
    assert company.open_items() == {}
    assert company.posted() == posted


def test_what_is_reversed_and_posted_again_is_the_other_payer_s_alone(company):
    report = accepted(company)
    company.sync(NEXT)
    company.sandbox.act("reverse", object="APBILL", record=BILL)
    company.reconcile()
    company.sync(NEXT)
    company.decide(report, "post_again")
    company.sync(NEXT)
    assert company.open_items() == {}
    stand = company.sql("SELECT payer, total FROM ledger.document WHERE state = 'in_gl' ORDER BY 2")
    assert [tuple(row.values()) for row in stand] == [("employee", Decimal("20.00")), ("company", Decimal("100.00"))]


def test_a_line_of_two_payers_is_no_such_thing(company):
    company.report(1, ("100.00", "70.00"), ("20.00", "20.00"))
    company.sync()
    assert company.posted() == [BILL, CHARGE]
