"""The dimensions of a line: what Certify states goes onto it, what Intacct does not have holds it, before anything is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from certify_intacct.model.references import Account, DimensionValue
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report, values

PROJECT = {"project": {"certify": "report_gld/1"}}
KNOWN = replace(
    REFERENCES,
    dimensions={
        **REFERENCES.dimensions,
        "project": {
            ("P1",): DimensionValue(code="P1", parent="C1"),
            ("P2",): DimensionValue(code="P2"),
            ("P9",): DimensionValue(code="P9", status="inactive"),
        },
        "task": {("P1", "T1"): DimensionValue(code="T1", parent="P1"), ("P2", "T1"): DimensionValue(code="T1", parent="P2")},
        "customer": values("C1", "C2"),
    },
)  # fmt: skip


def plan(*lines, dimensions=None, **header):
    return plan_report(
        report(*lines, **header), lines, KNOWN, configuration(dimensions=dimensions or PROJECT), today=TODAY
    )


def glds(**codes):
    """Codes of Expense Report GLDs by their number."""
    return {int(name.removeprefix("gld")): code for name, code in codes.items()}


def held(planned):
    assert not planned.documents
    return {hold.rule: hold.reason for hold in planned.all_holds}


def test_a_code_goes_onto_the_lines_of_bills_and_of_card_transactions():
    bill, charge = plan(
        line("a", "1", report_gld_codes=glds(gld1="P1")), card_line("b", "2", "T", report_gld_codes=glds(gld1="P2"))
    ).documents
    assert [dict(item.dimensions) for item in (*bill.lines, *charge.lines)] == [
        {"PROJECTID": "P1"},
        {"PROJECTID": "P2"},
    ]


def test_a_code_of_an_employee_gld_stands_on_every_line():
    dimensions = {"project": {"certify": "employee_gld/3"}}
    codes = {1: "100", 3: "P1"}
    (bill,) = plan(line("a", "1"), line("b", "2"), dimensions=dimensions, employee_gld_codes=codes).documents
    assert [item.dimensions["PROJECTID"] for item in bill.lines] == ["P1", "P1"]


def test_without_a_code_a_line_carries_nothing_unless_it_must():
    (bill,) = plan(line("a", "1")).documents
    assert bill.lines[0].dimensions == {}
    missing = held(plan(line("a", "1"), dimensions={"project": {"certify": "report_gld/1", "required": True}}))
    assert "Expense Report GLD 1" in missing["dimension_missing"]
    assert held(plan(line("a", "1", department_code=""))).keys() == {"department_missing"}
    assert plan(line("a", "1", department_code=""), dimensions={"department": {"required": False}}).documents


@pytest.mark.parametrize(
    ("code", "said"), [("p1", "does not exist"), ("P1 ", "does not exist"), ("P9", "is inactive"), ("X", "PROJECTID")]
)
def test_what_intacct_does_not_have_or_has_inactive_is_held_with_line_and_field(code, said):
    reason = held(plan(line("a", "1", report_gld_codes=glds(gld1=code))))["dimension_unknown"]
    assert said in reason
    assert "2026-02-25 Hotel 1.00 USD" in reason
    assert "PROJECTID, from Expense Report GLD 1" in reason


def test_a_mapped_code_is_intaccts():
    dimensions = {"project": {"certify": "report_gld/1", "map": {"Roll-out": "P1"}}}
    (bill,) = plan(line("a", "1", report_gld_codes=glds(gld1="Roll-out")), dimensions=dimensions).documents
    assert bill.lines[0].dimensions == {"PROJECTID": "P1"}


@pytest.mark.parametrize(("account", "codes", "rule"), [("6400", {}, "dimension_required"), ("6400", {1: "P1"}, None)])
def test_what_an_account_demands_is_known_before_anything_is_sent(account, codes, rule):
    planned = plan(line("a", "1", category_gl_code=account, report_gld_codes=codes))
    assert {hold.rule for hold in planned.all_holds} == ({rule} if rule else set())
    if rule:
        assert "requires PROJECTID" in planned.all_holds[0].reason


def test_a_dimension_that_is_not_used_is_demanded_all_the_same():
    dimensions = {"customer": {"certify": "report_gld/2"}}
    planned = plan(line("a", "1", category_gl_code="6400"), dimensions=dimensions)
    assert held(planned).keys() == {"dimension_required"}


def demanding(*names):
    """The company whose account 6220 demands these dimensions."""
    accounts = KNOWN.accounts | {"6220": Account(account_no="6220", requires=frozenset(names))}
    return replace(KNOWN, accounts=accounts)


def planned_with(references, item, **posting):
    return plan_report(report(item), [item], references, configuration(dimensions=PROJECT, **posting), today=TODAY)


def test_an_account_that_demands_a_vendor_has_the_bills_own():
    """Intacct takes the vendor of the header for its lines; a card transaction has none."""
    vendor = demanding("vendor")
    assert planned_with(vendor, line("a", "1")).documents
    assert planned_with(vendor, card_line("a", "1", "T-1")).all_holds[0].rule == "dimension_required"
    journal = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310"}}
    held_journal = planned_with(vendor, card_line("a", "1", "T-1"), company_paid=journal)
    assert held_journal.all_holds[0].rule == "dimension_required"
    both = planned_with(demanding("vendor", "project"), line("a", "1"))
    assert "PROJECTID" in both.all_holds[0].reason


@pytest.mark.parametrize(
    ("name", "cure"),
    [("vendor", "posting.accounts.map"), ("project", "Expense Report GLD 1"), ("class", "dimensions.class")],
)
def test_the_cure_of_a_missing_dimension_can_be_carried_out(name, cure):
    (hold,) = planned_with(demanding(name), card_line("a", "1", "T-1")).all_holds
    assert cure in hold.cure
    assert "dimensions.vendor" not in hold.cure


def test_what_the_cure_says_of_a_dimension_that_is_not_used_is_taken_and_helps():
    (hold,) = planned_with(demanding("class"), line("a", "1")).all_holds
    row = hold.cure.split("`")[1].replace("PLACE", "report_gld/5")
    further = yaml.load(row, Loader=yaml.BaseLoader)
    references = replace(demanding("class"), dimensions=KNOWN.dimensions | {"class": values("C1")})
    item = line("a", "1", report_gld_codes={5: "C1"})
    config = configuration(dimensions=PROJECT | further)
    assert plan_report(report(item), [item], references, config, today=TODAY).documents


TASK = {**PROJECT, "task": {"certify": "report_gld/2"}, "customer": {"certify": "report_gld/3"}}


@pytest.mark.parametrize(
    ("codes", "rule"),
    [
        ({"gld1": "P1", "gld2": "T1"}, None),
        ({"gld1": "P1", "gld2": "T2"}, "dimension_unknown"),
        ({"gld2": "T1"}, "dimension_parent"),
        ({"gld1": "P1", "gld3": "C1"}, None),
        ({"gld1": "P1", "gld3": "C2"}, "dimension_parent"),
        ({"gld1": "P2", "gld3": "C2"}, None),
    ],
)
def test_what_belongs_to_something_stands_with_it(codes, rule):
    planned = plan(line("a", "1", report_gld_codes=glds(**codes)), dimensions=TASK)
    assert {hold.rule for hold in planned.all_holds} == ({rule} if rule else set())
