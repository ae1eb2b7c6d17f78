"""Tasks and cost types both ways: joined codes become a list of Certify, and what people choose of it stands on the lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expense_company import Company
from tests.organization_run import loaded, planned

PROJECTS = [
    {"PROJECTID": "P-20", "NAME": "Roll-out", "STATUS": "active"},
    {"PROJECTID": "P|1", "NAME": "Pipe", "STATUS": "active"},
    {"PROJECTID": "P-99", "NAME": "Done", "STATUS": "inactive"},
]
TASKS = [("P-20", "T-3", "Design"), ("P-20", "T-4", "Build"), ("P|1", "T-3", "Design"), ("P-99", "T-3", "Design")]
TYPES = [("P-20", "T-3", "LAB", "Labour")]
PLACES = {
    "project": {"certify": "report_gld/1", "sync": False},
    "task": {"certify": "report_gld/2", "sync": True},
    "cost_type": {"certify": "report_gld/3", "sync": True},
}


@pytest.fixture
def projects(company: Company) -> Company:
    company.configure(dimensions=PLACES)
    company.sandbox.load("intacct", "PROJECT", PROJECTS)
    company.sandbox.load(
        "intacct", "TASK", [{"PROJECTID": project, "TASKID": task, "NAME": name} for project, task, name in TASKS]
    )
    types = [
        {"PROJECTID": project, "TASKID": task, "COSTTYPEID": code, "NAME": name, "STATUS": "active"}
        for project, task, code, name in TYPES
    ]
    company.sandbox.load("intacct", "COSTTYPE", types)
    company.sandbox.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E-1", "STATUS": "inactive"}])
    company.sandbox.load("certify", "users", [{"Email": "admin@example.com", "FullAdministrator": 1, "Active": 1}])
    return company


def organization_sync(company: Company, run_id: str) -> dict[str, int]:
    context = company.context(run_id=run_id)
    return loaded(planned(context), context)


def listed(company: Company, number: int) -> dict[str, tuple[str, int]]:
    rows = [row for row in company.sandbox.state("certify", "exprptglds") if row["ExpRptGLDIndex"] == number]
    return {row["Code"]: (row["Name"], row["Active"]) for row in rows}


def expense(task: str = "", **changes: Any) -> dict[str, Any]:
    return {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": task, **changes}


def coded(company: Company, name: str) -> list[tuple[str, ...]]:
    fields = ("PROJECTID", "TASKID", "COSTTYPEID")
    return [tuple(line.get(field) or "" for field in fields) for line in company.sandbox.state("intacct", name)]


def test_from_intacct_to_the_lists_and_from_the_lists_to_the_lines(projects):
    assert organization_sync(projects, "first").keys() == {"applied"}
    assert listed(projects, 1) == {}, "the list of projects is kept by hand"
    assert listed(projects, 2) == {
        "P-20|T-3": ("Roll-out: Design", 1),
        "P-20|T-4": ("Roll-out: Build", 1),
        "P|1|T-3": ("Pipe: Design", 1),
    }
    assert listed(projects, 3) == {"P-20|T-3|LAB": ("Roll-out: Design: Labour", 1)}
    projects.sandbox.clear_calls()
    assert organization_sync(projects, "second") == {}
    assert not any(figures["written"] for figures in projects.sandbox.calls()["certify"].values())
    chosen = {name: code for number in (2, 3) for code, (name, _) in listed(projects, number).items()}
    projects.report(
        1,
        expense(chosen["Roll-out: Design"]),
        expense(chosen["Pipe: Design"], ReimAmount="0"),
        expense(chosen["Roll-out: Design"], ExpenseReportGLD3Code=chosen["Roll-out: Design: Labour"]),
    )
    assert projects.sync(validate=True) == {"applied": 1}
    assert coded(projects, "APBILLITEM") == [("P-20", "T-3", ""), ("P-20", "T-3", "LAB")]
    assert coded(projects, "CCTRANSACTIONENTRY") == [("P|1", "T-3", "")]


def test_a_task_of_another_project_than_the_line_s_waits_and_correcting_it_posts(projects):
    waiting = projects.report(1, expense("P-20|T-3", ExpenseReportGLD1Code="P|1"))
    assert projects.sync() == {}
    assert projects.held() == {waiting: {"dimension_parent"}}
    (row,) = projects.sql("SELECT reason, cure FROM plan.change WHERE action = 'hold'")
    assert (
        "The task 'P-20|T-3' (TASKID, from Expense Report GLD 2) belongs to the project 'P-20', and the line names 'P|1'"
        in row["reason"]
    )
    assert row["cure"] == "Correct task or project in Certify."
    (line,) = projects.sandbox.state("certify", "expenses")
    projects.sandbox.act("edit_report", report=waiting, line=line["ID"], line_changes={"ExpenseReportGLD1Code": "P-20"})
    assert projects.sync() == {"applied": 1}
    assert coded(projects, "APBILLITEM") == [("P-20", "T-3", "")]


def test_a_joined_code_that_intacct_does_not_have_waits_with_the_place_and_a_map_posts_it(projects):
    waiting = projects.report(1, expense("P-20|T-9"))
    assert projects.sync() == {}
    assert projects.held() == {waiting: {"dimension_unknown"}}
    projects.configure(dimensions={**PLACES, "task": {**PLACES["task"], "map": {"P-20|T-9": "P-20|T-4"}}})
    assert projects.sync() == {"applied": 1}
    assert coded(projects, "APBILLITEM") == [("P-20", "T-4", "")]


def test_an_account_that_demands_project_and_task_is_content_with_the_joined_code(projects):
    account = {"ACCOUNTNO": "6400", "STATUS": "active", "REQUIREPROJECT": "true", "REQUIRETASK": "true"}
    projects.sandbox.load("intacct", "GLACCOUNT", [account])
    waiting = projects.report(1, expense("", ExpenseCategoryGLCode="6400"))
    projects.report(2, expense("P-20|T-3", ExpenseCategoryGLCode="6400"))
    assert projects.sync() == {"applied": 1}
    assert projects.held() == {waiting: {"dimension_required"}}


def test_what_a_filter_does_not_offer_is_posted_all_the_same(projects):
    """An expense that was made before, or a code that somebody typed: Intacct has it active, and that is what counts."""
    projects.configure(dimensions={**PLACES, "task": {**PLACES["task"], "filter": {"TASKID": "T-4"}}})
    organization_sync(projects, "first")
    assert listed(projects, 2).keys() == {"P-20|T-4"}
    projects.report(1, expense("P-20|T-3"))
    assert projects.sync() == {"applied": 1}
    assert coded(projects, "APBILLITEM") == [("P-20", "T-3", "")]
