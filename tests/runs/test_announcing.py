"""What other DAGs wait for: the event of an asset says which dates, how much of what, and how much money."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.execution_time.context import OutletEventAccessors

from certify_intacct.model.errors import BooksDiffer
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.runs.assets import BOOKS_AGREE, EXPENSES_POSTED
from tests.expense_company import DAY, company

__all__ = ["company"]


def post(company, **options) -> dict:
    """Posts as the DAG does, and gives the event."""
    load, run = company.plan(**options)
    events = OutletEventAccessors()
    task = StagingToIntacctOperator(task_id="load_intacct", load_id=load, outlets=[EXPENSES_POSTED])
    task.execute({**run, "outlet_events": events})
    return events[EXPENSES_POSTED].extra


def test_expenses_posted_says_dates_counts_and_money(company):
    company.report(1)
    company.report(2, ("1200.05", "1200.05"))
    company.report(3, EmployeeID="E9")
    event = post(company)
    assert json.loads(json.dumps(event)) == event
    assert (event["first_date"], event["last_date"], event["entities"]) == (str(DAY), str(DAY), [])
    assert (event["load_id"], event["documents"]) == (1, 2)
    assert event["changes"] == {"held": 1, "applied": 2}
    assert event["amounts"] == {"USD": "1300.15"}


def test_a_day_without_anything_is_posted_too(company):
    company.report(1, EmployeeID="E9")
    event = post(company)
    assert (event["documents"], event["amounts"], event["changes"]) == (0, {}, {"held": 1})


def test_books_that_differ_announce_nothing(company):
    company.report(1)
    post(company)
    (bills,) = company.bills().values()
    agree = BooksAgreeOperator(task_id="books_agree", load_id=1, outlets=[BOOKS_AGREE])
    _, run = company.plan()
    run["run_id"] = run["dag_run"].run_id = "run-1"

    def event() -> dict:
        ReconcileOperator(task_id="reconcile", load_id=1).execute(run)
        events = OutletEventAccessors()
        agree.execute({**run, "outlet_events": events})
        return events[BOOKS_AGREE].extra

    assert event()["last_date"] == str(DAY)
    company.sandbox.act("delete", object="APBILL", record=bills[0]["RECORDNO"])
    with pytest.raises(BooksDiffer):
        event()
