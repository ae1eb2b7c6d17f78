"""Invoices of Certify's AP automation in the small company: its suppliers, reports of them, the bills that they become."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.reports import INVOICES
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, report_id

DATED = DAY - timedelta(days=10)
DUE = DAY + timedelta(days=20)
LONG_AGO = DAY - timedelta(days=150)
LATER = DAY + timedelta(days=1)
POSTED = {"target": "supplier_bill", "since": "2020-01-01"}
#: Invoice reports state no Employee GLD: the entity is that of the department.
PLACES = {"entity": {"by_department": {"30": "100"}}}


@pytest.fixture
def books(company: Company) -> Company:
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


def by_hand(company: Company, **changes: Any) -> str:
    record = {
        "RECORDID": "INV-1", "VENDORID": "20001", "WHENCREATED": us(LONG_AGO), "WHENPOSTED": us(LONG_AGO), "WHENDUE": us(DUE),
        "CURRENCY": "USD", "BASECURR": "USD", "TOTALENTERED": "99.00", "TRX_TOTALENTERED": "99.00", "STATE": "Posted",
        "DOCNUMBER": "", "APBILLITEMS": [{"ACCOUNTNO": "6220", "TRX_AMOUNT": "99.00", "LOCATIONID": "100", "DEPARTMENTID": "30"}],
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [{**record, **changes}])
    found = company.sandbox.state("intacct", "APBILL")[-1]
    return str(found["RECORDNO"])
