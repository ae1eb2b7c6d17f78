"""The functions that post documents: whole, repeatable to the byte, valid by the schema of requests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.intacct import envelope
from certify_intacct.intacct.functions import Function
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.references import TaxDetail, Vendor
from tests.intacct.request_schema import schema
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report, values

BANK = Vendor(vendor_id="V-1", record_no="9", name="Bank", vendor_type="Supplier")
KNOWN = replace(
    REFERENCES,
    dimensions={**REFERENCES.dimensions, "project": values("P-1"), "class": values("C")},
    vendors=REFERENCES.vendors | {"V-1": BANK},
    tax_details=REFERENCES.tax_details
    | {detail: TaxDetail(detail_id=detail, solution="Canadian Sales Tax - SYS") for detail in ("CA GST", "CA PST")},
)
CREDENTIALS = envelope.Credentials("sender", "ACME", "user", sender_password="p", user_password="q")

JOURNAL = {
    "company_paid": {
        "target": "gl_journal",
        "journal": {"symbol": "EXP", "offset_account": "2310", "vat_vendor": "HMRC"},
    }
}
EXPENSES = {"target": "expense_report"}
CARD_VENDOR = {
    "company_paid": {"target": "card_vendor_bill", "cards": [{"payment_card": "Corp Visa", "vendor_id": "V-1"}]}
}
IN_EXPENSES = {"employee_paid": "adjustment", "expense_adjustment_sign": "positive"}
CREDITS = {"employee_paid": "adjustment", "company_paid": "adjustment", "adjustment_sign": "negative"}
ADJUSTED = CARD_VENDOR | {"credits": CREDITS}
UK = {"mode": "map", "vat_detail": "UK standard", "zero_detail": "UK zero", "solution": "UK - VAT"}
TWO_DETAILS = {"mode": "map", "hst_detail": "CA GST", "pst_detail": "CA PST", "solution": "Canadian Sales Tax - SYS"}
CASES = {
    "plain": ({}, [line("a", "100.10", reason="<&> \"'\U0001f686"), line("b", "-3")]),
    "both parts": ({}, [line("a", "50", "20", card_name="Corp Visa", card_last="4821", card_transaction_id="T-1")]),
    "foreign": (
        {"currencies": {"exchange_rate_type": "Daily"}, "dimensions": {"entity": {"certify": "report_gld/1"}}},
        [line("a", "1", report_gld_codes={1: "200"}), card_line("b", "2", "T", report_gld_codes={1: "200"})],
    ),
    "VAT": (
        {"tax": {"default": UK}},
        [line("a", "12", vat_amount=Decimal(2)), card_line("b", "12", "T", vat_amount=Decimal(2))],
    ),
    "journal": (JOURNAL, [card_line("a", "10"), card_line("b", "-3"), line("c", "5", "2")]),
    "journal, foreign": (
        JOURNAL
        | {"currencies": {"exchange_rate_type": "Daily"}, "dimensions": {"entity": {"certify": "report_gld/1"}}},
        [card_line("a", "1", report_gld_codes={1: "200"})],
    ),
    "journal, VAT": (
        JOURNAL | {"tax": {"default": UK}},
        [card_line("a", "12", vat_amount=Decimal(2)), card_line("b", "5")],
    ),
    "expense report": (
        {"employee_paid": EXPENSES},
        [line("a", "100.10", reason="<&> \"'\U0001f686"), line("b", "-3"), line("c", "1", vendor="")],
    ),
    "expense report, types": (
        {
            "employee_paid": EXPENSES
            | {
                "expense_report": {
                    "expense_types": {"Hotel": "Lodging"},
                    "payment_type": "Out of pocket",
                    "state": "draft",
                }
            },
            "company_paid": EXPENSES | {"expense_report": {"payment_type": "Company card"}},
        },
        [line("a", "1"), card_line("b", "2", "T"), line("c", "5", "2", card_name="Corp Visa", card_last="4821")],
    ),
    "expense report, foreign": (
        {
            "employee_paid": EXPENSES,
            "currencies": {"exchange_rate_type": "Daily"},
            "dimensions": {"entity": {"certify": "report_gld/1"}, "project": {"certify": "report_gld/3"}},
        },
        [line("a", "1", report_gld_codes={1: "200", 3: "P-1"})],
    ),
    "expense report, VAT": (
        {
            "employee_paid": EXPENSES,
            "tax": {"default": UK},
        },
        [line("a", "12", vat_amount=Decimal(2))],
    ),
    "two details on a line": (
        {"tax": {"default": TWO_DETAILS}},
        [
            line("a", "112", hst_amount=Decimal(5), pst_amount=Decimal(7)),
            card_line("b", "112", "T", hst_amount=Decimal(5), pst_amount=Decimal(7)),
        ],
    ),
    "card vendor bill": (
        CARD_VENDOR,
        [card_line("a", "10"), card_line("b", "-3"), line("c", "5", "2", card_name="Corp Visa")],
    ),
    "card vendor bill, VAT": (
        CARD_VENDOR | {"tax": {"default": UK}},
        [card_line("a", "12", vat_amount=Decimal(2)), card_line("b", "5")],
    ),
    "adjustment": (
        ADJUSTED,
        [line("a", "-100.10", reason="<&> \"'\U0001f686"), line("b", "-3"), card_line("c", "-5", "T")],
    ),
    "adjustment, positive and foreign": (
        ADJUSTED
        | {
            "credits": CREDITS | {"adjustment_sign": "positive"},
            "currencies": {"exchange_rate_type": "Daily"},
            "dimensions": {"entity": {"certify": "report_gld/1"}, "project": {"certify": "report_gld/3"}},
        },
        [line("a", "-1", report_gld_codes={1: "200", 3: "P-1"})],
    ),
    "adjustment, VAT": (
        ADJUSTED | {"tax": {"default": UK}},
        [line("a", "-12", vat_amount=Decimal(-2)), card_line("b", "-5", vat_amount=Decimal(-1))],
    ),
    "expense adjustment": (
        {"employee_paid": EXPENSES, "credits": IN_EXPENSES},
        [line("a", "-100.10", reason="<&> \"'\U0001f686"), line("b", "-3", vendor="")],
    ),
    "expense adjustment, types, foreign and taxed": (
        {
            "employee_paid": EXPENSES
            | {"expense_report": {"expense_types": {"Hotel": "Lodging"}, "payment_type": "Out of pocket"}},
            "credits": IN_EXPENSES | {"expense_adjustment_sign": "negative"},
            "tax": {"default": UK},
            "currencies": {"exchange_rate_type": "Daily"},
            "dimensions": {"entity": {"certify": "report_gld/1"}, "project": {"certify": "report_gld/3"}},
        },
        [line("a", "-12", vat_amount=Decimal(-2), report_gld_codes={1: "200", 3: "P-1"})],
    ),
    "dimensions and term": (
        {
            "dimensions": {"project": {"certify": "report_gld/3"}, "class": {"certify": "report_gld/4"}},
            "employee_paid": {"due": {"rule": "term", "term": "N30"}},
        },
        [line("a", "1", report_gld_codes={3: "P-1", 4: "C"}), card_line("b", "2", report_gld_codes={3: "P-1"})],
    ),
}


def documents(case: str) -> list[Document]:
    posting, lines = CASES[case]
    plan = plan_report(report(*lines), lines, KNOWN, configuration(**posting), today=TODAY, has_receipts=True)
    assert plan.documents
    return list(plan.documents)


def function(document: Document, control_id: str) -> Function:
    return kind_of(document.kind).function(document, control_id)


def test_each_kind_is_among_them():
    """Bills under their supplier's number are held against the schema in test_supplier_bill.py."""
    made = {document.kind for case in CASES for document in documents(case)}
    assert made == {kind for kind in DocumentKind if not kind.number_elsewhere}


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_adds_up_and_is_the_same_every_time(case):
    for document in documents(case):
        sent_as = function(document, "control-1")
        again = function(Document.from_canonical(document.canonical()), "control-1")
        assert (sent_as.xml, sent_as.writes) == (again.xml, True)
        assert sent_as.name.partition(" ")[0] == kind_of(document.kind).made_by
        sent = etree.fromstring(sent_as.xml)
        assert total_sent(sent) == document.total * (-1 if document.details.get("sign") == "positive" else 1)
        assert [
            node.text for node in sent.iter("RECORDID", "referenceno", "REFERENCENO", "expensereportno", "adjustmentno")
        ] == [document.number]


def total_sent(sent: etree._Element) -> Decimal:
    """What the lines add up to with their tax; of a journal, what does not stand on its offset account."""
    amounts = [Decimal(node.text) for node in sent.iter("paymentamount", "amount", "TRX_TAX", "trx_tax")]
    entries = list(sent.iter("GLENTRY"))
    if not entries:
        return sum([*amounts, *(Decimal(node.text) for node in sent.iter("TRX_AMOUNT"))], Decimal(0))
    sides: dict[bool, Decimal] = {True: Decimal(0), False: Decimal(0)}
    for entry in entries:
        values = [Decimal(node.text) for node in entry.iter("TRX_AMOUNT", "TRX_TAX")]
        assert min(values) >= 0
        sides[entry.findtext("ACCOUNTNO") == "2310"] += int(entry.findtext("TR_TYPE")) * sum(values, Decimal(0))
    assert sum(sides.values()) == 0
    return sides[False]


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_is_valid_by_the_schema(case):
    functions = [function(document, f"control-{number}") for number, document in enumerate(documents(case))]
    body = envelope.request(functions, CREDENTIALS, control_id="control", session_id="session..", unique=True)
    assert schema().validate(etree.fromstring(body)), schema().error_log
