"""Records whose identity cannot be read: the row is refused by its name, its report waits whole, everything else goes on."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from tests.expense_company import DAY, company, report_id  # noqa: F401 - a fixture
from tests.pages.conftest import browser  # noqa: F401 - a fixture
from tests.security.edited import edited, records
from tests.security.test_hostile_texts import escaped, nothing_forged

# No index of PostgreSQL takes so much that cannot be compressed.
NOISE = "".join(random.Random(5).choices([chr(code) for code in range(0x4E00, 0x9FA5)], k=4000))
MISSING: Any = object()
BAD_IDS: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "empty": "",
    "number": 12345,
    "fraction": 1.5,
    "boolean": True,
    "object": {"ID": "x"},
    "list": ["x"],
    "NUL": "a\x00b",
    "half a pair": "\ud800",
    "long": "x" * 101,
    "noise": NOISE,
    "path": "../users/1",
    "query": "1?processed=0",
    "marks": "a\u202eb",
    "lines": "a\r\nposted 99 reports",
    "markup": "<b>x</b>",
}


def set_field(record: dict[str, Any], name: str, value: Any) -> None:
    if value is MISSING:
        record.pop(name, None)
    else:
        record[name] = value


@pytest.fixture
def certify(company, monkeypatch):  # noqa: F811
    """Puts a Certify with edited records before the sandbox."""

    def behind(url: str) -> None:
        name = "AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"
        content = json.loads(os.environ[name]) | {"host": f"{url}/v1/"}
        content["extra"] |= {"attempts": 2, "wait_initial": 0.01, "wait_max": 0.02}
        monkeypatch.setenv(name, json.dumps(content))

    return behind


def test_a_row_without_an_identity_is_refused_by_name_and_its_report_waits_whole(company, certify, browser, caplog):  # noqa: F811
    """Reports from 100 have a bad ID, the first lines of those from 200 too; the first lines of those from 300 belong to nobody knows
    what."""
    headers, lines, ties = ({first + n: value for n, value in enumerate(BAD_IDS.values())} for first in (100, 200, 300))
    for number in (*headers, *lines, *ties):
        company.report(number, ("10.00", "10.00"), ("5.00", "5.00"))
    # Amounts that cancel each other out would not be missed.
    company.report(400, ("20.00", "20.00"), ("7.00", "7.00"), ("-7.00", "-7.00"))
    # Nobody can tell the day of these.
    company.report(500)
    company.report(501, ("10.00", "10.00"), ("5.00", "5.00"))
    other = {"EmployeeID": "E-1008", "FirstName": "Bo", "LastName": "Öst"}
    for number in (900, 901):
        company.report(number, {"Amount": "9.00", "ReimAmount": "9.00", "EmployeeID": "E-1008"}, **other)
    by_id = {report_id(number): number for number in (*headers, *lines, *ties, 400, 500, 501)}

    def change(name: str, record: dict[str, Any]) -> None:
        number = by_id.get(record.get("ID") if name == "ExpenseReports" else record.get("ExpenseReportID"))
        first = name == "Expenses" and record["ID"].endswith("000001")
        if name == "ExpenseReports" and number in headers:
            set_field(record, "ID", headers[number])
        elif name == "ExpenseReports" and number == 500:
            record["ProcessedDate"] = "yesterday\r\nposted 99 reports"
        elif name == "Expenses" and number == 400 and not first:
            record["ExpenseReportID"] = None
        elif first and number in lines:
            set_field(record, "ID", lines[number])
        elif first and number in ties:
            set_field(record, "ExpenseReportID", ties[number])
        elif first and number == 501:
            record["ProcessedDate"] = 20261100

    caplog.set_level("INFO")
    with edited(company.sandbox.url, records(change)) as server:
        certify(server.url)
        load, run = company.plan(validate=True)
        company.load(load, run)
        ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
        RunReportOperator(task_id="report", load_id=load).execute(run)
        assert posted_reports(company) == {report_id(900), report_id(901)}

        # Every bad row is named, with what stands in its field; control characters and marks are shown as escapes.
        rows = company.sql(
            "SELECT stream, label FROM quality.quarantine WHERE load_id = %s AND rule = 'readable'", load
        )
        named = Counter(row["stream"] for row in rows)
        assert named == {
            "certify_expense_reports": len(headers) + 1,
            "certify_expenses": len(lines) + len(ties) + 2 + 1,
        }
        every = "\n".join(row["label"] for row in rows)
        for number in headers:
            assert f"approval code {104000 + number}" in every
        for number in lines:
            assert f"of report {report_id(number)}" in every
        for shown in ("is missing", "is 12345", 'is "../users/1"', "is true", 'is {"ID": "x"}', 'is ["x"]'):
            assert every.count(shown) >= 3, shown
        assert "(record 1, ID is missing)" in every
        nothing_forged(every)
        nothing_forged(caplog.text)

        # What can be asked for again is an open item, with its reason; of what cannot, the reconciliation says that it is missing.
        waiting = company.open_items()
        assert set(waiting) == {report_id(number) for number in (*lines, *ties, 400, 500, 501)}
        (reason,) = company.sql("SELECT reason FROM ledger.open_item WHERE report_id = %s", report_id(400))
        assert "perhaps of this report" in reason["reason"]
        missed = company.sql(
            "SELECT number FROM ops.reconciliation_finding WHERE load_id = %s AND finding = 'unassigned'", load
        )
        assert {row["number"].split(",")[0] for row in missed} == {str(104000 + number) for number in headers}
        page = browser("viewer").get(f"/connector/expense_sync/loads/{load}")
        assert page.status_code == 200
        escaped(page.text)

        # The sweep of a later day sees them still.
        later, _ = company.extract(DAY + timedelta(days=1))
        staged = company.sql(
            "SELECT id FROM staging.certify_expense_report WHERE load_id = %s AND 'id' = ANY(unreadable)", later
        )
        assert len(staged) == len(headers)

    # Certify is well again: everything is picked up.
    certify(company.sandbox.url)
    company.sync(DAY + timedelta(days=1))
    assert posted_reports(company) == {
        report_id(number) for number in (*headers, *lines, *ties, 400, 500, 501, 900, 901)
    }
    assert len(company.posted()) == len(posted_reports(company))
    assert company.open_items() == {}


def posted_reports(company) -> set[str]:  # noqa: F811
    return {row["report_id"] for row in company.sql("SELECT report_id FROM ledger.document")}
