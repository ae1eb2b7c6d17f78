"""Reports that were processed with a date of the past show that *Disable Earlier Processing Date* is not enabled in Certify."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.staging.database import Database
from tests.expense_company import DAY, Company
from tests.shipped_config import today

ITEM = "Disable Earlier Processing Date"


def row(company: Company) -> dict[str, Any]:
    company.sandbox.load("certify", "empglds/1", [])
    run = company.context(run_id="check")
    PreflightOperator(task_id="preflight", direction="expense", force=True).execute(run)
    (found,) = company.sql(
        "SELECT * FROM ops.preflight_result WHERE item = %s AND check_id = (SELECT max(check_id) FROM ops.preflight)", ITEM
    )  # fmt: skip
    return found


def test_one_that_was_not_there_when_its_date_was_over(company):
    company.report(1)
    company.sync()
    assert row(company)["outcome"] == "cannot tell", "its date was looked at once"
    company.sync(DAY + timedelta(days=1))
    found = row(company)
    assert (found["outcome"], found["detail"]) == (
        "present",
        "None of 1 reports was processed with a date of the past.",
    )
    company.report(2)
    company.sync(DAY + timedelta(days=1))
    found = row(company)
    assert (found["outcome"], found["required"]) == ("missing", False)
    assert (
        f"One of 2 reports was processed with a date of the past: 104002, processed {DAY}, not there yet on"
        in found["detail"]
    )
    assert str(today().year) in found["detail"]
    assert (
        "ask your Emburse representative to enable" in found["where_to_click"][:1].lower() + found["where_to_click"][1:]
    )


def test_one_that_was_submitted_after_the_date_of_its_processing(company):
    company.report(1, SubmittedDate=str(DAY + timedelta(days=1)))
    company.sync()
    found = row(company)
    assert found["outcome"] == "missing"
    assert f"104001, processed {DAY}, and submitted {DAY + timedelta(days=1)}" in found["detail"]


def test_a_backfill_of_dates_that_nobody_looked_at_shows_nothing(company):
    """What is read late because no run was there before was not processed late."""
    company.report(1, day=DAY - timedelta(days=5))
    company.report(2)
    company.sync()
    company.sync(DAY - timedelta(days=5))
    with Database(company.database.loader_url).connection() as connection:
        from certify_intacct.staging.backdated import backdated

        assert backdated(connection, "UTC", DAY - timedelta(days=30)).examples == []
