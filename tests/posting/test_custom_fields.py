"""Fields that a company added to its documents: filled from Certify, read back, compared, and known before where they cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from certify_intacct.model.documents import DocumentKind
from tests.expense_company import DAY, Company
from tests.posting.test_expense_reports import ANA, IN_EXPENSES
from tests.posting.test_gl_journals import JOURNAL
from tests.reconciliation.test_line_by_line import edit, findings, reconciled

HEADER, LINE = (
    {"TRIP_CODE": "{report_name}", "SUBMITTED_ON": "{submitted_date}"},
    {"COST_APPROVER": "{report_gld_3}", "VISIT": "[{reason}]"},
)
#: By kind of document its objects, and the amounts of a line that becomes one.
MADE: dict[str, tuple[str, str, str, str]] = {
    "ap_bill": ("APBILL", "APBILLITEMS", "10", "10"),
    "credit_card_transaction": ("CCTRANSACTION", "CCTRANSACTIONENTRIES", "10", "0"),
    "gl_journal": ("GLBATCH", "ENTRIES", "10", "0"),
    "expense_report": ("EEXPENSES", "EEXPENSESITEMS", "10", "10"),
    "card_vendor_bill": ("APBILL", "APBILLITEMS", "10", "0"),
    "ap_adjustment": ("APADJUSTMENT", "APADJUSTMENTITEMS", "-10", "-10"),
    "expense_adjustment": ("EXPENSEADJUSTMENTS", "EXPENSEADJUSTMENTSITEMS", "-10", "-10"),
}
#: Kinds whose header has no place for one.
LINES_ALONE = {"expense_adjustment"}
CARDS = {"target": "card_vendor_bill", "cards": [{"payment_card": "Corporate Visa", "vendor_id": "V-VISA"}]}
SETTINGS: dict[str, dict[str, Any]] = {
    "gl_journal": {"company_paid": JOURNAL},
    "expense_report": {"employee_paid": IN_EXPENSES},
    "card_vendor_bill": {"company_paid": CARDS},
    "ap_adjustment": {"credits": {"employee_paid": "adjustment", "adjustment_sign": "negative"}},
    "expense_adjustment": {
        "employee_paid": IN_EXPENSES,
        "credits": {"employee_paid": "adjustment", "expense_adjustment_sign": "negative"},
    },
}
BOTH: dict[str, dict[str, Any]] = {
    name: {"TRIP_CODE": {"label": "Trip"}, "SUBMITTED_ON": {"type": "DATE"}, "COST_APPROVER": {}, "VISIT": {}}
    for name in (
        "APBILL", "APBILLITEM", "CCTRANSACTION", "CCTRANSACTIONENTRY", "GLBATCH", "GLENTRY", "EEXPENSES", "EEXPENSESITEM",
        "APADJUSTMENT", "APADJUSTMENTITEM", "EXPENSEADJUSTMENTSITEM",
    )
}  # fmt: skip


@pytest.fixture
def own(company) -> Company:
    """The small company, whose documents have fields of its own."""
    load = company.sandbox.load
    load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Card clearing", "STATUS": "active"}])
    load("intacct", "EMPLOYEE", [ANA])
    load("intacct", "EXPENSEPAYMENTTYPE", [{"NAME": "Out of pocket", "NONREIMBURSABLE": "false", "STATUS": "active"}])
    load("intacct", "VENDOR", [{"VENDORID": "V-VISA", "NAME": "Visa", "VENDTYPE": "Supplier", "STATUS": "active"}])
    company.sandbox.settings(custom_fields=BOTH)
    return company


def use(company: Company, kind: str, header: dict[str, str] = HEADER, line: dict[str, str] = LINE) -> None:
    header = {} if kind in LINES_ALONE else header
    company.configure(custom_fields={kind: {"header": header, "line": line}}, **SETTINGS.get(kind, {}))


def report(company: Company, kind: str, number: int = 1, **line: str) -> str:
    _, _, amount, reimbursed = MADE[kind]
    return company.report(number, {"Amount": amount, "ReimAmount": reimbursed, "ExpenseReportGLD3Code": "M-9", **line})


def posted(company: Company, kind: str) -> dict[str, Any]:
    (record,) = company.sandbox.state("intacct", MADE[kind][0])
    return record


def test_every_kind_is_here():
    # Invoices become a kind of their own (test_invoices.py::test_it_has_the_company_s_own_fields).
    assert set(MADE) == {kind.value for kind in DocumentKind} - {"supplier_bill"}


@pytest.mark.parametrize("kind", MADE)
def test_header_and_lines_of_every_kind_have_them_and_are_read_back(own, kind):
    use(own, kind)
    report(own, kind)
    assert own.sync() == {"applied": 1}
    record = posted(own, kind)
    if kind not in LINES_ALONE:
        assert (record["TRIP_CODE"], record["SUBMITTED_ON"]) == ("Trip 1", f"{DAY:%m/%d/%Y}")
    for line in record[MADE[kind][1]]:
        assert (line["COST_APPROVER"], line["VISIT"]) == ("M-9", "Client visit")
    own.sandbox.act("approve", object="EEXPENSES", record="1") if kind == "expense_report" else None
    own.reconcile()
    assert own.states() == {"in_gl": 1}


@pytest.mark.parametrize("kind", MADE)
def test_what_a_clerk_changes_of_them_is_named_and_what_is_not_ours_is_not(own, kind):
    use(own, kind)
    own.sandbox.settings(custom_fields={name: fields | {"REVIEWED": {}} for name, fields in BOTH.items()})
    report(own, kind)
    load, run = own.plan()
    own.load(load, run)
    reconciled(own, load, run)
    assert "altered" not in findings(own)
    header = [] if kind in LINES_ALONE else [()]
    for place in (*header, (1,)):
        edit(own, MADE[kind][0], "1", *place, REVIEWED="yes")
    reconciled(own, load, run)
    assert "altered" not in findings(own)
    for _ in header:
        edit(own, MADE[kind][0], "1", TRIP_CODE="Other")
    edit(own, MADE[kind][0], "1", 1, COST_APPROVER="M-1")
    reconciled(own, load, run)
    assert not header or "field TRIP_CODE Other instead of Trip 1" in findings(own)["altered"]
    assert "field COST_APPROVER M-1 instead of M-9" in findings(own)["altered"]


def test_a_field_that_nobody_reads_any_more_is_no_difference(own):
    use(own, "ap_bill")
    report(own, "ap_bill")
    load, run = own.plan()
    own.load(load, run)
    own.configure()
    own.reconcile()
    assert own.states() == {"in_gl": 1}
    use(own, "ap_bill")
    own.sandbox.settings(custom_fields={})
    own.reconcile()
    assert own.states() == {"in_gl": 1}


def test_what_would_be_empty_holds_and_posts_once_it_is_filled_or_may_be_empty(own):
    use(own, "ap_bill")
    waiting = report(own, "ap_bill", ExpenseReportGLD3Code="")
    assert own.sync() == {}
    assert own.held() == {waiting: {"custom_field_empty"}}
    (row,) = own.sql("SELECT reason, cure FROM plan.change WHERE rule = 'custom_field_empty'")
    assert "the custom field COST_APPROVER would be empty, since Certify states no report_gld_3" in row["reason"]
    assert row["cure"] == (
        'Fill it in Certify, or write `COST_APPROVER: "[{report_gld_3}]"` in posting.custom_fields.ap_bill.line of connector.yaml: '
        "then it may be empty."
    )
    use(own, "ap_bill", line={"COST_APPROVER": "[{report_gld_3}]"})
    assert own.sync() == {"applied": 1}
    assert not posted(own, "ap_bill")["APBILLITEMS"][0].get("COST_APPROVER")


def test_lines_of_a_summed_journal_are_one_where_their_fields_agree(own):
    journal = {"symbol": "EXP", "offset_account": "2055", "lines": "summed"}
    own.configure(
        company_paid={"target": "gl_journal", "journal": journal},
        custom_fields={"gl_journal": {"line": {"COST_APPROVER": "{report_gld_3}"}}},
    )
    lines = [{"Amount": "10", "ReimAmount": "0", "ExpenseReportGLD3Code": code} for code in ("A", "A", "B")]
    own.report(1, *lines)
    assert own.sync() == {"applied": 1}
    entries = [
        (line["COST_APPROVER"], line["TRX_AMOUNT"])
        for line in posted(own, "gl_journal")["ENTRIES"]
        if line["ACCOUNTNO"] == "6220"
    ]
    assert entries == [("A", "20.00"), ("B", "10.00")]


@pytest.mark.parametrize("kind", ["ap_bill", "expense_report"])
def test_what_is_found_and_adopted_keeps_them(own, kind):
    """A ledger that is lost: the document stands in Intacct, with the fields that it has there."""
    use(own, kind)
    report(own, kind)
    assert own.sync() == {"applied": 1}
    edit(own, MADE[kind][0], "1", 1, COST_APPROVER="M-1")
    own.forget_everything_but_the_deployment()
    own.sync()
    assert len(own.sandbox.state("intacct", MADE[kind][0])) == 1
    (row,) = own.sql("SELECT canonical FROM ledger.document")
    assert "M-1" in str(bytes(row["canonical"]))
    own.reconcile()
    assert set(own.states()) <= {"in_gl", "accepted"}
