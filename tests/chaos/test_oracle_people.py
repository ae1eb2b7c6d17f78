"""The oracle sees who stands twice in Certify, and who was deactivated though Intacct never called the person gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from include.chaos.oracle import Verdict
from include.chaos.oracle_people import Staff, judge_people

ANA = {"ID": "u1", "Email": "ana@example.com", "EmployeeID": "E1", "Active": 1}
GONE = {**ANA, "Active": 0}
EMPLOYEE = {"RECORDNO": "1", "EMPLOYEEID": "E1", "STATUS": "active"}


def people(*moments: list[dict[str, Any]], before: Any = (ANA,), after: Any = (ANA,), **told: Any) -> dict[str, int]:
    verdict = Verdict()
    staff = Staff(
        before=before, after=after, employees=moments or [[EMPLOYEE]], lists_before=[], lists_after=told.pop("lists", []),
        today=date(2026, 3, 20), **told,
    )  # fmt: skip
    judge_people(verdict, staff)
    return {name: len(found) for name, found in verdict.wrongs.items() if found}


def test_users_twice():
    twin = {"ID": "u2", "Email": "Ana@example.com", "EmployeeID": "", "Active": 1}
    assert people() == {}
    assert people(after=[ANA, twin]) == {"users_twice": 1}
    assert people(before=[ANA, twin], after=[ANA, twin]) == {}
    assert people(lists=[{"ID": "a", "Code": "30", "Active": 1}, {"ID": "b", "Code": "30", "Active": 1}]) == {
        "users_twice": 1
    }


@pytest.mark.parametrize(
    ("employees", "wrong"),
    [
        ([], 1),
        ([EMPLOYEE], 1),
        ([{**EMPLOYEE, "ENDDATE": "12/31/2026"}], 1),
        ([{**EMPLOYEE, "ENDDATE": "03/20/2026"}], 1),
        ([{**EMPLOYEE, "ENDDATE": "03/19/2026"}], 0),
        ([{**EMPLOYEE, "STATUS": "inactive"}], 0),
        (
            [
                {**EMPLOYEE, "STATUS": "inactive"},
                {"RECORDNO": "2", "EMPLOYEEID": "E2", "PERSONALINFO.EMAIL1": "ana@example.com"},
            ],
            1,
        ),
    ],
)
def test_absence_deactivates_nobody(employees, wrong):
    assert people(employees, after=[GONE]) == ({"wrongly_deactivated": 1} if wrong else {})


def test_whoever_was_gone_for_a_moment_may_be_deactivated():
    assert people([EMPLOYEE], [{**EMPLOYEE, "STATUS": "inactive"}], [EMPLOYEE], after=[GONE]) == {}


def test_a_deleted_record_is_gone_and_one_that_never_was_is_not():
    assert people([EMPLOYEE], [], after=[GONE]) == {}
    assert people([], [], after=[GONE]) == {"wrongly_deactivated": 1}


def test_grace_days_are_waited_for():
    ended = [{**EMPLOYEE, "ENDDATE": "03/18/2026"}]
    assert people(ended, after=[GONE]) == {}
    assert people(ended, after=[GONE], grace_days=3) == {"wrongly_deactivated": 1}


@pytest.mark.parametrize("right", [{"FullAdministrator": True}, {"Treasurer": 1}, {"Role": "Accountants"}])
def test_who_has_rights_stays(right):
    inactive = [{**EMPLOYEE, "STATUS": "inactive"}]
    assert people(inactive, before=[{**ANA, **right}], after=[{**GONE, **right}]) == {"wrongly_deactivated": 1}


def test_who_has_unprocessed_reports_stays():
    inactive = [{**EMPLOYEE, "STATUS": "inactive"}]
    assert people(inactive, after=[GONE], unfinished=["E1"]) == {"wrongly_deactivated": 1}


def test_what_somebody_did_by_hand_is_not_ours():
    assert people(after=[GONE], by_hand=["u1"]) == {}
