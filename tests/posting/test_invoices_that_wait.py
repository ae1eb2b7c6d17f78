"""An invoice that cannot be posted waits, and each way out is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.posting.invoice_company import (
    DATED,
    LATER,
    POSTED,
    bill,
    books,
    by_hand,
    corrected,
    invoices,
    number,
    ours,
    vendor,
)

__all__ = ["books"]


def test_a_supplier_that_intacct_does_not_have_is_never_made_and_posts_when_it_is_there(books):
    report = invoices(books, 1, {"VendorCode": "20009"}, {"InvoiceNumber": "B-1"})
    assert books.sync() == {"applied": 1}
    assert books.held() == {report: {"vendor_missing"}}
    books.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "20009", "NAME": "New", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    assert books.sync(LATER, refresh=True) == {"applied": 1}
    assert books.open_items() == {}


@pytest.mark.parametrize(
    ("changes", "rule", "cure"),
    [
        ({"STATUS": "inactive"}, "vendor_inactive", {"STATUS": "active"}),
        ({"ONHOLD": "true"}, "vendor_on_hold", {"ONHOLD": "false"}),
        ({"ONETIME": "true"}, "vendor_type", {"ONETIME": "false"}),
        ({"VENDTYPE": "Employee"}, "vendor_type", {"VENDTYPE": "Supplier"}),
    ],
)
def test_a_supplier_that_may_not_be_billed_holds_it_until_it_may(books, changes, rule, cure):
    vendor(books, **changes)
    report = invoices(books, 1)
    assert books.sync(refresh=True) == {}
    assert books.held() == {report: {rule}}
    vendor(books, **cure)
    assert books.sync(LATER, refresh=True) == {"applied": 1}
    assert books.open_items() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"InvoiceNumber": ""},
        {"VendorCode": ""},
        {"InvoiceDate": ""},
        {"DueDate": str(DATED - timedelta(days=1))},
        {"InvoiceNumber": "1" * 43},
    ],
)
def test_an_unclear_invoice_waits_until_it_is_corrected_in_certify(books, changes):
    report = invoices(books, 1, changes)
    assert books.sync() == {}
    assert books.held() == {report: {"invoice_unclear"}}
    corrected(books, 1)
    assert books.sync(LATER) == {"applied": 1}
    assert books.open_items() == {}


def test_an_invoice_that_is_twice_in_one_report_waits_until_it_is_released(books):
    report = invoices(books, 1, {}, {})
    assert books.sync() == {}
    assert books.held() == {report: {"invoice_twice"}}
    books.decide(report)
    assert books.sync(LATER) == {"applied": 1}
    assert bill(books)["TRX_TOTALENTERED"] == "200.20"
    assert books.open_items() == {}


@pytest.mark.parametrize("way", ["certify", "by_hand"])
def test_an_invoice_of_two_entities_is_not_divided(books, way):
    books.configure(dimensions={"entity": {"certify": "report_gld/1"}}, invoices=POSTED)
    report = invoices(books, 1, {"InvoiceReportGLD1Code": "100"}, {"InvoiceReportGLD1Code": "200", "Amount": "7"})
    assert books.sync() == {}
    assert books.held() == {report: {"invoice_entities"}}
    if way == "certify":
        corrected(books, 1, {"InvoiceReportGLD1Code": "100"}, {"InvoiceReportGLD1Code": "100", "Amount": "7"})
        assert books.sync(LATER) == {"applied": 1}
    else:
        books.decide(report, "not_ours", reason="entered by AP")
        assert books.sync(LATER) == {}
    assert books.open_items() == {}


def test_what_certify_paid_is_not_posted_as_an_open_bill_unless_a_person_says_so(books):
    books.report(1, ("10", "10"))
    paid = invoices(books, 2, Reimbursed=True)
    late = invoices(books, 3)
    load = books.plan()
    corrected(books, 3, Reimbursed=True)
    books.load(*load)
    assert [one for one in ours(books) if one.endswith("S")] == []
    books.sync(LATER)
    assert books.held() == {paid: {"already_reimbursed"}, late: {"already_reimbursed"}}
    books.decide(paid)
    books.decide(late, "booked_by_hand", record_no=by_hand(books, RECORDID="INV-3", VENDORID="20002"))
    assert books.sync(LATER) == {"applied": 1}
    assert [one for one in ours(books) if one.endswith("S")] == [number(2)]
    assert books.open_items() == {}


def test_where_header_and_invoices_disagree_all_of_it_waits(books):
    report = invoices(books, 1, TotalAmount="100.11")
    assert books.sync(validate=True) == {}
    assert books.open_items() == {report: "quarantined"}
    corrected(books, 1)
    assert books.sync(LATER, validate=True) == {"applied": 1}
    assert books.open_items() == {}
