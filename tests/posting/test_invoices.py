"""Invoices of Certify's AP automation: each a bill of its supplier, posted, read back and followed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from tests.expense_company import DAY, report_id
from tests.posting.invoice_company import (
    DATED,
    DUE,
    LATER,
    PLACES,
    POSTED,
    bill,
    books,
    corrected,
    invoices,
    number,
    ours,
    us,
)

__all__ = ["books"]

HEADER = ("RECORDID", "VENDORID", "TRX_TOTALENTERED", "WHENCREATED", "WHENPOSTED", "WHENDUE", "STATE")


# What is posted


def test_an_invoice_is_a_bill_of_its_supplier_under_the_supplier_s_number(books):
    books.report(1, ("10", "10"))
    invoices(books, 2, {}, {"Amount": "20.05", "Category": "Meals", "CategoryGLCode": "6300", "PONumber": ""})
    assert books.sync(validate=True) == {"applied": 2}
    found = bill(books, 2)
    assert {name: found[name] for name in HEADER} == {
        "RECORDID": "INV-2", "VENDORID": "20001", "TRX_TOTALENTERED": "120.15", "WHENCREATED": us(DATED), "WHENPOSTED": us(DATED),
        "WHENDUE": us(DUE), "STATE": "Posted",
    }  # fmt: skip
    assert found["DESCRIPTION"] == "104002 INV-2 Acme Paper: March 2"
    items = found["APBILLITEMS"]
    assert sorted((item["ACCOUNTNO"], item["TRX_AMOUNT"], item["LOCATIONID"], item["DEPARTMENTID"]) for item in items) == [
        ("6220", "100.10", "100", "30"), ("6300", "20.05", "100", "30"),
    ]  # fmt: skip
    assert books.states() == {"in_gl": 2}
    assert (books.open_items(), books.sync(), books.sync(LATER)) == ({}, {}, {})
    amounts, findings = books.reconciled()
    assert findings == set()
    assert amounts == {"in_gl": Decimal("130.15")}
    (kind,) = books.sql("SELECT bucket, amount FROM ops.reconciliation WHERE kind = 'supplier_bill'")
    assert kind == {"bucket": "in_gl", "amount": Decimal("120.15")}


def test_as_shipped_nothing_of_an_invoice_is_asked_for_planned_or_posted(books):
    books.configure(dimensions=PLACES)
    invoices(books, 1)
    books.sandbox.clear_calls()
    assert books.sync() == {}
    assert [name for name in books.sandbox.calls()["certify"] if "invoice" in name] == []
    assert (books.held(), books.open_items(), ours(books)) == ({}, {}, Counter())


def test_what_was_processed_before_they_were_ours_is_never_posted_whatever_is_switched_on(books):
    invoices(books, 1)
    invoices(books, 2, day=LATER)
    for day in (DAY, LATER):
        books.configure(dimensions=PLACES)
        books.sync(day)
    books.configure(dimensions=PLACES, invoices=POSTED | {"since": str(LATER)})
    assert books.sync(LATER + timedelta(days=1)) == {"applied": 1}
    assert ours(books) == Counter([number(2)])
    assert books.reconciled()[1] == set()
    assert books.open_items() == {}


def test_what_waits_is_not_posted_once_the_day_from_which_they_are_ours_is_later(books):
    invoices(books, 1)
    waits = invoices(books, 2, {"VendorCode": "20009"})
    assert books.sync() == {"applied": 1}
    assert set(books.held()) == {waits}
    books.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "20009", "NAME": "New", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    books.configure(dimensions=PLACES, invoices=POSTED | {"since": str(LATER)})
    assert books.sync(LATER, refresh=True) == {}
    assert (books.open_items(), ours(books)) == ({}, Counter([number(1)]))
    # What stands is followed as before.
    books.sandbox.act("edit_document", object="APBILL", record=bill(books)["RECORDNO"], amount="1.00")
    assert books.reconciled()[1] == {"altered"}


def test_with_hold_a_preview_shows_what_would_be_posted(books):
    books.configure(dimensions=PLACES, invoices=POSTED | {"target": "hold"})
    report = invoices(books, 1)
    assert books.sync() == {}
    assert books.held() == {report: {"target_hold"}}
    books.configure(dimensions=PLACES, invoices=POSTED)
    assert books.sync(LATER) == {"applied": 1}
    assert books.open_items() == {}


def test_two_suppliers_may_use_one_number_and_one_approval_code_may_be_an_expense_report_s(books):
    books.report(1, ("10", "10"), ApprovalCode="104001")
    invoices(
        books, 1, {"InvoiceNumber": "7"}, {"InvoiceNumber": "7", "VendorCode": "20002", "VendorName": "Best Desks"}
    )
    assert books.sync() == {"applied": 2}
    suppliers = [one for one in books.sandbox.state("intacct", "APBILL") if one["VENDORID"] != "E-1007"]
    assert sorted((one["RECORDID"], one["VENDORID"]) for one in suppliers) == [
        ("7", "20001"), ("7", "20002"),
    ]  # fmt: skip
    assert len({row["token"] for row in books.sql("SELECT DISTINCT token FROM ledger.report")}) == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"certify_end_date_inclusive": False},
        {"certify_unprocessed_by_id": "shown"},
        {"certify_page_size": 1},
        {"certify_omitted_fields": {"invoicereports": ["EmployeeID", "FirstName", "LastName"]}},
        {"duplicate_bill_number": "refuse"},
        {"ap_approval": True},
    ],
    ids=str,
)
def test_whatever_is_unknown_of_either_service(books, settings):
    books.sandbox.settings(**settings)
    for report in (1, 2):
        invoices(books, report, {}, {"Amount": "5", "InvoiceNumber": f"B-{report}"})
    assert books.sync(validate=True) == {"applied": 2}
    assert books.sync(LATER) == {}
    assert ours(books) == Counter({number(report, ordinal): 1 for report in (1, 2) for ordinal in (1, 2)})
    assert books.open_items() == {}


def test_a_closed_period_moves_the_posting_and_neither_the_invoice_s_date_nor_the_day_it_is_due(books):
    books.configure(dimensions=PLACES, invoices=POSTED, closed_periods={"policy": "next_open_day"})
    invoices(books, 1, {"DueDate": str(DATED)})
    load = books.plan()
    books.sandbox.act("close_period", date=str(DATED), entity="100", subledger="AP")
    books.load(*load)
    books.sync(LATER)
    found = bill(books)
    assert (found["WHENCREATED"], found["WHENDUE"]) == (us(DATED), us(DATED))
    assert found["WHENPOSTED"] != us(DATED)
    assert (books.states(), books.open_items()) == ({"in_gl": 1}, {})


@pytest.mark.parametrize("style", ["transaction_date", "periods_are_closed", "date_on_or_after"])
def test_an_invoice_whose_own_date_is_refused_closes_no_open_day_for_others(books, style):
    books.sandbox.settings(closed_period_dates="both", closed_period_style=style)
    posting = {"invoices": POSTED | {"date": "processed_date"}, "closed_periods": {"policy": "next_open_day"}}
    books.configure(dimensions=PLACES, **posting)
    old = invoices(books, 1)
    load = books.plan()
    books.sandbox.act("close_period", date=str(DATED), entity="100", subledger="AP")
    assert books.load(*load) == {"rejected": 1}
    (item,) = books.waiting(old, "")
    assert f"the invoice's own date {DATED}" in item.reason
    assert books.sql("SELECT day FROM ledger.closed_date") == []
    invoices(books, 2, {"InvoiceDate": str(DAY)})
    assert books.sync() == {"applied": 1, "rejected": 1}
    assert bill(books, 2)["WHENPOSTED"] == us(DAY)
    books.sandbox.act("open_period", entity="100", subledger="AP")
    assert books.sync(LATER) == {"applied": 1}


def test_where_intacct_names_the_day_of_the_posting_another_is_tried_whatever_the_invoice_s_own(books):
    posting = {"invoices": POSTED | {"date": "processed_date"}, "closed_periods": {"policy": "next_open_day"}}
    books.configure(dimensions=PLACES, **posting)
    processed = DAY - timedelta(days=3)
    invoices(books, 1, day=processed)
    load = books.plan(processed)
    books.sandbox.act("close_period", date=str(processed), entity="100", subledger="AP")
    assert books.load(*load) == {"applied": 1}
    assert bill(books)["WHENCREATED"] == us(DATED)
    assert [row["day"] for row in books.sql("SELECT day FROM ledger.closed_date")] == [processed]


def test_a_credit_lowers_what_the_supplier_is_owed(books):
    credits = {"company_paid": "adjustment", "adjustment_sign": "negative"}
    books.configure(dimensions=PLACES, invoices=POSTED, credits=credits)
    invoices(books, 1, {"Amount": "-30", "InvoiceNumber": "CN-1"})
    assert books.sync() == {"applied": 1}
    (found,) = books.sandbox.state("intacct", "APADJUSTMENT")
    assert (found["RECORDID"], found["VENDORID"]) == (number(1, letter="A"), "20001")
    assert "CN-1" in found["DESCRIPTION"]
    assert (books.sync(LATER), books.open_items()) == ({}, {})


def test_it_has_the_company_s_own_fields(books):
    books.sandbox.settings(
        custom_fields={"APBILL": {"TRIP_CODE": {"label": "Trip"}}, "APBILLITEM": {"COST_APPROVER": {}}}
    )
    own = {"supplier_bill": {"header": {"TRIP_CODE": "{report_name}"}, "line": {"COST_APPROVER": "{reason}"}}}
    books.configure(dimensions=PLACES, invoices=POSTED, custom_fields=own)
    invoices(books, 1, {"Reason": "Kim"})
    assert books.sync(refresh=True) == {"applied": 1}
    found = bill(books)
    assert (found["TRIP_CODE"], found["APBILLITEMS"][0]["COST_APPROVER"]) == ("March 1", "Kim")
    assert books.states() == {"in_gl": 1}


# What changes afterwards


def test_one_that_is_processed_again_with_another_amount_is_named_and_accepted_or_posted_again(books):
    report = invoices(books, 1)
    books.sync()
    corrected(books, 1, {"Amount": "90"})
    books.sync(LATER)
    assert books.held() == {report: {"changed_after_posting"}}
    books.sandbox.act("reverse", object="APBILL", record=bill(books)["RECORDNO"])
    for _ in range(2):
        books.sync(LATER)
    assert books.held() == {report: {"post_again"}}
    books.decide(report)
    assert books.sync(LATER) == {"applied": 1}
    (again,) = [one for one in books.sandbox.state("intacct", "APBILL") if one["DOCNUMBER"] == number(1, sequence=2)]
    assert (again["RECORDID"], again["TRX_TOTALENTERED"]) == ("INV-1-2", "90.00")
    assert books.open_items() == {}


def test_one_that_is_no_longer_processed_is_an_alarm_until_it_is_accepted(books):
    report = invoices(books, 1)
    books.sync()
    corrected(books, 1, {"Processed": False, "ProcessedDate": ""}, Processed=False, ProcessedDate="")
    books.sync(LATER)
    assert {row["rule"] for row in books.sql("SELECT rule FROM ledger.open_item")} == {"unprocessed_after_posting"}
    books.decide(report)
    books.sync(LATER)
    # It is planned should it be processed again; nobody is asked about it until then.
    assert books.open_items() == {report: "found"}


def test_what_a_clerk_changes_in_intacct_is_noticed(books):
    invoices(books, 1)
    books.sync()
    books.sandbox.act("edit_document", object="APBILL", record=bill(books)["RECORDNO"], amount="1.00")
    assert books.reconciled()[1] == {"altered"}


def test_who_switches_it_off_again_is_told_nothing_and_what_stands_is_followed(books):
    invoices(books, 1)
    books.sync()
    books.configure(dimensions=PLACES)
    assert books.sync(LATER) == {}
    assert (books.held(), books.open_items()) == ({}, {})
    books.sandbox.act("edit_document", object="APBILL", record=bill(books)["RECORDNO"], amount="1.00")
    assert books.reconciled()[1] == {"altered"}


@pytest.mark.parametrize("now", [None, POSTED | {"since": str(LATER)}], ids=["off", "later"])
def test_what_lists_leave_out_since_is_not_asked_for_one_by_one(books, now):
    for report in (1, 2):
        invoices(books, report)
    books.sync()
    books.configure(dimensions=PLACES, **({"invoices": now} if now else {}))
    books.sandbox.clear_calls()
    assert books.sync(LATER) == {}
    assert books.reconciled()[1] == set()
    assert [name for name in books.sandbox.calls()["certify"] if "invoicereports/" in name] == []
    assert (books.held(), books.open_items()) == ({}, {})


@pytest.mark.parametrize("now", [None, POSTED | {"since": str(LATER)}], ids=["off", "later"])
def test_what_is_posted_is_followed_whatever_is_said_of_invoices_since(books, now):
    """Unprocessed, and changed in Certify: who switches them off, or says another day, is told all the same."""
    unprocessed, recoded, total = (invoices(books, number) for number in (1, 2, 3))
    books.sync()
    books.configure(dimensions=PLACES, **({"invoices": now} if now else {}))
    books.sandbox.act("edit_invoices", report=report_id(1), changes={"Processed": False, "ProcessedDate": ""})
    (line,) = [one for one in books.sandbox.state("certify", "invoices") if one["InvoiceReportID"] == report_id(2)]
    books.sandbox.act("edit_invoices", report=report_id(2), line=line["ID"], line_changes={"CategoryGLCode": "6300"})
    corrected(books, 3, {"Amount": "90"})
    books.sync(LATER)
    waits = {row["report_id"]: row["rule"] for row in books.sql("SELECT report_id, rule FROM ledger.open_item")}
    assert waits == {
        unprocessed: "unprocessed_after_posting", recoded: "changed_after_posting", total: "changed_after_posting"
    }  # fmt: skip
    # What one is over by now and not in Intacct is nowhere.
    assert books.reconciled()[1] == {"not_processed", "unassigned"}


def test_a_late_one_is_found_by_the_sweep_and_one_that_changes_before_it_is_sent_is_not_sent(books):
    books.sync()
    report = invoices(books, 1, day=DAY)
    load = books.plan(LATER)
    corrected(books, 1, {"Amount": "90"})
    assert books.load(*load) == {"moved_on": 1}
    assert ours(books) == Counter()
    assert books.sync(LATER) == {"applied": 1}
    assert bill(books)["TRX_TOTALENTERED"] == "90.00"
    assert report not in books.open_items()


def test_an_invoice_that_is_said_to_be_of_two_reports_stops_nothing_else(books, monkeypatch):
    """What is posted of invoices is followed by the IDs of their reports, and a list of two IDs is none."""
    invoices(books, 1)
    assert books.sync() == {"applied": 1}
    invoices(books, 2)
    stated_in = {"invoicereports": "ID", "invoices": "InvoiceReportID"}
    pages = CertifyHook.pages

    def told_twice(self, resource, **params):
        for page in pages(self, resource, **params):
            field = stated_in.get(resource, "")
            of_it = {field: [report_id(2), "other"]}
            records = [record | of_it if record.get(field) == report_id(2) else record for record in page.records]
            yield replace(page, records=records)

    monkeypatch.setattr(CertifyHook, "pages", told_twice)
    # Nobody knows which report of that employee and day lacks the invoice, so they all wait.
    other = {"EmployeeID": "E-2000", "EmployeeEmail": "b.other@example.com"}
    invoices(books, 3, other, EmployeeID="E-2000")
    load, run = books.extract(validate=True)
    refused = books.sql(
        "SELECT * FROM quality.quarantine WHERE load_id = %s AND rule = 'readable' ORDER BY stream", load
    )
    assert [row["stream"] for row in refused] == ["certify_expense_reports", "certify_expenses"]
    assert all(report_id(2) in row["label"] for row in refused), refused
    IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
    assert books.load(load, run) == {"applied": 1}
    assert ours(books) == Counter([number(1), number(3)])
    assert books.reconciled()[0]["in_gl"] == Decimal("200.20")
