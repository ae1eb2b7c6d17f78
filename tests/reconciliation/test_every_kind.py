"""Whatever a clerk does to a document of any kind is named, once, and by that document; put right again, nothing is red."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from certify_intacct.model.documents import DocumentKind
from tests.expense_company import Company
from tests.posting.invoice_company import PLACES, POSTED, invoices
from tests.posting.test_card_vendor_bills import AMEX
from tests.posting.test_expense_reports import ANA

JOURNAL = {"symbol": "EXP", "offset_account": "2055"}
#: Of each object: its lines, where they name account, place and department, and where the header names day and party.
OBJECTS = {
    "APBILL": ("ACCOUNTNO", "LOCATIONID", "DEPARTMENTID", ("WHENCREATED", "WHENPOSTED"), ("VENDORID", "E-1008")),
    "APADJUSTMENT": ("ACCOUNTNO", "LOCATIONID", "DEPARTMENTID", ("WHENCREATED", "WHENPOSTED"), ("VENDORID", "E-1008")),
    "CCTRANSACTION": ("ACCOUNTNO", "LOCATIONID", "DEPARTMENTID", ("WHENCREATED",), ("FINANCIALENTITY", "CORP-AMEX")),
    "EEXPENSES": ("GLACCOUNTNO", "LOCATIONID", "DEPARTMENTID", ("WHENCREATED", "WHENPOSTED"), ("EMPLOYEEID", "E-1008")),
    "EXPENSEADJUSTMENTS": (
        "GLACCOUNTNO", "LOCATIONID", "DEPARTMENTID", ("WHENCREATED", "WHENPOSTED"), ("EMPLOYEEID", "E-1008"),
    ),
    "GLBATCH": ("ACCOUNTNO", "LOCATION", "DEPARTMENT", ("BATCH_DATE",), ("JOURNAL", "OTHER")),
}  # fmt: skip
OBJECT_OF = {
    "ap_bill": "APBILL", "card_vendor_bill": "APBILL", "supplier_bill": "APBILL", "ap_adjustment": "APADJUSTMENT",
    "credit_card_transaction": "CCTRANSACTION", "expense_report": "EEXPENSES", "expense_adjustment": "EXPENSEADJUSTMENTS",
    "gl_journal": "GLBATCH",
}  # fmt: skip
ACCOUNT, PLACE, DEPARTMENT, DAYS, PARTY = range(5)
KINDS = len(DocumentKind)


@pytest.fixture
def books(company) -> Company:
    """A company that has posted one document of each kind."""
    load = company.sandbox.load
    load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Marketing", "STATUS": "active"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Clearing", "STATUS": "active"}])
    load("intacct", "GLJOURNAL", [{"SYMBOL": name, "TITLE": name, "STATUS": "active"} for name in ("EXP", "OTHER")])
    load("intacct", "EMPLOYEE", [ANA])
    supplier = {"VENDTYPE": "Supplier", "STATUS": "active"}
    load("intacct", "VENDOR", [supplier | {"VENDORID": code, "NAME": code} for code in ("V-AMEX", "20001")])
    visa = {"payment_card": "Corporate Visa", "card_id": "CORP-VISA"}
    company.configure(
        dimensions=PLACES,
        invoices=POSTED,
        employee_paid={"overrides": [{"categories": ["Meals"], "target": "expense_report"}]},
        company_paid={
            "cards": [visa, AMEX], "journal": JOURNAL,
            "overrides": [
                {"cards": ["Corporate Amex"], "target": "card_vendor_bill"}, {"categories": ["Meals"], "target": "gl_journal"},
            ],
        },
        credits={"employee_paid": "adjustment", "adjustment_sign": "negative", "expense_adjustment_sign": "negative"},
    )  # fmt: skip
    one_of_each(company, 1)
    assert company.states() == {"in_gl": KINDS}
    assert red(company) == {}
    return company


def one_of_each(company: Company, first: int) -> None:
    """Posts a document of each kind, of three reports, and has approved what books nothing before."""
    meals = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    on_amex = {"PaymentCardName": "Corporate Amex", "CCLast": "1009", "ReimAmount": "0"}
    company.report(
        first, ("100", "100"), {"Amount": "10", "ReimAmount": "10", **meals}, ("30", "0"), {"Amount": "40", **on_amex},
        {"Amount": "50", "ReimAmount": "0", **meals},
    )  # fmt: skip
    company.report(first + 1, ("-20", "-20"), {"Amount": "-5", "ReimAmount": "-5", **meals})
    invoices(company, first + 2, {"Amount": "60"})
    company.sync()
    for name in ("EEXPENSES", "EXPENSEADJUSTMENTS"):
        for one in company.sandbox.state("intacct", name):
            if one["STATE"] == "Submitted":
                company.sandbox.act("approve", object=name, record=one["RECORDNO"])
    company.reconcile()


def red(company: Company) -> dict[str, int]:
    """Each finding of a whole reconciliation of the day that nobody has decided about, by its kind."""
    load = company.reconciliation()
    rows = company.sql(
        "SELECT finding, number FROM ops.reconciliation_finding WHERE load_id = %s AND NOT decided", load
    )
    assert max(Counter(row["number"] for row in rows).values(), default=1) == 1, "each is named once"
    return dict(Counter(row["finding"] for row in rows))


def documents(company: Company) -> list[tuple[str, dict[str, Any]]]:
    """Ours in Intacct, of all kinds: object and record."""
    rows = company.sql("SELECT kind, record_no FROM ledger.document")
    known = {(OBJECT_OF[row["kind"]], row["record_no"]) for row in rows}
    found = [
        (name, one)
        for name in OBJECTS
        for one in company.sandbox.state("intacct", name)
        if (name, one["RECORDNO"]) in known
    ]
    assert len(found) == len(known)
    return found


def lines_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a document, under whatever name it has them."""
    (lines,) = [value for name, value in record.items() if isinstance(value, list) and value and "LINE_NO" in value[0]]
    return lines


def edit(company: Company, name: str, record: dict[str, Any], **what: Any) -> None:
    company.sandbox.act("edit_document", object=name, record=record["RECORDNO"], **what)


def on_the_line(place: int, value: str) -> Callable[[Company, str, dict[str, Any]], Callable[[], None]]:
    """Writes a value on the first line; gives what puts it right again."""

    def deed(company: Company, name: str, record: dict[str, Any]) -> Callable[[], None]:
        field = OBJECTS[name][place]
        before = lines_of(record)[0].get(field, "")
        edit(company, name, record, line=1, line_changes={field: value})
        return lambda: edit(company, name, record, line=1, line_changes={field: before})

    return deed


def on_the_header(place: int, value: str = "") -> Callable[[Company, str, dict[str, Any]], Callable[[], None]]:
    def deed(company: Company, name: str, record: dict[str, Any]) -> Callable[[], None]:
        what = OBJECTS[name][place]
        wanted = dict.fromkeys(what, value) if value else {what[0]: what[1]}
        before = {field: record[field] for field in wanted}
        edit(company, name, record, changes=wanted)
        return lambda: edit(company, name, record, changes=before)

    return deed


def its_amount(company: Company, name: str, record: dict[str, Any]) -> Callable[[], None]:
    before = lines_of(record)[0]["TRX_AMOUNT"]
    edit(company, name, record, amount="1.23")
    return lambda: edit(company, name, record, amount=before)


DEEDS = {
    "account": on_the_line(ACCOUNT, "2050"),
    "location": on_the_line(PLACE, "200"),
    "department": on_the_line(DEPARTMENT, "40"),
    "no department": on_the_line(DEPARTMENT, ""),
    "date": on_the_header(DAYS, "01/05/2026"),
    "party": on_the_header(PARTY),
    "amount": its_amount,
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_clerk_changes_is_named_of_every_kind_and_silent_when_it_is_put_right(books, deed):
    cures = [DEEDS[deed](books, name, record) for name, record in documents(books)]
    assert red(books) == {"altered": KINDS}
    assert red(books) == {"altered": KINDS}, "as long as it stands so"
    for cure in cures:
        cure()
    assert red(books) == {}


@pytest.mark.parametrize("deed", ["delete", "reverse"])
def test_what_is_gone_is_named_of_every_kind(books, deed):
    """What is not shown any more was deleted only where another one of its kind is shown."""
    gone = documents(books)
    one_of_each(books, 11)
    for name, record in gone:
        books.sandbox.act(deed, object=name, record=record["RECORDNO"])
    assert red(books) == {f"{deed}d": KINDS}
