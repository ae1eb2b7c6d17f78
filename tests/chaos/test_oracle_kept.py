"""The oracle sees what of further lists and users' fields is not as Intacct says, and who is wrong on the list of vendors to make."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from include.chaos.oracle import Verdict
from include.chaos.oracle_kept import Shelves, judge_kept
from include.chaos.varieties import kept

CLASSES, PROJECTS = kept.VARIETIES[1:]
VALUES = {
    "CLASS": [{"CLASSID": f"CL0{n}", "NAME": f"Class {n}", "STATUS": "active"} for n in range(1, 6)],
    "CUSTOMER": [
        {"CUSTOMERID": code, "NAME": name, "STATUS": "active"} for code, name in (("C-001", "Alder"), ("C-010", "Birch"))
    ],
    "PROJECT": [
        {"PROJECTID": "P-001", "NAME": "Roll-out", "STATUS": "active", "PROJECTTYPE": "Billable"},
        {"PROJECTID": "P-002", "NAME": "Move", "STATUS": "active", "PROJECTTYPE": "Internal"},
    ],
    "TASK": [{"TASKID": "T-1", "NAME": "Build", "PROJECTID": "P-001"}, {"TASKID": "T-1", "NAME": "Build", "PROJECTID": "P-002"}],
}  # fmt: skip


def row(number: int, code: str, name: str, active: int = 1) -> dict[str, Any]:
    return {"ID": f"{number}/{code}", "EmpGLDIndex": number, "Code": code, "Name": name, "Active": active}


ROWS = {
    CLASSES.name: [*(row(4, f"CL0{n}", f"Class {n} (CL0{n})") for n in range(1, 6)), row(5, "C-001", "Alder")],
    PROJECTS.name: [row(4, "P-001", "P-001 Roll-out"), row(5, "P-001/T-1", "Build of P-001")],
}
EMPLOYEE = {"EMPLOYEEID": "E1", "STATUS": "active", "ENDDATE": "", "CLASSID": "CL02", "CURRENCY": "GBP"}
USER = {
    "ID": "u1",
    "EmployeeID": "E1",
    "Active": 1,
    "EmpGLD4ID": "4/CL02",
    "Currency": "GBP",
    "Language": "fr",
    "Culture": "en-GB",
}
VENDOR = {"VENDORID": "E1", "VENDTYPE": "Employee", "STATUS": "active"}


def changed(rows: list[dict[str, Any]], code: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**one, **(changes if one["Code"] == code else {})} for one in rows]


def wrong(
    variety: kept.Variety = CLASSES, *, rows: Any = None, user: Any = None, values: Any = None, **told: Any
) -> list[str]:
    verdict = Verdict()
    now = {**VALUES, **(values or {})}
    shelves = {
        "kept": variety, "values": [*told.pop("before", []), now], "rows": ROWS[variety.name] if rows is None else rows,
        "users": [{**USER, **(user or {})}], "employees": [{**EMPLOYEE, **told.pop("employee", {})}], "vendors": [VENDOR],
        "named": set(), "today": date(2026, 3, 20),
    }  # fmt: skip
    judge_kept(verdict, Shelves(**{**shelves, **told}))
    assert set(verdict.wrongs) == set(Verdict().wrongs)
    return [text for found in verdict.wrongs.values() for text in found]


def test_what_is_as_intacct_says_is_right():
    assert wrong() == []
    assert wrong(PROJECTS, user={"EmpGLD4ID": "4/P-001", "Currency": "EUR"}, employee={"CLASSID": "CL01"}) == []


@pytest.mark.parametrize("changes", [{"Active": 0}, {"Name": "Class 3"}, {"Code": "CL3"}, {"EmpGLDIndex": 3}])
def test_a_value_that_did_not_arrive_is_lost_unless_somebody_is_told(changes):
    rows = changed(ROWS[CLASSES.name], "CL03", **changes)
    found = wrong(rows=rows)
    assert any(text.startswith("class CL03") for text in found)
    assert not [text for text in wrong(rows=rows, named={("class", "CL03")}) if text.startswith("class CL03:")]


def test_one_that_stands_twice_is_not_there_by_its_name():
    assert len(wrong(rows=[*ROWS[CLASSES.name], row(4, "CL01", "Class 1 (CL01)")])) == 1


def test_what_nobody_ever_had_is_invented_and_what_is_gone_was_there():
    rows = [*ROWS[CLASSES.name], row(4, "CL99", "Class 99 (CL99)", 0)]
    assert wrong(rows=rows) == ["class CL99: Intacct never had it"]
    gone = {"CLASS": [*VALUES["CLASS"], {"CLASSID": "CL99", "NAME": "Class 99", "STATUS": "active"}]}
    assert wrong(rows=rows, before=[{**VALUES, **gone}]) == []


def test_what_is_offered_no_more_leaves_unless_somebody_has_it_or_it_were_too_much():
    def without(*codes: str) -> dict[str, Any]:
        return {
            "CLASS": [{**one, "STATUS": "inactive" if one["CLASSID"] in codes else "active"} for one in VALUES["CLASS"]]
        }

    found = wrong(values=without("CL03"))
    assert found == ["class CL03: is offered no more, and active in Certify"]
    assert wrong(values=without("CL03"), rows=changed(ROWS[CLASSES.name], "CL03", Active=0)) == []
    assert wrong(values=without("CL02")) == [], "the user has it"
    assert wrong(values=without("CL03", "CL04", "CL05")) == [], "the guard allows two"
    assert len(wrong(values=without("CL03", "CL04"))) == 2


def test_what_lies_in_a_project_that_is_left_out_is_not_offered():
    rows = [*ROWS[PROJECTS.name], row(5, "P-002/T-1", "Build of P-002")]
    fine = {"user": {"EmpGLD4ID": "4/P-001", "Currency": "EUR"}, "employee": {"CLASSID": "CL01"}}
    assert wrong(PROJECTS, rows=rows, **fine) == ["task P-002/T-1: is offered no more, and active in Certify"]
    inside = {"PROJECT": [{**one, "PROJECTTYPE": "T&M"} for one in VALUES["PROJECT"]]}
    assert len(wrong(PROJECTS, values=inside, **fine)) == 2, "both are lacking now"


@pytest.mark.parametrize("changes", [{"EmpGLD4ID": "4/CL01"}, {"EmpGLD4ID": ""}, {"Currency": "USD"}, {"Language": ""}])
def test_a_user_has_what_intacct_says_of_the_employee(changes):
    assert len(wrong(user=changes)) == 1
    for key in ("user", "user_fields"):
        assert wrong(user=changes, named={(key, "E1")}) == []
    assert wrong(user=changes, keeps=False) == []
    assert wrong(user={**changes, "Active": 0}) == []
    assert wrong(user=changes, employee={"STATUS": "inactive"}) == []


def test_a_default_is_for_who_has_nothing():
    assert wrong(employee={"CLASSID": ""}) == []
    assert len(wrong(employee={"CLASSID": ""}, user={"EmpGLD4ID": ""})) == 1
    assert wrong(employee={"CURRENCY": ""}, user={"Currency": ""}) == [], "there is no default"


@pytest.mark.parametrize(
    ("vendors", "why"),
    [
        ([], "missing"),
        ([{**VENDOR, "VENDTYPE": "Supplier"}], "other_type"),
        ([{**VENDOR, "VENDTYPE": "Supplier", "STATUS": "inactive"}], "other_type"),
        ([{**VENDOR, "STATUS": "inactive"}], "inactive"),
        ([VENDOR], ""),
    ],
)
def test_who_cannot_be_paid_is_on_the_list_and_nobody_else(vendors, why):
    right = [("E1", why)] if why else []
    assert wrong(vendors=vendors, payable=right) == []
    assert wrong(vendors=vendors, payable=None) == []
    for other in ("missing", "other_type", "inactive"):
        if other != why:
            assert wrong(vendors=vendors, payable=[("E1", other)])
    if why:
        assert wrong(vendors=vendors, payable=[])
        assert wrong(vendors=vendors, payable=right, pays_vendors=False), "nobody is to be paid there"
        assert wrong(vendors=vendors, payable=[], pays_vendors=False) == []
