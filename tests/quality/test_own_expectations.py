"""A company's own expectations in a run: what fails waits, stops the run or is told, and every cure that is told works."""

from __future__ import annotations

import logging
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from certify_intacct.model.errors import BadInput, ConfigurationError, GuardTripped
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.staging.load_page import load_page
from certify_intacct.staging.report_timeline import report_timeline
from certify_intacct.staging.run_report import run_report
from certify_intacct.timeline.report import tell
from tests.expense_company import DAY

MEALS = {
    "name": "dear_meals_say_why",
    "stream": "lines_with_reports",
    "expectation": "expect_column_values_to_not_be_null",
    "arguments": {
        "column": "reason",
        "row_condition": {
            "type": "and",
            "conditions": [
                {"type": "comparison", "column": {"name": "category"}, "operator": "==", "parameter": "Meals"},
                {"type": "comparison", "column": {"name": "amount"}, "operator": ">", "parameter": "50.00"},
                {"type": "comparison", "column": {"name": "report_currency"}, "operator": "==", "parameter": "USD"},
            ],
        },
    },
    "severity": "warning",
    "reason": "A meal above 50 says who was there.",
    "cure": "Have the reason filled in in Certify, or release it.",
}
RULE = "own.dear_meals_say_why"


def meal(amount: str, reason: str = "") -> dict[str, Any]:
    return {
        "Amount": amount,
        "ReimAmount": amount,
        "ExpenseCategory": "Meals",
        "ExpenseCategoryGLCode": "6300",
        "Reason": reason,
    }


@pytest.fixture
def expect(company):
    """Writes the company's expectations anew."""

    def write(*expectations: dict[str, Any]) -> None:
        folder = company.config.parent / "expectations"
        folder.mkdir(exist_ok=True)
        (folder / "own.yaml").write_text(yaml.safe_dump([*expectations]), encoding="utf-8")

    return write


def test_what_fails_holds_its_report_alone_with_reason_and_cure(company, expect):
    expect(MEALS)
    dear = company.report(1, ("10.00", "10.00"), meal("50.01"))
    company.report(2, meal("50.00"))
    company.report(3, meal("80.00", "With the Zürich team"))
    load, run = company.plan(validate=True)
    assert company.load(load, run) == {"applied": 2}
    (item,) = company.waiting(dear)
    assert (item.state, item.rules) == ("held", (RULE,))
    assert "50.01 USD: A meal above 50 says who was there." in item.reason
    with company.loader() as connection:
        page = load_page(connection, "expense_sync", load)
        told = run_report(connection, "sandbox", load, DAY, ZoneInfo("UTC"))
        story = str(tell(report_timeline(connection, dear)))
    (change,) = [change for change in page.changes if change["key"] == dear]
    assert (change["action"], change["rule"], change["cure"]) == ("hold", RULE, MEALS["cure"])
    (result,) = [row for row in page.results if row["rule"] == RULE]
    assert (result["stream"], result["checked"], result["failed"]) == ("certify_expenses", 2, 1)
    assert (result["reason"], result["cure"]) == (MEALS["reason"], MEALS["cure"])
    assert [(item["rule"], item["cure"]) for item in told.waiting] == [(RULE, MEALS["cure"])], "told once"
    assert MEALS["reason"] in story
    assert MEALS["cure"] in story


def test_cured_in_certify_it_is_posted(company, expect):
    expect(MEALS)
    report = company.report(1, meal("60.00"))
    assert company.sync(validate=True) == {}
    company.sandbox.act("edit_report", report=report, line_changes={"Reason": "With the Zürich team"})
    assert company.sync(validate=True) == {"applied": 1}
    assert company.waiting(report) == []


def test_released_it_is_posted_though_it_fails_and_another_name_holds_it_again(company, expect):
    expect(MEALS)
    report = company.report(1, meal("60.00"))
    company.sync(validate=True)
    with pytest.raises(BadInput, match="cannot be decided by retry"):
        company.decide(report, "retry")
    expect(MEALS, {**MEALS, "name": "another"})
    assert "released. The next run of expense_sync posts it" in company.decide(report)[0]
    assert company.sync(validate=True) == {}
    assert company.waiting(report)[0].rules == ("own.another",), "what nobody has looked at"
    company.decide(report)
    load, run = company.plan(validate=True)
    assert company.load(load, run) == {"applied": 1}
    with company.loader() as connection:
        assert run_report(connection, "sandbox", load, DAY, ZoneInfo("UTC")).waiting == [], (
            "what was posted does not wait"
        )
    assert company.waiting(report) == []


def test_taken_out_of_the_file_it_holds_nothing_and_still_reads_well(company, expect):
    expect(MEALS)
    report = company.report(1, meal("60.00"))
    load, _ = company.plan(validate=True)
    expect()
    assert company.sync(validate=True) == {"applied": 1}
    with company.loader() as connection:
        story = str(tell(report_timeline(connection, report)))
        page = load_page(connection, "expense_sync", load)
    assert MEALS["reason"] in story
    assert [row["reason"] for row in page.results if row["rule"] == RULE] == [MEALS["reason"]]


def test_what_fails_another_rule_too_is_quarantined_whole_and_cannot_be_released(company, expect):
    expect(MEALS)
    report = company.report(1, meal("60.00"), TotalAmount="61.00")
    assert company.sync(validate=True) == {}
    (item,) = company.waiting(report)
    assert (item.state, item.rules) == ("quarantined", ("quarantined",))
    assert MEALS["reason"] in item.reason
    with pytest.raises(BadInput, match="cannot be decided by release"):
        company.decide(report, "release")


def test_what_was_posted_before_it_was_expected_stays_as_it_is(company, expect):
    report = company.report(1, meal("60.00"))
    assert company.sync(validate=True) == {"applied": 1}
    expect(MEALS)
    assert company.sync(validate=True) == {}
    assert company.waiting(report) == []


def test_critical_stops_the_run_before_anything_is_planned(company, expect):
    expect({**MEALS, "severity": "critical"})
    company.report(1, meal("60.00"))
    company.report(2)
    with pytest.raises(GuardTripped) as stopped:
        company.plan(validate=True)
    assert f"certify_expenses.{RULE}: {MEALS['reason']} (" in str(stopped.value)
    assert MEALS["cure"] in str(stopped.value)
    assert company.sql("SELECT * FROM plan.change") == []


def test_info_is_told_and_holds_nothing(company, expect, capfd):
    expect({**MEALS, "severity": "info"})
    company.report(1, meal("60.00"))
    assert company.sync(validate=True) == {"applied": 1}
    told = " ".join(capfd.readouterr().out.split())
    assert f"certify_expenses.{RULE}: {MEALS['reason']} {MEALS['cure']} For example: " in told


def test_one_that_cannot_judge_stops_the_run_and_its_cure_is_a_corrected_file_and_a_cleared_task(company, expect):
    broken = {
        **MEALS,
        "expectation": "expect_column_values_to_match_regex",
        "arguments": {"column": "reason", "regex": "("},
    }
    expect({**broken, "severity": "info"})
    company.report(1, meal("60.00"))
    load, run = company.extract()
    validate = ValidateStagingOperator(task_id="validate", direction="expense", load_id=load)
    with pytest.raises(GuardTripped) as stopped:
        validate.execute(run)
    assert "own.yaml, line 1: expect_column_values_to_match_regex could not judge lines_with_reports" in str(
        stopped.value
    )
    assert "clear the task" in str(stopped.value)
    expect({**broken, "arguments": {"column": "reason", "regex": "."}})
    ValidateStagingOperator(task_id="validate", direction="expense", load_id=load).execute(run)
    assert company.sql("SELECT failed FROM quality.result WHERE load_id = %s AND rule = %s", load, RULE) == [
        {"failed": 0}
    ]


def test_preflight_refuses_a_wrong_file_before_anything_is_asked(company, expect):
    expect({**MEALS, "stream": "lines_with_report"})
    run = company.context(run_id="wrong")
    with pytest.raises(ConfigurationError, match=r"own.yaml, line \d+, 0.stream: .*Did you mean lines_with_reports"):
        PreflightOperator(task_id="preflight", direction="expense").execute(run)
    expect({**MEALS, "arguments": {"column": "reason", "mostly": "7"}})
    with pytest.raises(ConfigurationError, match=r"own\.yaml, line 1: Great Expectations does not take"):
        PreflightOperator(task_id="preflight", direction="expense").execute(run)


def test_a_value_of_a_list_that_fails_is_as_good_as_absent(company, expect):
    expect(
        {
            "name": "hotels_are_closed", "stream": "intacct_gl_accounts", "expectation": "expect_column_values_to_not_be_in_set",
            "arguments": {"column": "code", "value_set": ["6220"]}, "severity": "warning", "reason": "The account is wound up.",
            "cure": "Choose another account.",
        }
    )  # fmt: skip
    report = company.report(1)
    assert company.sync(validate=True) == {}
    assert company.waiting(report)[0].rules == ("account_unknown",)


def test_the_task_says_what_the_connector_found_and_nothing_of_the_library(company, expect, capfd, caplog):
    expect(MEALS)
    company.report(1, meal("60.00"))
    load, run = company.extract()
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    ValidateStagingOperator(task_id="validate", direction="expense", load_id=load).execute(run)
    log = "".join(capfd.readouterr())
    assert f"{RULE}: {MEALS['reason']}" in log
    assert [
        line for line in log.splitlines() if any(word in line for word in ("it/s]", "great_expectations", "Warning"))
    ] == []
    assert {record.name.split(".")[0] for record in caplog.records} <= {"airflow", "certify_intacct", "psycopg"}
