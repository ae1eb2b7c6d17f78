"""Two plans of a report beside each other: every field that a document can state is compared, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.documents import Document, DocumentKind, DocumentLine, Spent, TaxEntry
from certify_intacct.model.payers import Payer
from certify_intacct.rules.expenses.document_differences import beside, document_differences
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report
from tests.rules.expenses.test_properties import expense_lines, planned

(PLAIN,) = plan_report(report(line("a", "10")), [line("a", "10")], REFERENCES, configuration(), today=TODAY).documents
#: What a document is, and not what it states.
IDENTITY = {"key", "number", "token", "payer"}
OTHER = {
    "kind": DocumentKind.EXPENSE_REPORT, "by_label": True, "posting_date": date(2026, 1, 1), "intended_date": date(2026, 1, 1),
    "due_date": date(2026, 1, 1), "exchange_rate_date": date(2026, 1, 1), "details": {"state": "draft"},
    "custom_fields": {"TRIP": "9"},
}  # fmt: skip
OTHER_LINE = {
    "amount": Decimal("9.99"), "tax": (TaxEntry(detail_id="UK 20", amount=Decimal("0.01")),), "billable": True,
    "spent": Spent(currency="EUR", amount=Decimal(1), rate="2"), "expense_date": date(2026, 1, 1),
    "dimensions": {"PROJECTID": "P-1"}, "custom_fields": {"TRIP": "9"}, "expense_id": "b",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(Document) if field.name not in IDENTITY | {"lines"}])
def test_each_field_of_a_document_is_compared(name):
    changed = replace(PLAIN, **{name: OTHER.get(name, "other")})
    assert len(document_differences(PLAIN, changed)) == 1
    assert len(document_differences(changed, PLAIN)) == 1


@pytest.mark.parametrize("name", [field.name for field in fields(DocumentLine)])
def test_each_field_of_a_line_is_compared(name):
    (one,) = PLAIN.lines
    changed = replace(PLAIN, lines=(replace(one, **{name: OTHER_LINE.get(name, "other")}),))
    told = [found.what for found in document_differences(PLAIN, changed) if found.what != "total"]
    assert len(told) == (2 if name == "expense_id" else 1)


def test_what_is_said_is_what_a_person_reads():
    (one,) = PLAIN.lines
    changed = replace(
        PLAIN, posting_date=date(2026, 3, 1), lines=(replace(one, account="6300", dimensions={"CLASSID": "C"}),)
    )
    assert [(one.expense_id, one.what, one.before, one.after) for one in document_differences(PLAIN, changed)] == [
        ("", "date", "2026-03-07", "2026-03-01"),
        ("a", "account", "6220", "6300"),
        ("a", "class", "", "C"),
    ]


def test_a_line_that_became_two_says_which_is_new():
    (one,) = PLAIN.lines
    changed = replace(PLAIN, lines=(replace(one, amount=Decimal(8)), replace(one, account="2310", amount=Decimal(2))))
    assert [(found.what, found.before, found.after) for found in document_differences(PLAIN, changed)] == [
        ("amount", "10.00", "8.00"), ("line", "", "2.00 on 2310"),
    ]  # fmt: skip


@given(expense_lines())
def test_a_plan_differs_in_nothing_from_itself(lines):
    documents = planned(lines).documents
    pairs = beside(documents, tuple(reversed(documents)))
    assert len(pairs) == len(documents)
    assert all(one is two and document_differences(one, two) == [] for one, two in pairs)


@given(expense_lines(), st.sampled_from(["gl_journal", "expense_report"]))
def test_every_document_of_either_plan_is_told_once_and_one_of_the_same_lines_is_beside_it(lines, target):
    journal = {"symbol": "EXP", "offset_account": "2310"}
    settings = {"target": target} | ({"journal": journal} if target == "gl_journal" else {})
    before = planned(lines).documents
    config = configuration(
        dimensions={"entity": {"certify": "report_gld/1"}},
        currencies={"exchange_rate_type": "Daily"},
        employee_paid=settings,
    )
    after = planned(lines, config).documents
    pairs = beside(before, after)
    assert sorted(one.number for one, _ in pairs if one) == sorted(one.number for one in before)
    assert sorted(two.number for _, two in pairs if two) == sorted(two.number for two in after)
    for one, two in pairs:
        if one and two and one.payer is Payer.EMPLOYEE:
            assert one.expense_ids & two.expense_ids
            assert "kind" in {found.what for found in document_differences(one, two)}


def test_a_card_charge_and_what_is_owed_are_not_taken_for_each_other():
    lines = [
        line("a", "10", "4", card_name="Corp Visa", card_last="4821", card_transaction_id="T"),
        card_line("b", "5", "U"),
    ]
    documents = plan_report(report(*lines), lines, REFERENCES, configuration(), today=TODAY).documents
    owed, charges = documents[:1], documents[1:]
    assert [sorted(map(bool, pair)) for pair in beside(owed, charges)] == [[False, True]] * 3
