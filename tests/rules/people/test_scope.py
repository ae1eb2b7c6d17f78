"""Who is meant at all, one rule at a time, as a person would put it."""

from __future__ import annotations

import pytest

from certify_intacct.model.changes import Action
from certify_intacct.model.people import (
    PersonKind,
)
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user


def test_the_supplier_with_the_number_of_an_employee_is_nobody() -> None:
    sources = [{"kind": "vendor"}, {"kind": "employee"}]
    supplier = person(
        1, kind=PersonKind.VENDOR, employee_id="1007", vendor_type="Supplier", individual=False, active=False
    )
    employee = person(2, employee_id="1007")
    change = only(plan(intacct(supplier, employee), certify(), sources=sources))
    assert (change.action, change.source_key) == (Action.CREATE, "employee/2")


def test_the_first_source_speaks_for_a_person_who_stands_in_two() -> None:
    sources = [{"kind": "employee"}, {"kind": "vendor"}]
    vendor = person(5, kind=PersonKind.VENDOR, employee_id="E1", vendor_type="Employee", individual=True)
    assert plan(intacct(person(active=False), vendor), certify(), sources=sources) == []
    assert only(plan(intacct(person(), vendor), certify(), sources=sources)).source_key == "employee/1"


@pytest.mark.parametrize(("role", "rule"), [("", []), ("Boss", ["quarantined"]), ("Manager", [""])])
def test_the_role_field_selects_and_is_mapped_to_the_plural(role: str, rule: list[str]) -> None:
    changes = plan(intacct(person(role=role)), certify(), sources=[{"kind": "employee", "role_field": "CERTIFY_ROLE"}])
    assert rules(changes) == rule
    assert [change.after["Role"] for change in acting(changes)] == (["Managers"] if role == "Manager" else [])


def test_who_is_not_selected_any_more_is_left_as_they_are() -> None:
    change = only(
        plan(
            intacct(person(wanted=False)),
            certify(user()),
            link(),
            sources=[{"kind": "employee", "sync_field": "SYNC"}],
        )
    )
    assert (change.action, change.rule) == (Action.SKIP, "not_selected")


def test_a_department_that_cannot_be_used_freezes_the_person() -> None:
    assert rules(plan(intacct(person(department="99")), certify(user()), link())) == ["no_department"]
    assert only(plan(intacct(person(department="")), certify(), default_department="20")).after["DepartmentID"] == "d20"
