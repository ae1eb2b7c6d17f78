"""The lists of dimensions, one rule at a time, as a person would put it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify_intacct.model.changes import Action, Subject
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.model.people import UnprocessedExpense, UnprocessedReport
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, row, rules, user, value

PROJECT = {"project": {"certify": "report_gld/2"}}


def departments(**changes):
    """The two departments of Intacct, the first one changed."""
    first, second = intacct().lists["department"]
    return (replace(first, **changes), second)


def test_a_department_is_matched_by_code_never_by_name() -> None:
    source = intacct(department=(value("30", "Sales"),))
    change = only(plan(source, certify()))
    assert (change.action, change.after) == (Action.CREATE, {"Code": "30", "Name": "Sales", "Active": 1})


def test_a_renamed_and_reactivated_department_is_one_update() -> None:
    existing = row("d10", "10", "Sale", active=False)
    changes = plan(intacct(), certify(department=(existing, certify().lists["department"][1])))
    assert only(changes).before == {"Name": "Sale", "Active": 0}
    assert only(changes).after == {"Name": "Sales", "Active": 1}


def test_two_active_departments_with_one_code_are_refused_and_one_made_inactive_cures_it() -> None:
    twin = row("d11", "10", "Sales")
    assert rules(plan(intacct(), certify(department=(*certify().lists["department"], twin)))) == ["ambiguous"]
    twin = replace(twin, active=False)
    assert plan(intacct(), certify(department=(*certify().lists["department"], twin))) == []


def test_an_inactive_department_leaves_only_when_nobody_uses_it() -> None:
    source = intacct(department=departments(active=False))
    assert only(acting(plan(source, certify()))).subject == DEPARTMENT.deactivation
    used = only(plan(source, certify(user())))
    assert (used.action, used.rule) == (Action.HOLD, "in_use")
    assert "1 active user" in used.reason
    reported = certify(unprocessed=(UnprocessedReport(id="r", employee_id="E9", department_name="Sales"),))
    assert "1 unprocessed report" in only(plan(source, reported)).reason


def test_it_leaves_in_the_same_plan_in_which_its_last_user_moves_away() -> None:
    changes = plan(intacct(person(department="20"), department=departments(active=False)), certify(user()), link())
    assert [change.subject for change in changes] == [Subject.USER, DEPARTMENT.deactivation]


def test_what_certify_has_alone_is_left_alone() -> None:
    assert plan(intacct(department=(), entity=()), certify()) == []


def test_a_company_without_entities_plans_none() -> None:
    source = intacct(person(location=""), entity=(value("900", "Left over"),))
    changes = plan(source, certify(), entities={"source": "none"})
    assert [change.subject for change in changes] == [Subject.USER]
    assert "EmpGLD1ID" not in changes[0].after


def test_the_entity_is_assigned_in_the_employee_gld_that_posting_reads() -> None:
    change = only(plan(intacct(person()), certify(), dimensions={"entity": {"certify": "employee_gld/4"}}))
    assert (change.after.get("EmpGLD1ID"), change.after["EmpGLD4ID"]) == (None, "g100")
    moved = only(plan(intacct(person()), certify(user()), link(), dimensions={"entity": {"certify": "employee_gld/4"}}))
    assert (moved.before, moved.after) == ({"EmpGLD4ID": ""}, {"EmpGLD4ID": "g100"})


def test_an_entity_that_people_choose_on_each_expense_is_listed_and_assigned_to_nobody() -> None:
    source = intacct(person(location=""), entity=(*intacct().lists["entity"], value("300", "FR")))
    created, new = plan(source, certify(), dimensions={"entity": {"certify": "report_gld/3"}})
    assert (created.subject, created.after["Code"]) == ("entity", "300")
    assert not [field for field in new.after if field.startswith("EmpGLD")], "a person without a location does not wait"


def test_a_further_dimension_is_kept_like_the_others() -> None:
    source = intacct(project=(value("P1", "Roll-out"), value("P2", "Old", active=False), value("P3", "")))
    target = certify(project=(row("p2", "P2", "Old"), row("p9", "P9", "Certify's own")))
    created, nameless, leaves = plan(source, target, dimensions=PROJECT)
    assert (created.subject, created.action, created.after["Name"]) == ("project", Action.CREATE, "Roll-out")
    assert (nameless.rule, nameless.key) == ("incomplete", "P3")
    assert (leaves.subject, leaves.target_id) == ("project_deactivation", "p2")


def test_a_value_on_lines_of_an_unprocessed_report_stays() -> None:
    source = intacct(project=(value("P2", "Old", active=False),))
    lines = tuple(UnprocessedExpense(id=f"l{n}", report_id="r", report_gld2_code="P2") for n in range(2))
    target = certify(project=(row("p2", "P2", "Old"),), unprocessed_lines=lines)
    held = only(plan(source, target, dimensions=PROJECT))
    assert (held.rule, held.target_id) == ("in_use", "p2")
    assert "1 unprocessed report" in held.reason
    elsewhere = {"project": {"certify": "report_gld/3"}}
    assert only(plan(source, target, dimensions=elsewhere)).action is Action.DEACTIVATE


def test_a_value_that_users_have_in_an_employee_gld_stays() -> None:
    source = intacct(project=(value("P2", "Old", active=False),))
    target = certify(user(emp_gld3_id="p2"), project=(row("p2", "P2", "Old"),))
    held = plan(source, target, dimensions={"project": {"certify": "employee_gld/3"}})
    assert [(change.subject, change.rule) for change in held] == [("project_deactivation", "in_use")]


@pytest.mark.parametrize("name", ["department", "entity"])
def test_a_list_that_is_kept_by_hand_is_not_changed_and_people_get_what_is_there(name) -> None:
    place = {"entity": "employee_gld/1", "department": "department"}[name]
    source = intacct(person(), **{name: (value("900", "New"), *intacct().lists[name])})
    changes = plan(source, certify(), dimensions={name: {"certify": place, "sync": False}})
    assert [change.subject for change in changes] == [Subject.USER]
    waits = plan(intacct(person(), **{name: (value("900", "New"),)}), certify(), dimensions={name: {"sync": False}})
    assert rules(waits) == [f"no_{name}"]
