"""A task that somebody marks as success in Airflow has not done its work: what follows it sees that, says so, and does nothing."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import BadInput, ConnectorError, GuardTripped
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.staging.manifest import uncovered_dates
from tests.expense_company import DAY, company
from tests.organization_run import planned
from tests.people_company import load_people

__all__ = ["company"]


def task(operator, name, load, **options):
    return operator(task_id=name, load_id=load, **options)


def uncovered(company) -> list:
    with company.loader() as connection:
        return uncovered_dates(connection, "expense", DAY, DAY)


def test_what_validate_has_not_passed_is_not_planned_until_it_has(company):
    company.report(1)
    load, run = company.extract()
    company.sql("UPDATE ops.load SET state = 'open' WHERE load_id = %s", load)
    plan = task(IntacctPlanOperator, "plan", load)
    with pytest.raises(GuardTripped, match="was not judged: its task `validate` has not passed it") as refused:
        plan.execute(run)
    assert "Clear `validate` with what follows it" in refused.value.cure
    company.sql("UPDATE ops.load SET state = 'stopped' WHERE load_id = %s", load)
    with pytest.raises(GuardTripped, match="was stopped: `validate` or `plan` refused what it read") as refused:
        plan.execute(run)
    assert "Clear `validate` with what follows it" in refused.value.cure
    assert company.sql("SELECT 1 FROM plan.change") == []
    # As it is told.
    task(ValidateStagingOperator, "validate", load, direction="expense").execute(run)
    plan.execute(run)
    assert company.load(load, run) == {"applied": 1}


def test_what_plan_itself_refused_is_not_told_as_what_validate_has_not_passed(company):
    """It passed; `plan` found that not all was read, and whoever cures that clears `plan` alone."""
    company.report(1)
    load, run = company.extract(validate=True)
    named = "UPDATE ops.extract SET stream = %s WHERE load_id = %s AND stream = %s"
    company.sql(named, "other", load, "intacct_terms")
    plan = task(IntacctPlanOperator, "plan", load)
    with pytest.raises(GuardTripped, match="did not read all"):
        plan.execute(run)
    company.sql(named, "intacct_terms", load, "other")
    with pytest.raises(
        GuardTripped, match=f"Load {load} was stopped: `validate` or `plan` refused what it read"
    ) as refused:
        plan.execute(run)
    assert "has not passed" not in refused.value.message
    task(ValidateStagingOperator, "validate", load, direction="expense").execute(run)
    plan.execute(run)
    assert company.load(load, run) == {"applied": 1}


def test_a_load_without_a_plan_covers_no_date_until_it_has_one(company):
    """It would say that there was nothing to send, and be green."""
    company.report(1)
    load, run = company.extract()
    with pytest.raises(GuardTripped, match="has no plan: its task `plan` has not come to its end") as refused:
        task(StagingToIntacctOperator, "load_intacct", load).execute(run)
    assert "Clear `plan` with what follows it" in refused.value.cure
    assert uncovered(company) == [DAY]
    task(IntacctPlanOperator, "plan", load).execute(run)
    assert company.load(load, run) == {"applied": 1}
    assert uncovered(company) == []


def test_people_are_neither_planned_nor_changed_by_a_load_that_was_not_judged_or_planned(company, context):
    load_people(company.sandbox, 1)
    run = context()
    load = planned(run, judged=False, preview=False)
    for state, told in (("open", "its task `validate` has not passed it"), ("stopped", "refused what it read")):
        company.sql("UPDATE ops.load SET state = %s WHERE load_id = %s", state, load)
        with pytest.raises(GuardTripped, match=told):
            task(OrganizationPlanOperator, "plan", load).execute(run)
        with pytest.raises(GuardTripped, match="has no plan"):
            task(StagingToCertifyOperator, "load_certify", load).execute(run)
    assert company.sandbox.state("certify", "users") == []


def test_a_load_that_was_not_carried_out_is_told_as_that_and_nothing_is_posted_when_it_is(company):
    """`load_intacct` marked as success: the books tell what is missing, and the date is still to be covered."""
    report = company.report(1)
    load, run = company.plan()
    found = task(ReconcileOperator, "reconcile", load).execute(run)
    assert (found["holds"], found.get("unassigned")) == (False, 1)
    with pytest.raises(ConnectorError, match="104001"):
        task(BooksAgreeOperator, "books_agree", load).execute(run)
    assert uncovered(company) == [DAY]
    assert company.load(load, run) == {"applied": 1}
    assert company.load(load, run) == {}, "cleared once more"
    assert len(company.posted()) == 1, report


def test_books_that_nobody_has_compared_do_not_agree_until_somebody_has(company):
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    agree = task(BooksAgreeOperator, "books_agree", load)
    with pytest.raises(GuardTripped, match="was not reconciled") as refused:
        agree.execute(run)
    assert "clear `reconcile` with what follows it" in refused.value.cure
    task(ReconcileOperator, "reconcile", load).execute(run)
    agree.execute(run)


@pytest.mark.parametrize("operator", [
    IntacctPlanOperator, OrganizationPlanOperator, StagingToIntacctOperator, StagingToCertifyOperator, ReconcileOperator,
    BooksAgreeOperator, RunReportOperator,
])  # fmt: skip
def test_without_a_load_each_task_says_which_one_to_clear(operator, connections, context):
    """Of `open_load` marked as success, Airflow hands on nothing."""
    with pytest.raises(BadInput, match="its task `open_load` has not come to its end") as refused:
        task(operator, "any", None).execute(context())
    assert "clear the whole run" in refused.value.cure
