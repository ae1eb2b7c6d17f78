"""Classes both ways: Intacct's become a list of Certify, and what people choose of it stands on the lines in Intacct."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expense_company import Company
from tests.organization_run import loaded, planned

CLASSES = [
    {"CLASSID": "CL01", "NAME": "Research & <Döner>", "STATUS": "active"},
    {"CLASSID": "CL02", "NAME": "Sales", "STATUS": "active"},
    {"CLASSID": "CL08", "NAME": "Closing", "STATUS": "active non-posting"},
    {"CLASSID": "CL09", "NAME": "Closed", "STATUS": "inactive"},
]


@pytest.fixture
def classes(company: Company) -> Company:
    """The company with classes in Intacct, of which Certify has old ones, chosen on each expense."""
    company.configure(dimensions={"class": {"certify": "report_gld/2"}})
    company.sandbox.load("intacct", "CLASS", CLASSES)
    own = [("CL02", "Verkauf", 1), ("CL09", "Closed", 1), ("X", "Certify's own", 1)]
    company.sandbox.load(
        "certify", "exprptglds/2", [{"Code": code, "Name": name, "Active": active} for code, name, active in own]
    )
    company.sandbox.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E-1", "STATUS": "inactive"}])
    company.sandbox.load("certify", "users", [{"Email": "admin@example.com", "FullAdministrator": 1, "Active": 1}])
    return company


def organization_sync(company: Company, run_id: str) -> dict[str, int]:
    """A whole run of organization_sync, judged as its DAG judges it."""
    context = company.context(run_id=run_id)
    return loaded(planned(context), context)


def listed(company: Company) -> dict[str, tuple[str, int]]:
    rows = company.sandbox.state("certify", "exprptglds")
    assert {row["ExpRptGLDIndex"] for row in rows} == {2}
    return {row["Code"]: (row["Name"], row["Active"]) for row in rows}


def lines(company: Company) -> list[tuple[str, str]]:
    """The classes of the lines of bills and of card transactions in Intacct."""
    names = ("APBILLITEM", "CCTRANSACTIONENTRY")
    return [(name, line["CLASSID"]) for name in names for line in company.sandbox.state("intacct", name)]


def expense(code: str, **changes: Any) -> dict[str, Any]:
    return {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": code, **changes}


def test_from_intacct_to_the_list_and_from_the_list_to_the_lines(classes):
    assert organization_sync(classes, "first").keys() == {"applied"}
    kept = {"CL01": ("Research & <Döner>", 1), "CL02": ("Sales", 1), "CL09": ("Closed", 0), "X": ("Certify's own", 1)}
    assert listed(classes) == kept
    classes.sandbox.clear_calls()
    assert organization_sync(classes, "second") == {}
    assert not any(figures["written"] for figures in classes.sandbox.calls()["certify"].values())
    code = next(code for code, (name, _) in listed(classes).items() if name == "Sales")
    classes.report(1, expense(code), expense("CL01", ReimAmount="0"))
    assert classes.sync(validate=True) == {"applied": 1}
    assert lines(classes) == [("APBILLITEM", "CL02"), ("CCTRANSACTIONENTRY", "CL01")]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("X", "'X' does not exist in Intacct"),
        ("cl01", "'cl01' does not exist in Intacct"),
        ("CL09", "'CL09' is inactive in Intacct"),
        ("CL08", "'CL08' is active non-posting in Intacct"),
    ],
)
def test_a_class_that_intacct_does_not_take_is_held_before_anything_is_sent(code, said, classes):
    bad, good = classes.report(1, expense(code)), classes.report(2, expense("CL01"))
    assert classes.sync() == {"applied": 1}
    assert classes.held() == {bad: {"dimension_unknown"}}
    (row,) = classes.sql("SELECT reason, cure FROM plan.change WHERE action = 'hold'")
    assert f"Hotel 10.00 USD: Class {said} (CLASSID, from Expense Report GLD 2)" in row["reason"]
    assert "dimensions.class.map" in row["cure"]
    assert [number for number, _ in classes.bills().items()] == [classes.posted()[0]], f"only {good} was sent"
    assert lines(classes) == [("APBILLITEM", "CL01")]


def test_a_class_that_an_account_demands_is_asked_for_before_anything_is_sent(classes):
    account = {"ACCOUNTNO": "6400", "TITLE": "Fees", "STATUS": "active", "REQUIRECLASS": "true"}
    classes.sandbox.load("intacct", "GLACCOUNT", [account])
    fees = {"ExpenseCategoryGLCode": "6400"}
    report = classes.report(1, expense("", **fees))
    classes.report(2, expense("CL02", **fees))
    assert classes.sync() == {"applied": 1}
    assert classes.held() == {report: {"dimension_required"}}
    assert lines(classes) == [("APBILLITEM", "CL02")]


def test_a_class_on_a_line_of_a_report_that_is_not_processed_stays_active(classes):
    classes.report(1, expense("CL09", Processed=False), Processed=False)
    assert organization_sync(classes, "first").keys() == {"applied"}
    assert listed(classes)["CL09"] == ("Closed", 1)
    (row,) = classes.sql("SELECT action, rule, reason FROM plan.change WHERE subject = 'class_deactivation'")
    assert (row["action"], row["rule"]) == ("hold", "in_use")
    assert (
        row["reason"]
        == "Class CL09 (Closed) is inactive in Intacct, but stays active in Certify: 1 unprocessed report."
    )
