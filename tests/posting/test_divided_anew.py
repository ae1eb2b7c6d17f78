"""connector.yaml divides reports otherwise between two runs: what persons decided, and what Intacct has, stays what it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.expense_company import DAY, Company
from tests.posting.test_several_entities import booked as by_entity
from tests.posting.test_ways_out import LATER, dies_before_sending, rules

JOURNAL = {"symbol": "EXP", "offset_account": "2055"}
CARDS = [{"payment_card": "Corporate Visa", "card_id": "CORP-VISA", "vendor_id": "V-VISA", "statement_day": 31}]
#: What becomes of charges, each of them other documents of the same lines.
CHARGES: dict[str, dict[str, Any]] = {
    target: {"target": target, "cards": CARDS, "journal": JOURNAL}
    for target in ("hold", "credit_card_transaction", "card_vendor_bill", "gl_journal")
}
OWED, SPENT = Decimal(100), Decimal(35)
OWN = ("100", "100")
CHARGED = (
    {"Amount": "10", "ReimAmount": "0", "CCTransactionID": "T-1"},
    {"Amount": "5", "ReimAmount": "0", "CCTransactionID": "T-1"},
    {"Amount": "20", "ReimAmount": "0", "CCTransactionID": "T-2"},
)
LINES = (OWN, *CHARGED)
#: A statement of the card's vendor closes.
CLOSING = DAY - timedelta(days=5)


@pytest.fixture
def books(company) -> Company:
    sandbox = company.sandbox
    sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "V-VISA", "NAME": "Big Bank", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Clearing", "STATUS": "active"}])
    return company


def booked(company: Company) -> Decimal:
    """What the expenses of all documents in Intacct add up to."""
    return sum(by_entity(company).values(), Decimal(0))


def spent(company: Company, target: str) -> list[list[Decimal]]:
    """The expenses of each document that this target makes."""
    name, lines = {"card_vendor_bill": ("APBILL", "APBILLITEMS"), "gl_journal": ("GLBATCH", "ENTRIES")}[target]
    return [
        sorted(Decimal(line["TRX_AMOUNT"]) for line in record[lines] if line["ACCOUNTNO"] == "6220")
        for record in company.sandbox.state("intacct", name)
    ]


def turn(company: Company, target: str) -> None:
    company.configure(company_paid=CHARGES[target])


@pytest.mark.parametrize(
    ("decision", "after"),
    [("booked_by_hand", "credit_card_transaction"), ("not_ours", "card_vendor_bill"), ("booked_by_hand", "gl_journal")],
)
def test_charges_that_waited_together_and_were_decided_about_are_not_posted_apart(books, decision, after):
    turn(books, "hold")
    report = books.report(1, *LINES)
    assert books.sync() == {"applied": 1}
    books.decide(report, decision, record_no="99" if decision == "booked_by_hand" else "")
    turn(books, after)
    assert books.sync(refresh=True) == {}
    assert (booked(books), books.open_items()) == (OWED, {})
    assert books.reconciled()[0] == {"in_gl": OWED, decision: SPENT}
    # Taken back, they are planned as connector.yaml says by now.
    books.decide(report, "retry")
    assert books.sync() == {"applied": 1}
    assert (booked(books), books.open_items()) == (OWED + SPENT, {})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("credit_card_transaction", "card_vendor_bill"),
        ("credit_card_transaction", "gl_journal"),
        ("card_vendor_bill", "gl_journal"),
    ],
)
def test_what_was_decided_about_by_itself_stays_out_of_a_document_of_several(books, before, after):
    def configure(target: str, limit: str) -> None:
        cards = [CARDS[0] | {"statement_day": CLOSING.day}]
        books.configure(
            company_paid=CHARGES[target] | {"cards": cards},
            limits={"document_amount": limit},
            employee_paid={"target": "hold"},
        )

    configure(before, "12")
    # By bills of the card's vendor, what is decided about stands by itself in an earlier statement.
    days = {"T-1": CLOSING + timedelta(days=-1 if before == "card_vendor_bill" else 1)}
    charged = (*CHARGED, {"Amount": "14", "ReimAmount": "0", "CCTransactionID": "T-3"})
    dated = [
        line | {"PostingDate": str(days.get(line["CCTransactionID"], CLOSING + timedelta(days=1)))} for line in charged
    ]
    report = books.report(1, OWN, *dated)
    assert books.sync() == {}
    waits = {item.total: item for item in books.waiting(report, "above_limit")}
    assert set(waits) == ({15, 34} if before == "card_vendor_bill" else {14, 15, 20})
    books.decide_one(waits[Decimal(15)], "not_ours")
    configure(after, "1000")
    assert [books.sync(refresh=True) for _ in range(2)] == [{"applied": 1}, {}]
    assert (booked(books), rules(books, report)) == (Decimal(34), ["target_hold"])
    assert spent(books, after) == [[Decimal(14), Decimal(20)]], "of both that are left one document"


@pytest.mark.parametrize("before", [name for name in CHARGES if name != "hold"])
def test_what_stands_in_intacct_is_posted_as_nothing_else(books, before):
    turn(books, before)
    books.report(1, *LINES)
    assert books.sync() == {"applied": 1}
    for after in CHARGES:
        turn(books, after)
        assert books.sync(refresh=True) == {}
        assert (booked(books), books.open_items()) == (OWED + SPENT, {})


@pytest.mark.parametrize(("decision", "after"), [("booked_by_hand", "card_vendor_bill"), ("not_ours", "gl_journal")])
def test_what_nobody_knew_of_and_a_person_took_out_is_posted_as_nothing_else(books, decision, after):
    turn(books, "credit_card_transaction")
    books.report(2, {"Amount": "1", "ReimAmount": "0"})
    books.sync()
    report = books.report(1, *LINES[1:])
    dies_before_sending(books)
    for _ in range(2):
        books.sync(LATER)
    assert rules(books, report) == ["held_document"]
    books.decide(report, decision, record_no="99" if decision == "booked_by_hand" else "")
    turn(books, after)
    for _ in range(2):
        books.sync(refresh=True)
    assert (booked(books), books.open_items()) == (1, {})


def test_what_a_person_decided_while_a_plan_waited_is_not_sent_by_that_plan(books):
    report = books.report(1)
    waits = books.plan()
    (vendor,) = [one for one in books.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    books.sandbox.act("edit_document", object="VENDOR", record=vendor["RECORDNO"], changes={"ONHOLD": "true"})
    assert books.sync(refresh=True) == {}
    assert rules(books, report) == ["vendor_on_hold"]
    books.decide(report, "booked_by_hand", record_no="99")
    assert books.load(*waits) == {"moved_on": 1}
    books.sync()
    assert (books.posted(), books.open_items()) == ([], {})


def test_a_line_that_changed_after_it_was_booked_by_hand_waits_with_what_changed_and_has_its_ways_out(books):
    turn(books, "hold")
    report = books.report(1, *LINES)
    books.sync()
    books.decide(report, "booked_by_hand", record_no="99")
    turn(books, "credit_card_transaction")
    books.sync(refresh=True)
    (line,) = [one for one in books.sandbox.state("certify", "expenses") if one["CCTransactionID"] == "T-2"]
    books.sandbox.act("edit_report", report=report, line=line["ID"], line_changes={"ExpenseCategory": "Meals"})
    books.sync(DAY)
    (item,) = books.waiting(report, "changed_after_decision")
    assert (item.total, "category: 'Hotel' became 'Meals'" in item.reason) == (Decimal(20), True)
    books.decide_one(item, "release")
    assert books.sync() == {"applied": 1}
    assert (booked(books), books.open_items()) == (OWED + 20, {})
