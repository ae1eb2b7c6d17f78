"""Departments of Intacct become departments of Certify: DEPARTMENTID is Code, TITLE is Name, STATUS is Active."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from certify_intacct.model.changes import Change, Subject
from certify_intacct.model.people import CertifyDepartment, Department
from certify_intacct.rules.people.lists import ListKind, ListPlan, plan_leaving, plan_list

DEPARTMENTS = ListKind(
    noun="department",
    plural="departments",
    subject=Subject.DEPARTMENT,
    deactivation=Subject.DEPARTMENT_DEACTIVATION,
    where="Configuration > Departments",
)


def compare_departments(departments: Iterable[Department], existing: Iterable[CertifyDepartment]) -> ListPlan:
    """What is to be created, updated and reactivated, and which departments leave."""
    return plan_list(DEPARTMENTS, departments, existing)


def plan_departments(
    departments: Iterable[Department], existing: Iterable[CertifyDepartment], uses: Mapping[str, str] | None = None
) -> list[Change]:
    """The changes of departments alone, deactivations last.

    :param uses: Certify ID to a phrase that says who still uses the department
    """
    plan = compare_departments(departments, existing)
    return [*plan.changes, *plan_leaving(plan, uses or {})]
