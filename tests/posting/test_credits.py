"""Parts of reports below zero: posted where the company says so, the first of each kind alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.rules.expenses import identity
from tests.expense_company import Company, report_id
from tests.posting.test_card_vendor_bills import VISA
from tests.posting.test_gl_journals import JOURNAL, books, entries, journals

__all__ = ["books"]

CREDITS = {"employee_paid": "negative", "company_paid": "negative"}


def number(report: int, ordinal: int = 1, letter: str = "B") -> str:
    return f"{identity.token('sandbox', report_id(report))}-1-{ordinal:03d}{letter}"


def totals(company: Company, name: str) -> dict[str, Decimal]:
    return {
        record["RECORDID"]: Decimal(record["TRX_TOTALENTERED"])
        for record in company.sandbox.state("intacct", name)
        if record["STATE"] != "Reversal"
    }


def test_the_first_of_each_kind_is_sent_alone_and_the_next_run_sends_the_others(company):
    company.configure(credits=CREDITS)
    for report in (1, 2, 3):
        company.report(report, ("-10", "-10"))
    company.report(4, ("-5", "0"))
    company.report(5, ("20", "20"))
    assert company.sync() == {"applied": 3, "held": 2}
    assert sorted(totals(company, "APBILL").values()) == [Decimal(-10), Decimal(20)]
    assert totals(company, "CCTRANSACTION") == {number(4, letter="C"): Decimal(-5)}
    assert {item.rules for report in (1, 2, 3) for item in company.waiting(report_id(report))} == {("first_credit",)}
    assert company.sync() == {"applied": 2}
    assert sorted(totals(company, "APBILL").values()) == [Decimal(-10)] * 3 + [Decimal(20)]
    assert company.states() == {"in_gl": 5}
    assert company.open_items() == {}


@pytest.mark.parametrize("setting", ["negative_bill", "negative_card_transaction"])
def test_a_wrong_sign_stops_the_kind_until_it_is_reversed(company, setting):
    owed, name = ("-10", "APBILL") if setting == "negative_bill" else ("0", "CCTRANSACTION")
    company.configure(credits=CREDITS)
    company.sandbox.settings(**{setting: "positive"})
    for report in (1, 2):
        company.report(report, ("-10", owed))
    assert company.sync() == {"applied": 1, "held": 1}
    assert company.states() == {"altered": 1}
    assert company.sync() == {"held": 1}
    (waiting,) = company.waiting(report_id(2))
    assert "does not stand in Intacct as it was sent" in waiting.reason
    company.decide(report_id(1), "accept_as_posted")
    assert company.sync() == {"held": 1}
    (record,) = company.sandbox.state("intacct", name)
    company.sandbox.act("reverse", object=name, record=record["RECORDNO"])
    company.sandbox.settings(**{setting: "accept"})
    company.reconcile()
    assert company.sync() == {"applied": 1}
    assert company.states() == {"reversed": 1, "in_gl": 1}


def test_what_intacct_refuses_stays_held_and_is_tried_alone_again(company):
    company.configure(credits=CREDITS)
    company.sandbox.settings(negative_bill="refuse")
    for report in (1, 2):
        company.report(report, ("-10", "-10"))
    assert company.sync() == {"rejected": 1, "held": 1}
    company.sandbox.settings(negative_bill="accept")
    assert company.sync() == {"applied": 1, "held": 1}
    assert company.sync() == {"applied": 1}
    assert company.states() == {"in_gl": 2}


KINDS: dict[str, dict[str, Any]] = {
    "journal": {"company_paid": JOURNAL},
    "card vendor bill": {"company_paid": {"target": "card_vendor_bill", "cards": [VISA]}},
    "card transaction": {},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_stands_as_it_was_sent(books, kind):
    books.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "V-VISA", "NAME": "Visa", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    books.configure(credits=CREDITS, **({"company_paid": {"target": "credit_card_transaction"}} | KINDS[kind]))
    books.report(1, ("-10", "0"), ("3", "0"))
    first = books.sync()
    if kind == "card transaction":
        # One for each charge: the refund is a credit, the other charge is none.
        assert sorted(totals(books, "CCTRANSACTION").values()) == [Decimal(-10), Decimal(3)]
    elif kind == "journal":
        ((record,),) = journals(books).values()
        assert entries(record) == [
            ("6220", "-1", Decimal(10)), ("2055", "1", Decimal(10)), ("6220", "1", Decimal(3)), ("2055", "-1", Decimal(3)),
        ]  # fmt: skip
    else:
        assert list(totals(books, "APBILL").values()) == [Decimal(-7)]
    assert first == {"applied": 1}
    assert set(books.states()) == {"in_gl"}
    books.report(2, ("-4", "0"))
    assert books.sync() == {"applied": 1}
    assert set(books.states()) == {"in_gl"}


def test_a_refund_on_a_card_holds_nothing_that_is_owed(company):
    company.configure(credits={"company_paid": "negative"})
    company.report(1, ("-10", "0"), ("20", "20"))
    assert company.sync() == {"applied": 1}
    assert totals(company, "APBILL") == {number(1, 1): Decimal(20)}
    assert list(totals(company, "CCTRANSACTION").values()) == [Decimal(-10)]
    company.report(2, ("-3", "-3"), ("20", "0"))
    assert company.sync() == {"applied": 1}
    assert company.held() == {report_id(2): {"negative_document"}}


def test_no_expense_report_is_below_zero(company):
    employee = {"EMPLOYEEID": "E-1007", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "STATUS": "active"}
    company.sandbox.load("intacct", "EMPLOYEE", [employee])
    company.configure(credits=CREDITS, employee_paid={"target": "expense_report"})
    company.report(1, ("-10", "-10"))
    assert company.sync() == {}
    assert company.held() == {report_id(1): {"negative_document"}}
    (waiting,) = company.waiting(report_id(1))
    assert "no Intacct expense report below zero" in waiting.reason


def test_what_is_below_zero_has_its_limit_too(company):
    company.configure(credits=CREDITS, limits={"document_amount": 100})
    company.report(1, ("-101", "-101"))
    assert company.sync() == {}
    assert company.held() == {report_id(1): {"above_limit"}}


def test_a_lost_answer_to_the_first_lets_no_second_go(company):
    company.replays_are_refused()
    company.configure(credits=CREDITS)
    company.report(9, ("20", "20"))
    company.sync()
    for report in (1, 2):
        company.report(report, ("-10", "-10"))
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    first = company.sync()
    assert first.get("held") == 1
    assert len(totals(company, "APBILL")) == 2
    for _ in range(4):
        company.sync()
    assert len(totals(company, "APBILL")) == 3
    assert company.states() == {"in_gl": 3}
