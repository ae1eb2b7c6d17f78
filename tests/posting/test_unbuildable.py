"""What cannot become a valid request is known when it is planned: it holds its report with line and field, and stops nobody else."""

from __future__ import annotations

import pytest

from tests.expense_company import Company, report_id

LONG = "P" * 21
FIELDS = {"project": {"certify": "report_gld/2"}, "task": {"certify": "report_gld/3"}}
BAD = {
    "a character that XML cannot carry": ({"ExpenseReportGLD2Code": "P\x0b1"}, "PROJECTID", "dimension_unknown"),
    "a task without its project": ({"ExpenseReportGLD3Code": "T-1"}, "TASKID", "dimension_parent"),
    "a code that is too long": ({"ExpenseReportGLD2Code": LONG}, "PROJECTID", "request"),
}


@pytest.fixture(autouse=True)
def projects(company: Company) -> None:
    """One that can be posted to, and one that Intacct could not have made."""
    company.sandbox.load(
        "intacct",
        "PROJECT",
        [{"PROJECTID": code, "NAME": code, "STATUS": "active"} for code in ("P-1", LONG)],
    )


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("reimbursable", ["10", "0"], ids=["bill", "card"])
def test_it_is_a_hold_of_the_plan_with_line_and_field(company: Company, case, reimbursable):
    company.configure(dimensions=FIELDS)
    codes, field, rule = BAD[case]
    line = {"Amount": "10", "ReimAmount": reimbursable}
    bad = company.report(1, line, line | codes | {"Reason": "The bad one"})
    company.report(2)
    # A card charge is a document of its own, so the good line is posted beside the bad one.
    assert company.sync() == {"applied": 1 if reimbursable == "10" else 2}
    assert company.held() == {bad: {rule}}
    assert company.open_items() == {bad: "held"}
    (row,) = company.sql("SELECT reason, cure FROM plan.change WHERE action = 'hold'")
    assert field in row["reason"].upper()
    # By its memo, or by date, category and amount.
    assert "The bad one" in row["reason"] or "Hotel 10.00 USD" in row["reason"]
    assert row["cure"]


def test_what_is_wrong_with_the_whole_document_is_said_once(company: Company):
    company.sandbox.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "3" * 21, "CURRENCY": "USD", "STATUS": "active"}])
    company.report(1, ("10", "10"), ("20", "20"), EmpGLD1Code="3" * 21)
    company.sync()
    (row,) = company.sql("SELECT reason FROM plan.change WHERE action = 'hold'")
    assert ("LOCATIONID" in row["reason"], "line" in row["reason"]) == (True, False)


def test_it_is_posted_once_it_is_cured(company: Company):
    company.configure(dimensions=FIELDS)
    long = {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": LONG}
    company.report(1, long)
    company.sync()
    company.configure(dimensions={"project": FIELDS["project"] | {"map": {LONG: "P-1"}}})
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
    assert company.outcomes() == {report_id(1): "applied"}


def test_a_plan_of_a_version_that_did_not_build_it_stops_nobody(company: Company, monkeypatch):
    """Planned before an upgrade, sent after it."""
    company.configure(dimensions=FIELDS)
    bad = company.report(1, {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": LONG})
    company.report(2)
    with monkeypatch.context() as patch:
        patch.setattr("certify_intacct.posting.planner.faults", lambda document, revision: [])
        load, run = company.plan()
    assert company.load(load, run) == {"applied": 1, "moved_on": 1}
    assert company.outcomes()[bad] == "moved_on"
    assert company.open_items() == {bad: "found"}
