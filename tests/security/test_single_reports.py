"""What Certify answers about one report, in whatever form, stops that report at most: the others are posted, and it too once it is
told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.payers import Payer
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.posting.recheck import objection
from certify_intacct.rules.expenses.hashing import business_content
from tests.expense_company import DAY, Company, company, report_id  # noqa: F401 - a fixture
from tests.rules.expenses.company import line, report
from tests.security.edited import Edit, edited, records
from tests.transport.replay import Asked, Reply

JSON = {"Content-Type": "application/json"}
#: Answers about one report alone.
UNTOLD: dict[str, Reply] = {
    "refused": Reply(b'{"errorCode": "x", "errorMessage": "The report is locked."}', 400, JSON),
    "forbidden": Reply(b'{"errorMessage": "Forbidden"}', 403, JSON),
    "a page": Reply(b"<html><body>Object moved</body></html>", 200, {"Content-Type": "text/html"}),
    "another report": Reply(b'{"ExpenseReports": [{"ID": "00000000-0000-4000-8000-000000000099"}]}', 200, JSON),
    "an error of the service": Reply(b"<html><body>Server Error</body></html>", 500, {"Content-Type": "text/html"}),
}


@pytest.fixture
def certify(company, monkeypatch) -> Callable[[str], None]:  # noqa: F811
    """Has the connection lead there."""

    def behind(url: str) -> None:
        name = "AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"
        content = json.loads(os.environ[name]) | {"host": f"{url}/v1/"}
        content["extra"] |= {"attempts": 2, "wait_initial": 0.01, "wait_max": 0.02}
        monkeypatch.setenv(name, json.dumps(content))

    return behind


def about(number: int, answer: Reply) -> Edit:
    """That answer to whoever asks for one report by its ID."""

    def edit(asked: Asked, text: str) -> str | Reply:
        path = asked.path.partition("?")[0].rstrip("/")
        return answer if path.endswith(f"/expensereports/{report_id(number)}") else text

    return edit


def posted(company: Company) -> set[str]:  # noqa: F811
    rows = company.sql("SELECT report_id FROM ledger.document WHERE state IN ('accepted', 'in_gl')")
    return {row["report_id"] for row in rows}


@pytest.mark.parametrize("reports", [2, 7], ids=["each by its ID", "as a list"])
def test_a_header_in_another_form_is_the_same_header(company, certify, reports):  # noqa: F811
    """A date with a time, a code that is a number and zero, words for yes and no."""
    forms: dict[str, Any] = {"Processed": "True", "EmpGLD2Code": 0, "EmpGLD3Code": 7, "Reimbursed": "False"}

    def change(name: str, record: dict[str, Any]) -> None:
        if name in ("ExpenseReports", "Expenses") and "ProcessedDate" in record:
            record["ProcessedDate"] = f"{DAY:%m/%d/%Y} 23:59:59"
        if name == "ExpenseReports":
            record.update(forms)

    for number in range(1, reports + 1):
        company.report(number)
    with edited(company.sandbox.url, records(change)) as server:
        certify(server.url)
        assert company.sync() == {"applied": reports}
        assert company.open_items() == {}
        assert company.sync() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ReimAmount", "10.01"), ("ReimAmount", None), ("ReimAmount", "ten"), ("TotalAmount", [10]), ("Currency", "usd"),
        ("EmployeeID", "e-1007"), ("EmployeeID", None), ("EmpGLD1Code", 0), ("EmpGLD2Code", 0), ("EmpGLD2Code", {"Code": ""}),
        ("EmpGLD2Code", "\ud800"), ("ProcessedDate", "2026-03-08"), ("ProcessedDate", "yesterday"), ("ProcessedDate", ""),
    ],
)  # fmt: skip
def test_what_is_another_or_cannot_be_read_is_not_sent(field, value):
    whole = report(line("a", "10"))
    header = {
        "ReimAmount": Decimal("10.0"), "NonReimAmount": 0, "TotalAmount": "10", "Currency": "USD", "EmployeeID": "E-1007",
        "EmpGLD1Code": "100", "ProcessedDate": "2026-03-07T00:00:00",
    }  # fmt: skip
    planned = business_content(whole, [line("a", "10")])["report"]
    assert objection(planned, header, (), Payer.EMPLOYEE) == ""
    assert f"{field} " in objection(planned, header | {field: value}, (), Payer.EMPLOYEE)


@pytest.mark.parametrize("answer", UNTOLD.values(), ids=UNTOLD.keys())
def test_one_that_is_not_told_at_the_moment_of_sending_waits_alone(company, certify, answer):  # noqa: F811
    for number in (1, 2, 3):
        company.report(number)
    with edited(company.sandbox.url, about(2, answer)) as server:
        certify(server.url)
        assert company.sync() == {"applied": 2, "moved_on": 1}
        assert posted(company) == {report_id(1), report_id(3)}
        (item,) = company.waiting(report_id(2))
        assert "Certify does not tell what the report is now" in item.reason
    certify(company.sandbox.url)
    assert company.sync() == {"applied": 1}
    assert len(company.posted()) == len(posted(company)) == 3


@pytest.mark.parametrize("answer", UNTOLD.values(), ids=UNTOLD.keys())
def test_a_posted_one_that_is_listed_no_more_and_not_told_stops_no_run(company, certify, answer):  # noqa: F811
    company.report(1)
    company.sync()
    company.report(2)
    gone = about(1, answer)

    def edit(asked: Asked, text: str) -> str | Reply:
        changed = gone(asked, text)
        content = json.loads(text) if "expensereports?" in asked.path else {}
        rows = [row for row in content.get("ExpenseReports", []) if row["ID"] != report_id(1)]
        if len(rows) == len(content.get("ExpenseReports", [])):
            return changed
        return json.dumps(content | {"ExpenseReports": rows, "Records": len(rows), "RecordCount": len(rows)})

    with edited(company.sandbox.url, edit) as server:
        certify(server.url)
        load, run = company.plan()
        assert company.load(load, run) == {"applied": 1}
        # Nobody says that it is processed no more, and nobody says that all is well.
        assert report_id(1) not in company.open_items()
        ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
        (found,) = company.sql(
            "SELECT finding, text FROM ops.reconciliation_finding WHERE load_id = %s AND number = %s",
            load,
            report_id(1),
        )
        assert (found["finding"], "does not tell" in found["text"]) == ("unreadable", True)


def test_where_certify_tells_of_none_the_run_stops(company, certify):  # noqa: F811
    """That is no matter of a report."""
    for number in (1, 2, 3):
        company.report(number)

    def edit(asked: Asked, text: str) -> str | Reply:
        return UNTOLD["an error of the service"] if "/expensereports/" in asked.path else text

    with edited(company.sandbox.url, edit) as server:
        certify(server.url)
        with pytest.raises(Exception, match="Server Error"):
            company.sync()
        assert posted(company) == set()
