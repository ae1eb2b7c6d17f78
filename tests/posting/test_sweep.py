"""What lies outside the dates of a run is looked for once a day: by the daily run, or one by hand, and by no run of a backfill."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from tests.expense_company import DAY, Company

EARLIER = DAY - timedelta(days=1)
HEADERS = "GET expensereports"


def calls(company: Company, name: str) -> int:
    return company.sandbox.calls()["certify"].get(name, {"calls": 0})["calls"]


def test_a_run_of_a_backfill_asks_for_its_own_dates_and_nothing_else(company, caplog):
    caplog.set_level("INFO")
    company.report(1, EmployeeID="E-4711")
    company.sync()
    assert company.open_items(), "something is open"
    by_hand = company.sql("SELECT load_id, headers FROM ops.sweep")
    assert by_hand == [{"load_id": 1, "headers": 1}]
    for number in range(2, 5):
        company.report(number, day=EARLIER)
    company.sandbox.clear_calls()
    load, _ = company.extract(EARLIER, run_type="backfill")
    assert calls(company, HEADERS) == 1, "its own reports"
    assert calls(company, f"{HEADERS}/{{id}}") == calls(company, f"{HEADERS}/{{id}}/expenses") == 0
    assert "by load 1 is 0 hours old" in caplog.text
    assert len(company.sql("SELECT 1 FROM staging.certify_expense_report WHERE load_id = %s", load)) == 3
    assert company.sql("SELECT load_id, headers FROM ops.sweep") == by_hand


def test_the_age_of_the_last_sweep_is_a_warning_when_the_daily_run_does_not_run(company, caplog):
    company.extract(run_type="backfill")
    assert "No run has swept yet" in caplog.text
    company.extract()
    caplog.clear()
    company.sql("UPDATE ops.sweep SET swept_at = swept_at - interval '50 hours'")
    company.extract(EARLIER, run_type="backfill")
    (told,) = [record for record in caplog.records if "50 hours old" in record.getMessage()]
    assert told.levelname == "WARNING"


@pytest.mark.parametrize("run_type", ["scheduled", "manual"])
def test_a_late_report_is_left_by_a_backfill_and_found_by_the_next_other_run(company, run_type):
    company.sync()
    late = company.report(1)
    company.sync(EARLIER, run_type="backfill")
    assert company.posted() == []
    company.sync(EARLIER, run_type=run_type)
    assert company.outcomes() == {late: "applied"}


def test_what_a_backfill_left_open_is_worked_by_the_daily_run(company):
    line = {"Amount": "10", "ReimAmount": "10", "EmployeeID": "E-4711"}
    held = company.report(1, line, day=EARLIER, EmployeeID="E-4711")
    company.sync(EARLIER, run_type="backfill")
    assert list(company.open_items()) == [held]
    vendor = {"VENDORID": "E-4711", "NAME": "Ana Ruiz", "VENDTYPE": "Employee", "STATUS": "active"}
    company.sandbox.load("intacct", "VENDOR", [vendor])
    company.sync(DAY, run_type="backfill", refresh=True)
    assert company.posted() == []
    company.sync(DAY, run_type="scheduled", refresh=True)
    assert company.open_items() == {}
    assert len(company.posted()) == 1


def test_a_sweep_that_breaks_off_is_believed_in_nothing_and_the_next_try_makes_it(company):
    company.sync()
    # Of one report it might be that report's own; of two it is Certify's.
    late = {company.report(1), company.report(2)}
    load, _ = company.extract(EARLIER, run_type="backfill")
    company.sql("UPDATE ops.load SET run_type = 'scheduled' WHERE load_id = %s", load)
    swept = company.sql("SELECT * FROM ops.sweep")
    step = OpenItemsToStagingOperator(task_id="open_items", load_id=load)
    company.sandbox.fault(side="certify", match=f"{HEADERS}/{{id}}/expenses", kind="http_500", times=None)
    with pytest.raises(ConnectorError):
        step.execute({})
    assert company.sql("SELECT * FROM ops.sweep") == swept
    assert company.sql("SELECT 1 FROM staging.certify_expense_report WHERE load_id = %s", load) == []
    company.sandbox.clear_faults()
    assert step.execute({})["found"] == 2
    assert next(row["load_id"] for row in company.sql("SELECT load_id FROM ops.sweep ORDER BY swept_at DESC")) == load
    assert company.sql("SELECT 1 FROM staging.certify_swept_report") == [], "what was compared is not kept"
    read = company.sql("SELECT id FROM staging.certify_expense_report WHERE load_id = %s", load)
    assert {row["id"] for row in read} == late


def corrected(company: Company, report: str, **line: str) -> None:
    """Somebody corrects the first line of a report, and processes it again for the same day."""
    company.sandbox.act("edit_report", report=report, line_changes=line)
    company.sandbox.act("reprocess", report=report)


LEFT_OUT: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]] = {
    "nothing": (
        {},
        {"Amount": "0", "ReimAmount": "0"},
        {"Amount": "25.00", "ReimAmount": "25.00", "Reimbursable": "1"},
    ),
    "not ours to post": (
        {"company_paid": {"target": "none"}},
        {"Amount": "25.00", "ReimAmount": "0"},
        {"ReimAmount": "25.00", "Reimbursable": "1"},
    ),
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_was_left_out_and_is_another_on_the_same_day_is_posted_by_the_next_run_of_any(company, why):
    configured, line, changes = LEFT_OUT[why]
    company.configure(**configured)
    report = company.report(1, line)
    assert (company.sync(), company.open_items()) == ({}, {})
    corrected(company, report, **changes)
    assert company.reconciled()[1] == {"unassigned"}
    assert company.sync(DAY + timedelta(days=1)) == {"applied": 1}
    assert company.reconciled() == ({"in_gl": Decimal(25)}, set())
    assert company.sync(DAY + timedelta(days=1)) == {}


def test_what_was_left_out_and_is_withdrawn_is_nobodys_matter(company):
    report = company.report(1, {"Amount": "0", "ReimAmount": "0"})
    company.sync()
    company.sandbox.act("unprocess", report=report)
    company.sync(DAY + timedelta(days=1))
    assert company.open_items() == {}


def test_what_is_added_to_what_was_decided_about_is_posted_by_the_next_run_of_any_day(company):
    report = company.report(1, ("80", "80"), InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    company.decide(report, "not_ours")
    company.sandbox.act("edit_report", report=report, changes={"InitialApproverEmail": "m.chan@example.com"})
    assert (company.sync(), company.open_items()) == ({}, {})
    company.sandbox.load("certify", "expenses", [company._line(report, 2, ("7", "7"), DAY)])
    company.sandbox.act("reprocess", report=report)
    assert company.sync(DAY + timedelta(days=1)) == {"applied": 1}
    assert company.reconciled()[0] == {"not_ours": Decimal(80), "in_gl": Decimal(7)}
