"""A task that somebody clears by itself, in whatever state its load is: what was planned and carried out stands, and nothing is
planned of what nobody has judged."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import BadInput, GuardTripped
from certify_intacct.operators.approval import PostingApprovalOperator
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.receipts_to_intacct import ReceiptsToIntacctOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.staging.manifest import uncovered_dates
from tests.expense_company import DAY, company
from tests.organization_run import loaded, planned
from tests.people_company import load_people

__all__ = ["company"]
REPORTS = "certify_expense_reports"


def read_again(load):
    """Everything that reads reports into a load."""
    return [
        CertifyToStagingOperator(task_id="extract_certify", load_id=load, stream=REPORTS),
        OpenItemsToStagingOperator(task_id="extract_open_items", load_id=load),
    ]


def judge_again(load, direction="expense"):
    return ValidateStagingOperator(task_id="validate", load_id=load, direction=direction)


def state(company, load) -> str:
    return company.sql("SELECT state FROM ops.load WHERE load_id = %s", load)[0]["state"]


def uncovered(company) -> list:
    with company.loader() as connection:
        return uncovered_dates(connection, "expense", DAY, DAY)


def test_the_plan_of_a_load_that_was_carried_out_stands_and_its_date_stays_covered(company):
    company.report(1)
    load, run = company.plan()
    plan = IntacctPlanOperator(task_id="plan", load_id=load)
    before = company.sql("SELECT * FROM plan.change ORDER BY change_id")
    assert company.load(load, run) == {"applied": 1}
    assert plan.execute(run) == {"post": 1, "documents": 1}
    assert (state(company, load), uncovered(company)) == ("loaded", [])
    assert company.sql("SELECT * FROM plan.change ORDER BY change_id") == before
    assert company.load(load, run) == {}
    assert len(company.posted()) == 1


@pytest.mark.parametrize("carried_out", [False, True], ids=["planned", "carried out"])
def test_what_a_load_read_is_neither_read_nor_judged_again_once_it_is_planned(company, carried_out):
    """The plan was made of what was read then. A report that came since would be in staging, in no plan, and looked for by nobody."""
    company.report(1)
    load, run = company.plan()
    if carried_out:
        company.load(load, run)
    late = company.report(2)
    stood = state(company, load)
    for task in (*read_again(load), judge_again(load)):
        with pytest.raises(GuardTripped, match=f"Load {load} is planned already") as refused:
            task.execute(run)
        assert "Clear the whole run" in refused.value.cure
    assert state(company, load) == stood
    assert company.sql("SELECT 1 FROM staging.certify_expense_report WHERE id = %s", late) == []
    # As it is told: the whole run.
    assert company.sync() == {"applied": 1 if carried_out else 2}
    assert len(company.posted()) == 2


def test_a_preview_too_is_planned_once(company):
    company.report(1)
    load, run = company.plan(preview=True)
    for task in (*read_again(load), judge_again(load)):
        with pytest.raises(GuardTripped, match="is planned already"):
            task.execute(run)
    IntacctPlanOperator(task_id="plan", load_id=load).execute(run)
    assert state(company, load) == "previewed"


@pytest.mark.parametrize("number", [0, 1], ids=["the date's", "open items"])
def test_what_is_read_again_after_it_was_judged_is_judged_again(company, number):
    company.report(1)
    load, run = company.extract(validate=True)
    read_again(load)[number].execute(run)
    plan = IntacctPlanOperator(task_id="plan", load_id=load)
    with pytest.raises(GuardTripped, match="was not judged"):
        plan.execute(run)
    judge_again(load).execute(run)
    plan.execute(run)
    assert company.load(load, run) == {"applied": 1}


def test_the_plan_of_people_that_was_carried_out_stands_too(company, context):
    load_people(company.sandbox, 1)
    run = context()
    load = planned(run, judged=False)
    loaded(load, run)
    before = company.sql("SELECT * FROM plan.change ORDER BY change_id")
    assert OrganizationPlanOperator(task_id="plan", load_id=load).execute(run) == {"planned": len(before)}
    with pytest.raises(GuardTripped, match="is planned already"):
        judge_again(load, "organization").execute(run)
    assert state(company, load) == "loaded"
    assert company.sql("SELECT * FROM plan.change ORDER BY change_id") == before


OF_A_LOAD = [
    IntacctPlanOperator, OrganizationPlanOperator, PostingApprovalOperator, StagingToIntacctOperator, StagingToCertifyOperator,
    ReceiptsToIntacctOperator, ReconcileOperator, BooksAgreeOperator, RunReportOperator, OpenItemsToStagingOperator,
]  # fmt: skip


@pytest.mark.parametrize("operator", OF_A_LOAD)
def test_no_task_works_on_the_load_of_another_run(operator, company):
    """Airflow's runs know the number of their load. In a connector's database that was restored, another run may have that by now."""
    company.report(1)
    load, run = company.plan()
    other = company.context(run_id="of yesterday")
    other["dag_run"].dag_id = run["dag_run"].dag_id
    with pytest.raises(GuardTripped, match=f"Load {load} was opened by run run-1 of expense_sync") as refused:
        operator(task_id="any", load_id=load).execute(other)
    assert "clear the whole run" in refused.value.cure
    assert (state(company, load), company.posted()) == ("planned", [])


def test_a_load_that_the_database_does_not_have_any_more_is_told_as_that(company):
    """As after a restored backup."""
    with pytest.raises(BadInput, match="There is no load 4711") as refused:
        RunReportOperator(task_id="report", load_id=4711).execute(company.context())
    assert "Clear the whole run" in refused.value.cure
