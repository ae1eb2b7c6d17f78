"""Every dimension of the table on its way into Intacct: onto the lines, or held before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from certify_intacct.model.dimensions import DIMENSIONS, Dimension
from certify_intacct.model.errors import GuardTripped
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from tests.expense_company import Company, report_id

#: Those that a company may use besides entity and department, which are always used.
FURTHER = [row for row in DIMENSIONS if row.places and not row.default_place]
each = pytest.mark.parametrize("row", FURTHER, ids=lambda row: row.name)


def record(row: Dimension, code: str, **changes: str) -> dict[str, str]:
    """A value of a dimension in Intacct, within values of those that it belongs to."""
    above = {one.code: f"{one.name}-1" for one in row.within}
    status = {row.status: "active"} if row.status else {}
    return {row.code: code, row.title: f"{row.name.title()} <{code}>", **above, **status, **changes}


def use(company: Company, row: Dimension) -> dict[str, Any]:
    """Uses a dimension, and those that it belongs to; gives the fields of an expense that names the first value of each."""
    places, fields = {}, {}
    for number, one in enumerate((row, *row.within), start=2):
        places[one.name] = {"certify": f"report_gld/{number}"}
        fields[f"ExpenseReportGLD{number}Code"] = f"{one.name}-1"
        company.sandbox.load("intacct", one.object, [record(one, f"{one.name}-1")])
    company.configure(dimensions=places)
    return fields


def lines(company: Company, object_name: str) -> list[dict[str, Any]]:
    return company.sandbox.state("intacct", object_name)


def reasons(company: Company) -> list[str]:
    return [row["reason"] for row in company.sql("SELECT reason FROM plan.change WHERE action = 'hold' ORDER BY 1")]


@each
def test_a_code_of_certify_goes_onto_the_lines_of_bills_and_of_card_transactions(row, company):
    codes = use(company, row)
    company.report(1, {"Amount": "10", "ReimAmount": "10", **codes}, {"Amount": "5", "ReimAmount": "0", **codes})
    assert company.sync() == {"applied": 1}
    for name in ("APBILLITEM", "CCTRANSACTIONENTRY"):
        (line,) = lines(company, name)
        assert [line[one.line] for one in (row, *row.within)] == [f"{one.name}-1" for one in (row, *row.within)]


# A value can be inactive only where Intacct keeps a status of it.
UNUSABLE = [(row, "nowhere", None) for row in FURTHER] + [(row, "closed", "inactive") for row in FURTHER if row.status]


@pytest.mark.parametrize(("row", "code", "status"), UNUSABLE, ids=[f"{row.name}-{code}" for row, code, _ in UNUSABLE])
def test_an_unknown_code_is_held_before_anything_is_sent(row, code, status, company):
    codes = use(company, row)
    if status:
        company.sandbox.load("intacct", row.object, [record(row, code, **{row.status: status})])
    report = company.report(1, {"Amount": "10", "ReimAmount": "10", **codes, "ExpenseReportGLD2Code": code})
    other = company.report(2)
    company.sandbox.clear_calls()
    company.sync()
    assert company.held() == {report: {"dimension_unknown"}}
    assert company.outcomes() == {other: "applied"}, "nobody else waits"
    (reason,) = reasons(company)
    assert f"{row.line}, from Expense Report GLD 2" in reason
    assert code in reason
    assert len(lines(company, "APBILL")) == 1


DEMANDED = [row for row in FURTHER if row.requires]


@pytest.mark.parametrize("row", DEMANDED, ids=lambda row: row.name)
def test_what_an_account_demands_is_held_before_anything_is_sent(row, company):
    company.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "6400", "TITLE": "Fees", "STATUS": "active", row.requires: "true"}]
    )
    report = company.report(1, {"Amount": "10", "ReimAmount": "10", "ExpenseCategoryGLCode": "6400"})
    assert company.sync() == {}
    assert company.held() == {report: {"dimension_required"}}
    assert f"Account '6400' requires {row.line}" in reasons(company)[0]
    codes = use(company, row)
    company.report(2, {"Amount": "10", "ReimAmount": "10", "ExpenseCategoryGLCode": "6400", **codes})
    assert company.sync(refresh=True) == {"applied": 1}


def test_an_account_that_demands_a_vendor_is_known_too(company):
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6400", "STATUS": "active", "REQUIREVENDOR": "true"}])
    report = company.report(1, {"Amount": "5", "ReimAmount": "0", "ExpenseCategoryGLCode": "6400"})
    # Intacct takes the vendor of a bill for its lines.
    company.report(2, {"Amount": "5", "ReimAmount": "5", "ExpenseCategoryGLCode": "6400"})
    assert company.sync() == {"applied": 1}
    assert company.held() == {report: {"dimension_required"}}


def test_what_is_billed_on_says_so_in_intacct_and_what_cannot_be_is_named_in_the_plan(company):
    company.sandbox.load("intacct", "CUSTOMER", [{"CUSTOMERID": "C1", "NAME": "Client", "STATUS": "active"}])
    projects = [{"PROJECTID": "P1", "CUSTOMERID": "C1"}, {"PROJECTID": "P2"}]
    company.sandbox.load("intacct", "PROJECT", [{"NAME": "Roll-out", "STATUS": "active", **one} for one in projects])
    company.configure(dimensions={"project": {"certify": "report_gld/1"}})
    billable = {"Amount": "10", "ReimAmount": "10", "Billable": True}
    company.report(
        1,
        billable | {"ExpenseReportGLD1Code": "P1"},
        {"Amount": "5", "ReimAmount": "0", "Billable": True, "ExpenseReportGLD1Code": "P1"},
    )
    company.report(2, billable | {"ExpenseReportGLD1Code": "P2"})
    assert company.sync() == {"applied": 2}
    assert [(line["PROJECTID"], line.get("CUSTOMERID", ""), line["BILLABLE"]) for line in lines(company, "APBILLITEM")] == [
        ("P1", "C1", "true"), ("P2", "", "false"),
    ]  # fmt: skip
    assert [(line.get("CUSTOMERID", ""), line["BILLABLE"]) for line in lines(company, "CCTRANSACTIONENTRY")] == [
        ("C1", "true")
    ]
    noted = company.sql("SELECT key, after -> 'notes' AS notes FROM plan.change WHERE after ? 'notes'")
    assert [row["key"] for row in noted] == [report_id(2)]
    assert "has no customer" in noted[0]["notes"][0]


def test_an_employee_gld_stands_on_every_line(company):
    company.sandbox.load("intacct", "PROJECT", [{"PROJECTID": "P1", "NAME": "Roll-out", "STATUS": "active"}])
    company.configure(dimensions={"project": {"certify": "employee_gld/3", "map": {"own": "P1"}}})
    company.report(1, ("10", "10"), ("20", "20"), EmpGLD3Code="own")
    assert company.sync() == {"applied": 1}
    assert [line["PROJECTID"] for line in lines(company, "APBILLITEM")] == ["P1", "P1"]


def test_a_label_demands_what_its_account_demands(company):
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6400", "STATUS": "active", "REQUIREPROJECT": "true"}])
    company.sandbox.load(
        "intacct", "APACCOUNTLABEL", [{"ACCOUNTLABEL": "Fees", "GLACCOUNTNO": "6400", "STATUS": "active"}]
    )
    company.configure(accounts={"by_label": True, "map": {"Hotel": "Fees"}})
    report = company.report(1)
    company.sync()
    assert company.held() == {report: {"dimension_required"}}


def test_a_dimension_that_was_not_read_stops_the_plan(company):
    """connector.yaml is changed between the reading and the planning of a run: nothing is planned from half of it."""
    company.report(1)
    load, run = company.extract()
    company.configure(dimensions={"project": {"certify": "report_gld/1"}})
    with pytest.raises(GuardTripped, match="intacct_projects"):
        IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
    assert company.sql("SELECT 1 FROM plan.change") == []
