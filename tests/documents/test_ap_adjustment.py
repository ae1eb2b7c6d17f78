"""What an AP adjustment holds, what it looks like on the wire, how it is read back, and what never becomes one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from certify_intacct.documents import kind_of
from certify_intacct.documents.as_it_stands import as_it_stands
from certify_intacct.model.documents import Document, DocumentKind, TaxEntry
from certify_intacct.model.errors import BadInput
from certify_intacct.model.references import Vendor
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report
from tests.rules.expenses.test_properties import expense_lines

KIND = kind_of(DocumentKind.AP_ADJUSTMENT)
BANK = Vendor(vendor_id="V-1", record_no="9", name="Bank", vendor_type="Supplier")
KNOWN = replace(REFERENCES, vendors=REFERENCES.vendors | {"V-1": BANK})
CARD_VENDOR = {"target": "card_vendor_bill", "cards": [{"payment_card": "Corp Visa", "vendor_id": "V-1"}]}
POSTING: dict[str, Any] = {
    "company_paid": CARD_VENDOR,
    "dimensions": {"entity": {"certify": "report_gld/1"}},
    "currencies": {"exchange_rate_type": "Daily"},
}
BELOW = {"employee_paid": "negative", "company_paid": "negative"}
SIGNS = st.sampled_from(["negative", "positive"])


def credits_of(sign: str) -> dict[str, str]:
    return {"employee_paid": "adjustment", "company_paid": "adjustment", "adjustment_sign": sign}


def plan(lines, credits, **posting):
    config = configuration(**{**POSTING, "credits": credits, **posting})
    return plan_report(report(*lines), lines, KNOWN, config, today=TODAY, has_receipts=True)


@st.composite
def refunds(draw):
    """Lines of which many are below zero."""
    turned = draw(st.sampled_from(["all", "some"]))
    return [
        replace(one, amount=-abs(one.amount), reim_amount=-abs(one.reim_amount))
        if turned == "all" or draw(st.booleans())
        else one
        for one in draw(expense_lines())
    ]


def test_on_the_wire():
    (document,) = plan([line("a", "-10.50", report_gld_codes={1: "100"})], credits_of("positive")).documents
    sent = etree.fromstring(KIND.function(document, "c").xml).find("create_apadjustment")
    assert [(node.tag, node.text) for node in sent if not len(node)] == [
        ("vendorid", "E-1007"), ("adjustmentno", document.number), ("description", document.description),
        # In a company of several currencies every document states its own.
        ("basecurr", "USD"), ("currency", "USD"), ("exchrate", "1"),
    ]  # fmt: skip
    (item,) = sent.find("apadjustmentitems")
    assert [(node.tag, node.text) for node in item] == [
        ("glaccountno", "6220"), ("amount", "10.50"), ("memo", document.lines[0].memo), ("locationid", "100"), ("departmentid", "30"),
    ]  # fmt: skip
    assert (document.total, document.number[-1], document.attachment_id) == (Decimal("-10.50"), "A", "")


@given(refunds(), SIGNS)
def test_a_refund_becomes_the_same_document_but_for_its_kind(lines, sign):
    """Identity, lines, vendor and date are those of the negative bill; a bill stays a bill; what has lines of both signs waits."""
    bills, adjusted = plan(lines, BELOW), plan(lines, credits_of(sign))
    assert adjusted.holds == bills.holds
    assert [part.content_hash for part in adjusted.parts] == [part.content_hash for part in bills.parts]
    for before, after in zip(bills.parts, adjusted.parts, strict=True):
        if before.document is None or before.total >= 0:
            assert (after.document, after.holds) == (before.document, before.holds)
        elif any(one.amount >= 0 for one in before.document.lines):
            assert after.document is None
            assert [str(hold.rule) for hold in after.holds] == ["negative_document"]
        else:
            assert after.document is not None
            assert after.document.kind is DocumentKind.AP_ADJUSTMENT
            assert after.document.key == before.document.key
            same = (
                "payer",
                "payee_id",
                "session_entity",
                "lines",
                "posting_date",
                "description",
                "currency",
                "exchange_rate_type",
            )
            assert {name: getattr(after.document, name) for name in same} == {
                name: getattr(before.document, name) for name in same
            }
            assert after.document.number[:-1] == before.document.number[:-1]


def adjusted(lines, sign: str) -> list[Document]:
    return [one for one in plan(lines, credits_of(sign)).documents if one.kind is DocumentKind.AP_ADJUSTMENT]


def shown(document: Document, *, as_entered: bool) -> tuple[dict[str, str], list[dict[str, str]]]:
    """A record of it, header and lines, as a company shows it."""
    sign = -1 if as_entered and document.details["sign"] == "positive" else 1
    header = dict.fromkeys(KIND.fields, "") | {
        "RECORDNO": "7", "RECORDID": document.number, "VENDORID": document.payee_id, "CURRENCY": document.currency, "STATE": "Posted",
        "WHENPOSTED": f"{document.posting_date:%m/%d/%Y}", "TRX_TOTALENTERED": str(sign * document.total),
        "BASECURR": document.base_currency,
    }  # fmt: skip
    names = KIND.line_reads
    lines = [
        {
            "RECORDNO": str(place), "LINE_NO": str(place), "TRX_AMOUNT": str(sign * one.amount), names["account"]: one.account,
            names["location_id"]: one.location_id, names["department_id"]: one.department_id, names["memo"]: one.memo,
            names["billable"]: "false", **one.dimensions,
        }
        for place, one in enumerate(document.lines, start=1)
    ]  # fmt: skip
    return header, lines


@given(refunds(), SIGNS, st.booleans())
def test_it_is_sent_with_the_stated_sign_and_read_back_whichever_is_shown(lines, sign, as_entered):
    for document in adjusted(lines, sign):
        assert Document.from_canonical(document.canonical()) == document
        amounts = [Decimal(node.text) for node in etree.fromstring(KIND.function(document, "c").xml).iter("amount")]
        assert {amount > 0 for amount in amounts} == {sign == "positive"}
        assert abs(sum(amounts)) == -document.total
        header, records = shown(document, as_entered=as_entered)
        found = KIND.read_back(header, records)
        assert KIND.disagreement(document, found) == ""
        assert KIND.unlike(document, found) == ""
        assert KIND.stands(document, found)["total"] == f"{document.total:.2f}"
        stands = as_it_stands(KIND, document, header, records)
        assert (stands.lines, stands.total) == (document.lines, document.total)


@given(refunds())
def test_one_that_was_entered_below_zero_and_shows_above_is_another_one(lines):
    for document in adjusted(lines, "negative"):
        turned = replace(document, details={"sign": "positive"})
        found = KIND.read_back(*shown(turned, as_entered=True))
        assert "total" in KIND.disagreement(document, found)
        assert KIND.unlike(document, found)


def test_lines_of_both_signs_are_never_sent():
    """Whatever their tax says; one that is all tax is below zero by that."""
    (document,) = plan([line("a", "-10", report_gld_codes={1: "100"})], credits_of("negative")).documents
    (one,) = document.lines
    for amount, tax, total in ((3, 0, 3), (3, -4, -1), (-3, 4, 1)):
        entries = (TaxEntry(detail_id="UK", amount=Decimal(tax)),)
        mixed = replace(document, lines=(one, replace(one, amount=Decimal(amount), tax=entries)))
        with pytest.raises(BadInput, match=f"The line over {total}.00 USD on 6220 is not below zero"):
            KIND.function(mixed, "c")
    all_tax = replace(one, amount=Decimal(0), tax=(TaxEntry(detail_id="UK", amount=Decimal(-2)),))
    assert b"<trx_tax>-2.00</trx_tax>" in KIND.function(replace(document, lines=(one, all_tax)), "c").xml


def test_what_is_no_bill_waits_and_what_is_above_zero_is_none():
    lines = [card_line("a", "-10", "T", report_gld_codes={1: "100"}), line("b", "5", report_gld_codes={1: "100"})]
    journal = {
        "overrides": [{"categories": ["Hotel"], "target": "gl_journal"}],
        "journal": {"symbol": "EXP", "offset_account": "2310"},
    }
    found = plan(lines, credits_of("negative"), company_paid=CARD_VENDOR | journal)
    assert [document.kind for document in found.documents] == [DocumentKind.AP_BILL]
    (hold,) = found.all_holds
    assert (str(hold.rule), "posting.credits.company_paid: negative" in hold.cure) == ("negative_document", True)


@pytest.mark.parametrize(
    ("posting", "said"),
    [
        ({"credits": {"employee_paid": "adjustment"}}, "adjustment_sign: negative"),
        ({"credits": {"company_paid": "adjustment", "adjustment_sign": "positive"}, "company_paid": {}}, "makes none"),
        ({"credits": {"employee_paid": "adjustment", "adjustment_sign": "minus"}}, "adjustment_sign"),
        ({"credits": {"employee_paid": "debit_memo"}}, "'hold', 'negative' or 'adjustment'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(posting, said):
    with pytest.raises(ValidationError, match=said):
        configuration(**posting)
