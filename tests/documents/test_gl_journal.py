"""What a GL journal looks like on the wire, and what cannot become one."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.documents.states import Meaning
from certify_intacct.model.documents import Document, DocumentKind, TaxEntry
from certify_intacct.model.errors import BadInput
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, plan_report, report, values

SETTINGS = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310", "vat_vendor": "HMRC"}}
KNOWN = replace(REFERENCES, dimensions={**REFERENCES.dimensions, "project": values("P-1")})
KIND = kind_of(DocumentKind.GL_JOURNAL)


def planned(*lines, **posting) -> Document:
    plan = plan_report(
        report(*lines),
        lines,
        KNOWN,
        configuration(company_paid=SETTINGS, **posting),
        today=TODAY,
        has_receipts=True,
    )
    (document,) = plan.documents
    return document


def test_on_the_wire():
    document = planned(
        card_line("a", "10.50", report_gld_codes={1: "P-1"}), dimensions={"project": {"certify": "report_gld/1"}}
    )
    sent = etree.fromstring(KIND.function(document, "c").xml)
    header = {node.tag: node.text for node in sent.find("create/GLBATCH") if node.tag != "ENTRIES"}
    assert header == {
        "JOURNAL": "EXP", "BATCH_DATE": "02/27/2026", "BATCH_TITLE": "104233 Denver trip Ana Ruiz", "REFERENCENO": document.number,
        "STATE": "Posted", "SUPDOCID": document.token,
    }  # fmt: skip
    debit, credit = [{node.tag: node.text for node in entry} for entry in sent.iter("GLENTRY")]
    assert debit == {
        "ACCOUNTNO": "6220", "TR_TYPE": "1", "TRX_AMOUNT": "10.50", "LOCATION": "100", "DEPARTMENT": "30", "PROJECTID": "P-1",
        "DESCRIPTION": "2026-02-25 Hotel Hotel Teatro: Client visit", "CURRENCY": "USD", "EXCHANGE_RATE": "1",
    }  # fmt: skip
    assert credit == debit | {"ACCOUNTNO": "2310", "TR_TYPE": "-1"}


def test_charges_of_a_report_share_one_and_its_date_is_the_latest():
    from datetime import date

    document = planned(card_line("a", "1", "T-1"), card_line("b", "2", "T-2", posting_date=date(2026, 3, 1)))
    assert (document.posting_date, len(document.lines), document.number[-1]) == (date(2026, 3, 1), 2, "J")
    assert document == Document.from_canonical(document.canonical())


def test_tax_needs_its_vendor_and_is_one_entry_a_line():
    uk = {"default": {"mode": "map", "vat_detail": "UK standard", "solution": "UK - VAT"}}
    document = planned(card_line("a", "12", vat_amount=Decimal(2)), tax=uk)
    sent = etree.fromstring(KIND.function(document, "c").xml)
    assert [sent.findtext(f".//{name}") for name in ("TAXIMPLICATIONS", "VATVENDORID", "TAXSOLUTIONID", "TRX_TAX")] == [
        "Inbound", "HMRC", "UK - VAT", "2.00",
    ]  # fmt: skip
    assert [node.text for node in sent.iter("TRX_AMOUNT")] == ["10.00", "12.00"]
    inside = etree.fromstring(KIND.function(replace(document, session_entity="100"), "c").xml)
    assert (inside.find(".//TAXSOLUTIONID"), inside.findtext(".//DETAILID")) == (None, "UK standard")
    with pytest.raises(BadInput, match="vat_vendor"):
        KIND.function(replace(document, details={"offset_account": "2310"}), "c")
    (line,) = document.lines
    twice = replace(line, tax=(*line.tax, TaxEntry(detail_id="UK standard", amount=Decimal(1))))
    with pytest.raises(BadInput, match="more than the one entry"):
        KIND.function(replace(document, lines=(twice,)), "c")


@pytest.mark.parametrize(("amount", "sides"), [("2", ["1", "-1"]), ("-2", ["-1", "1"])])
def test_a_line_that_is_all_tax_stands_on_the_side_of_its_tax(amount, sides):
    """Of an import VAT is all there is; refunded, it is a credit."""
    uk = {"default": {"mode": "map", "vat_detail": "UK standard", "zero_detail": "UK zero", "solution": "UK - VAT"}}
    document = planned(card_line("a", amount, vat_amount=Decimal(amount)), card_line("b", "10"), tax=uk)
    entries = etree.fromstring(KIND.function(document, "c").xml).findall(".//GLENTRY")
    of_tax = next(number for number, entry in enumerate(entries) if entry.findtext(".//TRX_TAX") == "2.00")
    pair = entries[of_tax : of_tax + 2]
    assert [entry.findtext("TR_TYPE") for entry in pair] == sides
    assert [entry.findtext("TRX_AMOUNT") for entry in pair] == ["0.00", "2.00"]


CENTS = st.decimals("0.01", "99999.99", places=2)
TAXED = st.tuples(CENTS, st.decimals("0", "0.5", places=4), st.booleans())


@given(
    st.lists(TAXED, min_size=1, max_size=5),
    st.decimals("0.0001", "200", places=4),
    st.sampled_from(["detail", "summed"]),
)
def test_at_any_rate_each_expense_and_its_tax_are_balanced_to_the_cent(lines, rate, form):
    """Intacct converts and rounds each entry of the general ledger by itself, and the tax of a line is one."""
    cards = []
    for place, (amount, share, back) in enumerate(lines):
        tax = (amount * share).quantize(Decimal("0.01"))
        sign = -1 if back else 1
        cards.append(card_line(f"{place}", f"{sign * amount}", f"T-{place}", currency="EUR", vat_amount=sign * tax))
    uk = {"default": {"mode": "map", "vat_detail": "UK standard", "zero_detail": "UK zero", "solution": "UK - VAT"}}
    plan = plan_report(
        report(*cards, currency="EUR"),
        cards,
        KNOWN,
        configuration(
            company_paid=SETTINGS | {"journal": SETTINGS["journal"] | {"lines": form}},
            credits={"company_paid": "negative"},
            tax=uk,
            currencies={"rates": [{"currency": "EUR", "base": "USD", "since": "2020-01-01", "rate": str(rate)}]},
        ),
        today=TODAY,
    )
    for document in plan.documents:
        booked = Decimal(0)
        for entry in etree.fromstring(KIND.function(document, "c").xml).iter("GLENTRY"):
            for name in ("TRX_AMOUNT", "TRX_TAX"):
                stated = Decimal(entry.findtext(f".//{name}") or 0)
                booked += int(entry.findtext("TR_TYPE") or 0) * (stated * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert booked == 0
    assert plan.documents or plan.skips


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by_label": True}, "by_label"),
        ({"description": ""}, "BATCH_TITLE"),
        ({"details": {"offset_account": "6220"}}, "6220"),
    ],
)
def test_what_cannot_become_one(changes, said):
    with pytest.raises(BadInput, match=said):
        KIND.function(replace(planned(card_line("a", "1")), **changes), "c")


@pytest.mark.parametrize(
    ("fields", "meaning"),
    [
        ({}, Meaning.IN_GL),
        ({"REVERSED": "01/31/2026"}, Meaning.REVERSED),
        ({"REVERSEDFROM": "01/31/2026"}, Meaning.COUNTER_ENTRY),
        ({"STATE": "Reversed"}, Meaning.REVERSED),
        ({"STATE": "Declined"}, Meaning.DECLINED),
        ({"STATE": "Sealed", "REVERSED": "01/31/2026"}, Meaning.UNKNOWN),
    ],
)
def test_a_reversed_journal_is_told_by_its_dates_too(fields, meaning):
    header = {
        "RECORDNO": "1", "REFERENCENO": "x", "JOURNAL": "EXP", "STATE": "Posted", "REVERSED": "", "REVERSEDFROM": "", "RECORD_URL": "",
        "BATCH_DATE": "01/31/2026",
    }  # fmt: skip
    assert KIND.read_back(header | fields, []).meaning is meaning


def test_a_refund_that_is_all_tax_stands_apart_from_expenses_too():
    """Import tax that comes back: its line has no net amount, and its tax says on which side it stands."""
    summed = {**SETTINGS, "journal": {**SETTINGS["journal"], "lines": "summed"}}
    lines = card_line("a", "120", vat_amount=Decimal(20)), card_line("b", "-5", vat_amount=Decimal(-5))
    taxed = {"mode": "map", "solution": "UK - VAT", "vat_detail": "UK standard"}
    config = configuration(company_paid=summed, tax={"default": taxed})
    (document,) = plan_report(report(*lines), lines, KNOWN, config, today=TODAY).documents
    sent = [
        (
            entry.findtext("ACCOUNTNO"),
            entry.findtext("TR_TYPE"),
            entry.findtext("TRX_AMOUNT"),
            entry.findtext(".//TRX_TAX"),
        )
        for entry in etree.fromstring(KIND.function(document, "c").xml).iter("GLENTRY")
    ]
    assert sent == [
        ("6220", "1", "100.00", "20.00"), ("2310", "-1", "120.00", None), ("6220", "-1", "0.00", "5.00"), ("2310", "1", "5.00", None),
    ]  # fmt: skip
