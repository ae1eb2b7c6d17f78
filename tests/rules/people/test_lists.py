"""Departments and entities, one rule at a time, as a person would put it."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.changes import Action, Subject
from certify_intacct.model.people import (
    CertifyDepartment,
    Department,
    Entity,
    UnprocessedReport,
)
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user


def test_a_department_is_matched_by_code_never_by_name() -> None:
    source = intacct(departments=(Department(code="30", name="Sales", active=True),))
    change = only(plan(source, certify()))
    assert (change.action, change.after) == (Action.CREATE, {"Code": "30", "Name": "Sales", "Active": 1})


def test_a_renamed_and_reactivated_department_is_one_update() -> None:
    existing = CertifyDepartment(id="d10", code="10", name="Sale", active=False)
    changes = plan(intacct(), certify(departments=(existing, *certify().departments[1:])))
    assert only(changes).before == {"Name": "Sale", "Active": 0}
    assert only(changes).after == {"Name": "Sales", "Active": 1}


def test_two_active_departments_with_one_code_are_refused_and_one_made_inactive_cures_it() -> None:
    twin = CertifyDepartment(id="d11", code="10", name="Sales", active=True)
    assert rules(plan(intacct(), certify(departments=(*certify().departments, twin)))) == ["ambiguous"]
    twin = replace(twin, active=False)
    assert plan(intacct(), certify(departments=(*certify().departments, twin))) == []


def test_an_inactive_department_leaves_only_when_nobody_uses_it() -> None:
    source = intacct(departments=(Department(code="10", name="Sales", active=False), intacct().departments[1]))
    assert only(acting(plan(source, certify()))).subject is Subject.DEPARTMENT_DEACTIVATION
    used = only(plan(source, certify(user())))
    assert (used.action, used.rule) == (Action.HOLD, "in_use")
    assert "1 active user" in used.reason
    reported = certify(unprocessed=(UnprocessedReport(id="r", employee_id="E9", department_name="Sales"),))
    assert "1 unprocessed report" in only(plan(source, reported)).reason


def test_it_leaves_in_the_same_plan_in_which_its_last_user_moves_away() -> None:
    departments = (Department(code="10", name="Sales", active=False), intacct().departments[1])
    changes = plan(intacct(person(department="20"), departments=departments), certify(user()), link())
    assert [change.subject for change in changes] == [Subject.USER, Subject.DEPARTMENT_DEACTIVATION]


def test_what_certify_has_alone_is_left_alone() -> None:
    assert plan(intacct(departments=(), entities=()), certify()) == []


def test_a_company_without_entities_plans_none() -> None:
    source = intacct(person(location=""), entities=(Entity(code="900", name="Left over", active=True),))
    changes = plan(source, certify(), entities={"source": "none"})
    assert [change.subject for change in changes] == [Subject.USER]
    assert "EmpGLD1ID" not in changes[0].after
