"""What is billed on to a customer says so in Intacct, where project and customer are known; else it is posted and named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.intacct import envelope
from certify_intacct.model.documents import Document
from certify_intacct.model.references import DimensionValue
from tests.documents.test_requests import CREDENTIALS, JOURNAL
from tests.intacct.request_schema import schema
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report, values

KNOWN = replace(
    REFERENCES,
    dimensions={
        **REFERENCES.dimensions,
        "project": {("P1",): DimensionValue(code="P1", parent="C1"), ("P2",): DimensionValue(code="P2")},
        "customer": values("C1"),
    },
)
PROJECT = {"project": {"certify": "report_gld/1"}}
BOTH = {**PROJECT, "customer": {"certify": "report_gld/2"}}


def planned(item, dimensions=None, **posting):
    config = configuration(dimensions=BOTH if dimensions is None else dimensions, **posting)
    return plan_report(report(item), [item], KNOWN, config, today=TODAY)


def sent(document: Document) -> list[str | None]:
    function = kind_of(document.kind).function(document, "control")
    body = envelope.request([function], CREDENTIALS, control_id="c", session_id="session..", unique=True)
    assert schema().validate(etree.fromstring(body)), schema().error_log
    lines = etree.fromstring(function.xml).iter("APBILLITEM", "ccpayitem", "GLENTRY")
    return [one.findtext("BILLABLE") or one.findtext("billable") for one in lines]


@pytest.mark.parametrize("maker", [line, card_line])
@pytest.mark.parametrize(
    ("codes", "billed", "said"),
    [
        ({1: "P1", 2: "C1"}, True, ""),
        ({1: "P2", 2: "C1"}, True, ""),
        ({1: "P1"}, True, ""),
        ({1: "P2"}, False, "customer"),
        ({2: "C1"}, False, "project"),
        ({}, False, "project"),
    ],
)
def test_it_is_sent_with_project_and_customer_and_named_without_them(maker, codes, billed, said):
    plan = planned(maker("a", "10", billable=True, report_gld_codes=codes))
    (document,) = plan.documents
    assert sent(document) == ["true" if billed else None]
    assert [skip.rule for skip in plan.skips] == ([] if billed else ["not_billed"])
    assert said in "".join(skip.reason for skip in plan.skips)
    assert document.lines[0].billable is billed
    if billed:
        assert document.lines[0].dimensions["CUSTOMERID"] == "C1"


def test_in_a_journal_the_expense_is_billed_and_not_its_balance():
    item = card_line("a", "10", billable=True, report_gld_codes={1: "P1", 2: "C1"})
    (journal,) = planned(item, **JOURNAL).documents
    assert sent(journal) == ["true", None]


def test_a_company_that_uses_neither_is_told_so():
    plan = planned(line("a", "10", billable=True), dimensions={})
    assert plan.documents
    assert {skip.rule for skip in plan.skips} == {"not_billed"}


def test_what_says_nothing_new_is_not_in_the_form():
    codes = {1: "P1", 2: "C1"}
    (plain,) = planned(line("a", "10", report_gld_codes=codes)).documents
    assert b"billable" not in plain.canonical()
    (billed,) = planned(line("a", "10", billable=True, report_gld_codes=codes)).documents
    again = Document.from_canonical(billed.canonical())
    assert again == billed
    assert again.canonical() == billed.canonical()
    assert billed.sha256 != plain.sha256
    assert sent(again) == ["true"]
