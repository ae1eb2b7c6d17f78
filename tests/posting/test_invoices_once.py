"""An invoice is posted once: not by a fault, not after a restore, not beside what another report or a person has of it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.posting.invoice_company import (
    LATER,
    LONG_AGO,
    PLACES,
    POSTED,
    books,
    by_hand,
    invoices,
    number,
    ours,
)

__all__ = ["books"]


@pytest.mark.parametrize(
    "kind", ["drop_after_commit", "partial_commit", "truncate_body", "drop_before", "http_500", "http_429", "gw_0001"]
)
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    invoices(books, 1)
    books.sync()
    for report in (2, 3):
        invoices(books, report, {}, {"InvoiceNumber": f"B-{report}", "Amount": "7"})
    books.sandbox.fault(side="intacct", match="create APBILL", kind=kind, times=1)
    books.until_settled()
    assert ours(books) == Counter([number(1), *(number(report, ordinal) for report in (2, 3) for ordinal in (1, 2))])
    assert (books.states(), books.open_items()) == ({"in_gl": 5}, {})


def test_a_restored_database_adopts_what_stands(books):
    invoices(books, 1, {}, {"InvoiceNumber": "B-1", "Amount": "7"})
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert ours(books) == Counter([number(1), number(1, 2)])
    rows = books.sql("SELECT number, kind, payee_id, adopted FROM ledger.document ORDER BY number")
    assert [tuple(row.values()) for row in rows] == [
        (number(1), "supplier_bill", "20001", True), (number(1, 2), "supplier_bill", "20001", True),
    ]  # fmt: skip


def test_the_same_invoice_in_another_report_waits_until_a_person_says_that_it_is_another(books):
    invoices(books, 1)
    assert books.sync() == {"applied": 1}
    again = invoices(books, 2, {"InvoiceNumber": "inv-1", "Amount": "90"}, day=LATER)
    assert books.sync(LATER) == {}
    assert books.held() == {again: {"same_charge"}}
    (item,) = books.waiting(again, "same_charge")
    assert "'inv-1' of vendor 20001" in item.reason
    assert number(1) in item.reason
    books.decide(again)
    assert books.sync(LATER) == {"applied": 1}
    assert ours(books) == Counter([number(1), number(2)])
    assert books.open_items() == {}


def test_of_two_reports_of_one_day_with_one_invoice_one_is_posted(books):
    invoices(books, 1)
    invoices(books, 2, {"InvoiceNumber": "INV-1"})
    books.sync()
    assert ours(books).total() == 1
    assert [*books.held().values()] == [{"same_charge"}]


@pytest.mark.parametrize("twice", ["accept", "refuse"])
def test_a_bill_of_the_same_number_that_somebody_entered_holds_it_whatever_its_day_and_total(books, twice):
    books.sandbox.settings(duplicate_bill_number=twice)
    record = by_hand(books)
    report = invoices(books, 1)
    assert books.sync() == {"held": 1}
    (item,) = books.waiting(report, "look_alike")
    assert f"record {record}" in item.reason
    books.decide(report)
    if twice == "accept":
        assert books.sync(LATER) == {"applied": 1}
        assert ours(books) == Counter(["", number(1)])
    else:
        # Where a company allows a number once, who says that it is another invoice has to enter it under another one.
        assert books.sync(LATER) == {"rejected": 1}
        books.decide(report, "booked_by_hand", record_no=record)
        assert books.sync(LATER) == {}


@pytest.mark.parametrize(
    ("stands", "posting", "stated"),
    [
        ({}, {"look_alike_days": 0}, {}),
        ({"RECORDID": "inv-1"}, {}, {}),
        ({}, {}, {"InvoiceNumber": "inv-1"}),
        # Under another number, over the same: the day of the invoice is what both have.
        (
            {"RECORDID": "ACME-77", "TRX_TOTALENTERED": "100.10", "TOTALENTERED": "100.10"},
            {"invoices": POSTED | {"date": "processed_date"}},
            {"InvoiceDate": str(LONG_AGO)},
        ),
    ],
    ids=["no days are looked at", "typed small there", "typed small here", "posted long after its own date"],
)
def test_what_somebody_entered_is_found_by_its_number_always_and_by_its_total_on_the_invoice_s_own_day(
    books, stands, posting, stated
):
    books.configure(**{"dimensions": PLACES, "invoices": POSTED, **posting})
    record = by_hand(books, **stands)
    report = invoices(books, 1, stated)
    assert books.sync() == {"held": 1}
    (item,) = books.waiting(report, "look_alike")
    assert f"record {record}" in item.reason


def test_what_was_entered_by_hand_is_named_and_followed(books):
    record = by_hand(books, TRX_TOTALENTERED="100.10", TOTALENTERED="100.10", APBILLITEMS=[
        {"ACCOUNTNO": "6220", "TRX_AMOUNT": "100.10", "LOCATIONID": "100", "DEPARTMENTID": "30"}
    ])  # fmt: skip
    report = invoices(books, 1)
    books.sync()
    books.decide(report, "booked_by_hand", record_no=record)
    assert books.sync(LATER) == {}
    assert books.open_items() == {}
    assert books.reconciled()[1] == set()


def test_a_bill_of_the_same_number_of_another_supplier_holds_nothing(books):
    by_hand(books, VENDORID="20002")
    invoices(books, 1)
    assert books.sync() == {"applied": 1}


def test_a_copy_under_our_number_is_found(books):
    invoices(books, 1)
    books.sync()
    by_hand(books, RECORDID="INV-1 copy", DOCNUMBER=number(1))
    assert books.reconciled()[1] == {"second_document"}
