"""The oracle sees who and what did not arrive in Certify: a person, a department, an entity, a new name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from include.chaos.oracle import Verdict
from include.chaos.oracle_missing import Roster, judge_missing

EMPLOYEE = {
    "EMPLOYEEID": "E1", "STATUS": "active", "ENDDATE": "", "PERSONALINFO.EMAIL1": "ana@example.com", "PERSONALINFO.FIRSTNAME": "Ana",
    "PERSONALINFO.LASTNAME": "Ruiz",
}  # fmt: skip
USER = {
    "ID": "u1",
    "EmployeeID": "E1",
    "Email": "Ana@example.com",
    "FirstName": "Ana",
    "LastName": "Ruiz",
    "Active": 1,
}
DEPARTMENT = {"DEPARTMENTID": "30", "TITLE": "Sales", "STATUS": "active"}
ENTITY = {"LOCATIONID": "100", "NAME": "Head Office", "STATUS": "active"}
LISTS = (
    {"ID": "d", "Code": "30", "Name": "Sales", "Active": 1},
    {"ID": "g", "Code": "100", "Name": "Head Office", "Active": 1, "EmpGLDIndex": 1},
)


def lost(
    employee: Any = None, department: Any = None, users: Any = (USER,), lists: Any = LISTS, named: Any = ()
) -> int:
    verdict = Verdict()
    roster = Roster(
        employees=[{**EMPLOYEE, **(employee or {})}],
        departments=[{**DEPARTMENT, **(department or {})}],
        entities=[ENTITY],
        users=users,
        lists=lists,
        named=set(named),
        today=date(2026, 3, 20),
    )
    judge_missing(verdict, roster)
    assert set(verdict.wrongs) == set(Verdict().wrongs)
    return len(verdict.wrongs["lost"])


def test_what_arrived_is_not_lost():
    assert lost() == 0


@pytest.mark.parametrize(
    "users",
    [
        (),
        ({**USER, "Active": 0},),
        ({**USER, "EmployeeID": "E2"},),
        ({**USER, "LastName": "Old"},),
        ({**USER, "Email": "old@example.com"},),
    ],
)
def test_a_person_who_did_not_arrive_is_lost_unless_somebody_is_told(users):
    assert lost(users=users) == 1
    assert lost(users=users, named=[("user", "E1")]) == 0
    assert lost(users=users, named=[("department", "E1")]) == 1


@pytest.mark.parametrize(
    "employee", [{"STATUS": "inactive"}, {"ENDDATE": "03/19/2026"}, {"EMPLOYEEID": ""}, {"PERSONALINFO.EMAIL1": ""}]
)
def test_who_left_or_cannot_have_a_user_is_not_missed(employee):
    assert lost(employee, users=()) == 0


def test_who_leaves_today_is_still_missed():
    assert lost({"ENDDATE": "03/20/2026"}, users=()) == 1


@pytest.mark.parametrize(
    ("at", "changes", "named"),
    [
        (0, {"Code": "31"}, ("department", "30")),
        (0, {"Name": "Old"}, ("department", "30")),
        (0, {"Active": 0}, ("department", "30")),
        (0, {"EmpGLDIndex": 1}, ("department", "30")),
        (1, {"Code": "101"}, ("entity", "100")),
        (1, {"Name": "Old"}, ("entity", "100")),
    ],
)
def test_a_department_or_an_entity_that_did_not_arrive_is_lost(at, changes, named):
    lists = [{**one, **(changes if number == at else {})} for number, one in enumerate(LISTS)]
    assert lost(lists=lists) == 1
    assert lost(lists=lists, named=[named]) == 0


def test_an_inactive_department_is_not_missed():
    assert lost(department={"STATUS": "inactive"}, lists=LISTS[1:]) == 0
