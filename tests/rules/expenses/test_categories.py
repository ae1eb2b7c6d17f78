"""What decides whether an expense is private is known beyond doubt, or its report waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Category
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report


def plan(category: str, *known: Category, gl_code: str = "6220", **more):
    listed: dict[str, tuple[Category, ...]] = {}
    for one in known:
        listed[one.name] = (*listed.get(one.name, ()), one)
    item = line("a", "10", category=category, category_gl_code=gl_code)
    references = replace(REFERENCES, categories=listed or REFERENCES.categories)
    return plan_report(report(item), [item], references, configuration(), today=TODAY, **more)


def rules(planned):
    return {hold.rule for hold in planned.all_holds}


@pytest.mark.parametrize(
    "written",
    ["gift for myself", "Gift for myself ", "Gift  for myself", "Gift for\u00a0myself", "Gift for myself\u200b"],
)
def test_a_category_that_differs_in_case_or_blanks_is_not_taken_for_another_one(written):
    planned = plan(written)
    assert rules(planned) == {"category_unknown"}
    assert "'Gift for myself'" in planned.all_holds[0].reason
    assert repr(written) in planned.all_holds[0].reason


@pytest.mark.parametrize("written", ["", "Deleted since"])
def test_a_category_that_certify_does_not_list_is_held(written):
    assert rules(plan(written)) == {"category_unknown"}


def test_a_category_that_cannot_be_read_is_held():
    unread = Category(name="Hotel", gl_code="6220", readable=False)
    assert rules(plan("Hotel", unread)) == {"category_unknown"}
    # It might be the one that is meant.
    assert rules(plan("Hotel", unread, Category(name="Hotel", gl_code="6220"))) == {"category_unknown"}
    assert rules(plan("Hotel", replace(unread, gl_code=""), Category(name="Hotel", gl_code="6220"))) == {
        "category_unknown"
    }
    assert plan("Hotel", Category(name="Hotel", gl_code="6220"), replace(unread, name="Taxi")).documents


def test_a_person_may_release_it():
    held = plan("Deleted since")
    assert plan("Deleted since", released={held.parts[0].content_hash: {"category_unknown"}}).documents


def test_of_two_of_a_name_the_gl_code_says_which_one_it_is():
    private = Category(name="Hotel", gl_code="9000", personal=True)
    ours = Category(name="Hotel", gl_code="6220")
    assert plan("Hotel", private, ours).documents
    assert rules(plan("Hotel", private, replace(ours, gl_code="6300"))) == {"personal"}


def test_what_a_person_overruled_counts_for_the_lines_that_it_was_said_of_and_for_no_others():
    """The company's part of what is private is due from the employee, whatever was decided about the other part, or before."""
    config = configuration(policies={"personal": "account", "personal_account": "2310"})
    lines = [line("a", "10", category="Gift for myself"), card_line("b", "40", "T-1", category="Gift for myself")]

    def planned(released=None):
        plan = plan_report(report(*lines), lines, REFERENCES, config, today=TODAY, released=released)
        return {part.payer: part for part in plan.parts}

    before = planned()
    employee, company = (before[payer] for payer in (Payer.EMPLOYEE, Payer.COMPANY))
    assert [hold.rule for hold in employee.holds] == ["personal"]
    assert [item.account for item in company.document.lines] == ["2310"]
    after = planned({employee.content_hash: {"personal"}})
    assert [item.account for item in after[Payer.EMPLOYEE].document.lines] == ["6220"]
    assert after[Payer.COMPANY].document == company.document
    assert planned({"of an earlier version": {"personal"}}) == before
    released = planned({company.content_hash: {"personal"}})[Payer.COMPANY]
    assert [item.account for item in released.document.lines] == ["6220"]
