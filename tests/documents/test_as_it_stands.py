"""A document is read back from Intacct's records as it was sent, whatever mapping it is read under."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import kind_of
from certify_intacct.documents.as_it_stands import as_it_stands
from certify_intacct.documents.found import NotRecordable
from certify_intacct.model.documents import Document, TaxEntry
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report
from tests.rules.expenses.test_properties import expense_lines

BY_REPORT = {"dimensions": {"entity": {"certify": "report_gld/1"}}, "currencies": {"exchange_rate_type": "Daily"}}
REMAPPED = {
    "dimensions": {
        "entity": {"certify": "report_gld/1", "map": {"100": "200", "200": "100"}},
        "department": {"map": {"30": "31"}},
    },
    "currencies": {"exchange_rate_type": "Other"},
    "accounts": {"map": {"Hotel": "6300"}},
    "employee_paid": {"date": "latest_expense_date", "due": {"rule": "days_after", "days": 1}},
}
JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310"}}
OTHER_JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "6220"}}


def records(document: Document) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Header and lines as Intacct would show them."""
    kind = kind_of(document.kind)
    stated = {field: getattr(document, name) for name, field in kind.header_reads.items()}
    header = {
        field: value.strftime("%m/%d/%Y") if hasattr(value, "strftime") else str(value or "")
        for field, value in stated.items()
    }
    lines: list[dict[str, str]] = []
    names = kind.line_reads
    for one in document.lines:
        own = {
            names["location_id"]: one.location_id,
            names["department_id"]: one.department_id,
            names["memo"]: one.memo,
        }
        own |= {names["billable"]: "true" if one.billable else "false", "CURRENCY": ""} | dict(one.dimensions)
        if "offset_account" in document.details:
            lines.append(
                own | {"ACCOUNTNO": one.account, "TR_TYPE": side(one.amount), "TRX_AMOUNT": str(abs(one.amount))}
            )
            other = {
                "ACCOUNTNO": document.details["offset_account"],
                "TR_TYPE": side(-one.total),
                "TRX_AMOUNT": str(abs(one.total)),
            }
            lines.append(own | other)
        else:
            lines.append(own | {names["account"]: one.account, "TRX_AMOUNT": str(one.amount)})
    return header, [one | {"LINE_NO": str(n), "RECORDNO": str(1000 + n)} for n, one in enumerate(lines, start=1)]


def side(amount: Decimal) -> str:
    return "1" if amount >= 0 else "-1"


@given(
    expense_lines(),
    st.sampled_from([({}, {}), ({"company_paid": JOURNAL}, {"company_paid": OTHER_JOURNAL})]),
    st.randoms(),
)
def test_what_was_sent_is_read_back_under_any_mapping(lines, targets, random):
    before, after = targets
    first = plan_report(report(*lines), lines, REFERENCES, configuration(**BY_REPORT, **before), today=TODAY)
    now = plan_report(report(*lines), lines, REFERENCES, configuration(**REMAPPED, **after), today=TODAY)
    planned = {document.number: document for document in now.documents}
    for document in first.documents:
        if document.number not in planned or document.kind is not planned[document.number].kind:
            continue
        header, booked = records(document)
        random.shuffle(booked)
        found = as_it_stands(kind_of(document.kind), planned[document.number], header, booked)
        assert found.lines == document.lines
        same = (
            "entity",
            "posting_date",
            "currency",
            "base_currency",
            "exchange_rate_type",
            "exchange_rate_date",
            "description",
            "total",
        )
        assert {name: getattr(found, name) for name in same} == {name: getattr(document, name) for name in same}
        assert found.details.get("offset_account") == document.details.get("offset_account")
        assert not compared(document, header, booked)


def compared(document: Document, header: dict[str, Any], booked: list[dict[str, Any]]) -> str:
    """What the reconciliation says of a document that stands so."""
    kind = kind_of(document.kind)
    told = {
        kind.number_field: document.number, kind.payee_field: document.payee_id, "CURRENCY": document.currency, "STATE": "Posted",
        "TRX_TOTALENTERED": str(document.total), "RECORDNO": "1",
    }  # fmt: skip
    return kind.disagreement(document, kind.read_back({**dict.fromkeys(kind.fields, ""), **header, **told}, booked))


def test_tax_of_the_plan_is_kept_where_the_amount_is_without_it():
    (document,) = plan_report(report(one := line("a", "12")), [one], REFERENCES, configuration(), today=TODAY).documents
    (whole,) = document.lines
    taxed = replace(
        document, lines=(replace(whole, amount=Decimal(10), tax=(TaxEntry(detail_id="UK", amount=Decimal(2)),)),)
    )
    kind = kind_of(document.kind)
    assert as_it_stands(kind, taxed, *records(taxed)) == taxed
    assert as_it_stands(kind, taxed, *records(document)).lines == document.lines
    with pytest.raises(NotRecordable, match="add up to 10"):
        as_it_stands(kind, document, *records(taxed))


def test_a_journal_that_is_not_made_of_pairs_is_not_recorded():
    lines = [card_line("a", "10", "T-1"), card_line("b", "4", "T-2")]
    (document,) = plan_report(
        report(*lines), lines, REFERENCES, configuration(company_paid=JOURNAL), today=TODAY
    ).documents
    header, booked = records(document)
    kind = kind_of(document.kind)
    for wrong in ({"ACCOUNTNO": "6300"}, {"TR_TYPE": "1"}):
        with pytest.raises(NotRecordable, match="each with its balance"):
            as_it_stands(kind, document, header, [*booked[:-1], booked[-1] | wrong])


def test_a_bill_that_is_not_posted_yet_has_the_date_of_the_bill():
    lines = [line("a", "10")]
    (document,) = plan_report(report(*lines), lines, REFERENCES, configuration(), today=TODAY).documents
    header, booked = records(document)
    kind = kind_of(document.kind)
    waits = header | {"WHENPOSTED": "", "WHENCREATED": "01/31/2026", "BASECURR": ""}
    assert as_it_stands(kind, document, waits, booked).posting_date == date(2026, 1, 31)
    bare = as_it_stands(kind, document, {}, booked)
    assert (bare.posting_date, bare.base_currency) == (document.posting_date, "USD")
