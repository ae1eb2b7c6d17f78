"""What an expense adjustment holds, what it looks like on the wire, how it is read back, and what never becomes one."""

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
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.errors import BadInput
from tests.documents.test_ap_adjustment import refunds
from tests.documents.test_requests import KNOWN
from tests.rules.expenses.company import TODAY, card_line, configuration, line, plan_report, report

KIND = kind_of(DocumentKind.EXPENSE_ADJUSTMENT)
POSTING: dict[str, Any] = {
    "employee_paid": {"target": "expense_report"},
    "dimensions": {"entity": {"certify": "report_gld/1"}},
    "currencies": {"exchange_rate_type": "Daily"},
}
SIGNS = st.sampled_from(["negative", "positive"])


def credits_of(sign: str) -> dict[str, str]:
    return {"employee_paid": "adjustment", "expense_adjustment_sign": sign}


def plan(lines, credits, **posting):
    config = configuration(**{**POSTING, "credits": credits, **posting})
    return plan_report(report(*lines), lines, KNOWN, config, today=TODAY, has_receipts=True)


def test_on_the_wire():
    (document,) = plan([line("a", "-10.50", report_gld_codes={1: "200"})], credits_of("positive")).documents
    sent = etree.fromstring(KIND.function(document, "c").xml).find("create_expenseadjustmentreport")
    assert [(node.tag, node.text) for node in sent if not len(node)] == [
        ("employeeid", "E-1007"), ("adjustmentno", document.number), ("description", document.description),
        ("basecurr", document.base_currency), ("currency", "USD"), ("supdocid", document.attachment_id),
    ]  # fmt: skip
    (item,) = sent.find("expenseadjustments")
    # What was spent is stated in the currency of the reimbursement, with the same sign.
    assert [(node.tag, node.text) for node in item if not len(node)] == [
        ("glaccountno", "6220"), ("amount", "10.50"), ("currency", "USD"), ("trx_amount", "10.50"), ("exchratetype", "Daily"),
        ("memo", document.lines[0].memo), ("locationid", "200"), ("departmentid", "30"),
    ]  # fmt: skip
    assert (document.total, document.number[-1], document.attachment_id) == (Decimal("-10.50"), "X", document.token)
    assert document.base_currency != "USD"


@given(refunds(), SIGNS)
def test_only_what_is_below_zero_becomes_one_and_waits_where_its_lines_have_both_signs(lines, sign):
    """An expense report stays one; identity and lines are those of the report that it would be."""
    waiting, adjusted = plan(lines, {"employee_paid": "hold"}), plan(lines, credits_of(sign))
    assert [part.content_hash for part in adjusted.parts] == [part.content_hash for part in waiting.parts]
    for before, after in zip(waiting.parts, adjusted.parts, strict=True):
        if before.total >= 0 or before.payer == "company":
            assert (after.document, after.holds) == (before.document, before.holds)
        elif after.document is None:
            assert [str(hold.rule) for hold in after.holds] == ["negative_document"]
        else:
            assert after.document.kind is DocumentKind.EXPENSE_ADJUSTMENT
            assert {one.total < 0 for one in after.document.lines} == {True}
            assert after.document.total == before.total


def adjusted(lines, sign: str) -> list[Document]:
    return [one for one in plan(lines, credits_of(sign)).documents if one.kind is DocumentKind.EXPENSE_ADJUSTMENT]


def shown(document: Document, *, as_entered: bool) -> tuple[dict[str, str], list[dict[str, str]]]:
    """A record of it, header and lines, as a company shows it."""
    sign = -1 if as_entered and document.details["sign"] == "positive" else 1
    header = dict.fromkeys((*KIND.fields, *KIND.header_reads.values()), "") | {
        "RECORDNO": "7", "RECORDID": document.number, "EMPLOYEEID": document.payee_id, "CURRENCY": document.currency,
        "STATE": "Posted", "WHENPOSTED": f"{document.posting_date:%m/%d/%Y}", "TRX_TOTALENTERED": str(sign * document.total),
        "BASECURR": document.base_currency, "DESCRIPTION": document.description, "SUPDOCID": document.attachment_id,
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
        sent = etree.fromstring(KIND.function(document, "c").xml)
        amounts = [Decimal(node.text) for node in sent.iter("amount")]
        assert {amount > 0 for amount in amounts} == {sign == "positive"}
        assert abs(sum(amounts)) == -document.total
        spent = [Decimal(node.text) for node in sent.iter("trx_amount")]
        assert spent in ([], amounts)
        header, records = shown(document, as_entered=as_entered)
        found = KIND.read_back(header, records)
        assert (KIND.disagreement(document, found), KIND.unlike(document, found)) == ("", "")
        assert KIND.stands(document, found)["total"] == f"{document.total:.2f}"
        assert as_it_stands(KIND, document, header, records).total == document.total


def test_lines_of_both_signs_are_never_sent():
    (document,) = plan([line("a", "-10", report_gld_codes={1: "100"})], credits_of("negative")).documents
    (one,) = document.lines
    mixed = replace(document, lines=(one, replace(one, amount=Decimal(3))))
    with pytest.raises(
        BadInput, match=r"The line over 3\.00 USD on 6220 is not below zero, and the lines of an expense adjustment"
    ):
        KIND.function(mixed, "c")


def test_the_company_s_part_waits_whatever_the_employee_s_becomes():
    paid_by = {"target": "expense_report", "expense_report": {"payment_type": "Company card"}}
    found = plan(
        [card_line("a", "-10", "T", report_gld_codes={1: "100"})], credits_of("positive"), company_paid=paid_by
    )
    (hold,) = found.all_holds
    assert (str(hold.rule), "adjustment" in hold.cure) == ("negative_document", False)


BOTH = {"target": "ap_bill", "overrides": [{"categories": ["Hotel"], "target": "expense_report"}]}


@pytest.mark.parametrize(
    ("posting", "said"),
    [
        ({"credits": {"employee_paid": "adjustment"}}, "expense_adjustment_sign: negative"),
        (
            {"credits": {"employee_paid": "adjustment", "adjustment_sign": "negative"}},
            "expense_adjustment_sign: negative",
        ),
        ({"credits": credits_of("positive"), "employee_paid": BOTH}, "needs `adjustment_sign: negative`"),
        ({"credits": credits_of("minus")}, "expense_adjustment_sign"),
        ({"credits": {"company_paid": "adjustment", "expense_adjustment_sign": "positive"}}, "makes none"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(posting, said):
    with pytest.raises(ValidationError, match=said):
        configuration(**{**POSTING, **posting})
