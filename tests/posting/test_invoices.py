"""Invoices of Certify's AP automation: each a bill of its supplier, posted and read back, once, and held with a way out."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.model.reports import INVOICES
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, report_id

DATED = DAY - timedelta(days=10)
DUE = DAY + timedelta(days=20)
LONG_AGO = DAY - timedelta(days=150)
LATER = DAY + timedelta(days=1)
POSTED = {"target": "supplier_bill", "since": "2020-01-01"}
#: Invoice reports state no Employee GLD: the entity is that of the department.
HEADER = ("RECORDID", "VENDORID", "TRX_TOTALENTERED", "WHENCREATED", "WHENPOSTED", "WHENDUE", "STATE")
PLACES = {"entity": {"by_department": {"30": "100"}}}


@pytest.fixture
def books(company) -> Company:
    """The small company, which posts invoices, with two suppliers."""
    company.sandbox.load(
        "intacct",
        "VENDOR",
        [
            {"VENDORID": code, "NAME": name, "VENDTYPE": "Supplier", "STATUS": "active"}
            for code, name in (("20001", "Acme Paper"), ("20002", "Best Desks"))
        ],
    )
    company.configure(dimensions=PLACES, invoices=POSTED)
    return company


def invoices(company: Company, number: int, *lines: dict[str, Any], day: Any = DAY, **header: Any) -> str:
    """Adds a processed invoice report; gives the ID under which it is known."""
    head, records = stated(number, lines, day, header)
    company.sandbox.load("certify", "invoicereports", [head])
    company.sandbox.load("certify", "invoices", records)
    return f"{INVOICES}{head['ID']}"


def corrected(company: Company, number: int, *lines: dict[str, Any], day: Any = DAY, **header: Any) -> None:
    """The same report as it is in Certify from now on."""
    head, records = stated(number, lines, day, header)
    for record in records:
        company.sandbox.act(
            "edit_invoices",
            report=report_id(number),
            line=record.pop("ID"),
            line_changes=record,
            changes=without_id(head),
        )
    company.sandbox.act("edit_invoices", report=report_id(number), changes=without_id(head))


def without_id(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "ID"}


def vendor(company: Company, **changes: str) -> None:
    """Changes the supplier in Intacct."""
    (record,) = [one["RECORDNO"] for one in company.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "20001"]
    company.sandbox.act("edit_document", object="VENDOR", record=record, changes=changes)


def stated(
    number: int, lines: tuple[dict[str, Any], ...], day: Any, header: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A report and its lines as Certify has them."""
    identity_ = report_id(number)
    records = [
        {
            "ID": f"{identity_[:-12]}{number:06d}{position:06d}", "InvoiceReportID": identity_, "EmployeeID": "E-1007",
            "EmployeeEmail": "a.ruiz@example.com", "FirstName": "Ana", "LastName": "Ruiz", "DepartmentCode": "30",
            "DepartmentName": "Sales", "Category": "Hotel", "CategoryGLCode": "6220", "Amount": "100.10", "Currency": "USD",
            "ProcessedDate": str(day), "Processed": True, "InvoiceDate": str(DATED), "DueDate": str(DUE),
            "InvoiceNumber": f"INV-{number}", "VendorName": "Acme Paper", "VendorCode": "20001", "PONumber": "", **line,
        }
        for position, line in enumerate(lines or [{}], start=1)
    ]  # fmt: skip
    total = sum((Decimal(record["Amount"]) for record in records), Decimal(0))
    head = {
        "ID": identity_, "EmployeeID": "E-1007", "FirstName": "Ana", "LastName": "Ruiz", "TotalAmount": str(total), "Currency": "USD",
        "Processed": True, "ProcessedDate": str(day), "ApprovalCode": str(104000 + number), "InvoiceReportName": f"March {number}",
    }  # fmt: skip
    return {**head, **header}, records


def number(report: int, ordinal: int = 1, letter: str = "S", sequence: int = 1) -> str:
    token = identity.token("sandbox", f"{INVOICES}{report_id(report)}")
    return f"{token}-{sequence}-{ordinal:03d}{letter}"


def us(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def ours(company: Company) -> Counter[str]:
    """Our numbers of the bills in Intacct, each as often as it is there."""
    return Counter(bill["DOCNUMBER"] for bill in company.sandbox.state("intacct", "APBILL"))


def bill(company: Company, report: int = 1, ordinal: int = 1) -> dict[str, Any]:
    (found,) = [
        one for one in company.sandbox.state("intacct", "APBILL") if one["DOCNUMBER"] == number(report, ordinal)
    ]
    return found


def reconciled(company: Company) -> tuple[dict[str, Decimal], set[str]]:
    """Amounts by bucket, and the findings that nobody has decided about, of a whole reconciliation of the day."""
    context = company.context(run_id=f"reconcile-{company.runs}", period_start=str(DAY), period_end=str(DAY))
    context["dag_run"].dag_id = "reconciliation"
    load = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(context)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(context)
    rows = company.sql(
        "SELECT kind || ' ' || bucket AS place, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = %s GROUP BY 1",
        load,
    )
    findings = company.sql("SELECT finding FROM ops.reconciliation_finding WHERE load_id = %s AND NOT decided", load)
    return {row["place"]: row["amount"] for row in rows}, {row["finding"] for row in findings}


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
    amounts, findings = reconciled(books)
    assert findings == set()
    assert amounts["supplier_bill in_gl"] == Decimal("120.15")


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
    assert reconciled(books)[1] == set()
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
    assert reconciled(books)[1] == {"altered"}


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


# Once


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
    for _ in range(5):
        with contextlib.suppress(ConnectorError):
            books.sync()
        if not books.open_items():
            break
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


def by_hand(company: Company, **changes: Any) -> str:
    record = {
        "RECORDID": "INV-1", "VENDORID": "20001", "WHENCREATED": us(LONG_AGO), "WHENPOSTED": us(LONG_AGO), "WHENDUE": us(DUE),
        "CURRENCY": "USD", "BASECURR": "USD", "TOTALENTERED": "99.00", "TRX_TOTALENTERED": "99.00", "STATE": "Posted",
        "DOCNUMBER": "", "APBILLITEMS": [{"ACCOUNTNO": "6220", "TRX_AMOUNT": "99.00", "LOCATIONID": "100", "DEPARTMENTID": "30"}],
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [{**record, **changes}])
    found = company.sandbox.state("intacct", "APBILL")[-1]
    return str(found["RECORDNO"])


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
    assert reconciled(books)[1] == set()


def test_a_bill_of_the_same_number_of_another_supplier_holds_nothing(books):
    by_hand(books, VENDORID="20002")
    invoices(books, 1)
    assert books.sync() == {"applied": 1}


def test_a_copy_under_our_number_is_found(books):
    invoices(books, 1)
    books.sync()
    by_hand(books, RECORDID="INV-1 copy", DOCNUMBER=number(1))
    assert reconciled(books)[1] == {"second_document"}


# What waits, and how it ends


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
    assert reconciled(books)[1] == {"altered"}


def test_who_switches_it_off_again_is_told_nothing_and_what_stands_is_followed(books):
    invoices(books, 1)
    books.sync()
    books.configure(dimensions=PLACES)
    assert books.sync(LATER) == {}
    assert (books.held(), books.open_items()) == ({}, {})
    books.sandbox.act("edit_document", object="APBILL", record=bill(books)["RECORDNO"], amount="1.00")
    assert reconciled(books)[1] == {"altered"}


@pytest.mark.parametrize("now", [None, POSTED | {"since": str(LATER)}], ids=["off", "later"])
def test_what_lists_leave_out_since_is_not_asked_for_one_by_one(books, now):
    for report in (1, 2):
        invoices(books, report)
    books.sync()
    books.configure(dimensions=PLACES, **({"invoices": now} if now else {}))
    books.sandbox.clear_calls()
    assert books.sync(LATER) == {}
    assert reconciled(books)[1] == set()
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
    assert reconciled(books)[1] == {"not_processed", "unassigned"}


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
