"""The functions that post documents: whole, repeatable to the byte, valid by the vendor's schema where that is at hand."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from lxml import etree

from certify_intacct.intacct import envelope
from certify_intacct.intacct.documents import posting_function
from certify_intacct.model.documents import Document
from certify_intacct.rules.expenses.planning import plan_report
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, report, values

SCHEMA = os.environ.get("INTACCT_XSD")
KNOWN = replace(REFERENCES, dimensions={**REFERENCES.dimensions, "project": values("P-1"), "class": values("C")})
CREDENTIALS = envelope.Credentials("sender", "ACME", "user", sender_password="p", user_password="q")

CASES = {
    "plain": ({}, [line("a", "100.10", reason="<&> \"'\U0001f686"), line("b", "-3")]),
    "both parts": ({}, [line("a", "50", "20", card_name="Corp Visa", card_last="4821", card_transaction_id="T-1")]),
    "foreign": (
        {"currencies": {"exchange_rate_type": "Daily"}, "dimensions": {"entity": {"certify": "report_gld/1"}}},
        [line("a", "1", report_gld_codes={1: "200"}), card_line("b", "2", "T", report_gld_codes={1: "200"})],
    ),
    "VAT": (
        {"tax": {"default": {"mode": "map", "vat_detail": "UK standard", "solution": "UK - VAT"}}},
        [line("a", "12", vat_amount=Decimal(2)), card_line("b", "12", "T", vat_amount=Decimal(2))],
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


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_adds_up_and_is_the_same_every_time(case):
    for document in documents(case):
        function = posting_function(document, "control-1")
        again = posting_function(Document.from_canonical(document.canonical()), "control-1")
        assert (function.xml, function.writes) == (again.xml, True)
        sent = etree.fromstring(function.xml)
        amounts = [Decimal(node.text) for node in sent.iter("TRX_AMOUNT", "paymentamount", "TRX_TAX", "trx_tax")]
        assert sum(amounts) == document.total
        assert [node.text for node in sent.iter("RECORDID", "referenceno")] == [document.number]


@pytest.mark.skipif(
    not SCHEMA, reason="INTACCT_XSD does not name the vendor's api.xsd (github.com/intacct/intacct_dtd)"
)
@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_is_valid_by_the_vendors_schema(case):
    functions = [posting_function(document, f"control-{number}") for number, document in enumerate(documents(case))]
    body = envelope.request(
        functions, CREDENTIALS, control_id="control", session_id="session..", unique=True, transaction=False
    )
    assert schema().validate(etree.fromstring(body)), schema().error_log
