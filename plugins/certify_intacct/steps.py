"""The tasks that a sync and its preview have in common: everything up to the plan. A preview has these and cannot send."""

from __future__ import annotations

from typing import Any

from airflow.sdk import TriggerRule, XComArg

from certify_intacct.operators.base import doc_of
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import CLOSED_BOOKS, SageIntacctToStagingOperator
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.runs.streams import streams

# Of what need not be read, `open_load` has skipped the task. That all is there, `plan` asks once more.
_ALL_IS_READ = TriggerRule.NONE_FAILED


def planned_expenses(*, preview: bool) -> tuple[XComArg, IntacctPlanOperator]:
    """preflight → open_load → extract both sides → open items of earlier runs → what is closed there → validate → plan.

    :param preview: whether the load is opened as one that nothing is ever sent of
    :returns: the load's ID for the tasks that follow, and the last of these
    """
    load_id, intacct, certify = _extracted("expense", preview=preview)
    closed_books = _closed_books(load_id)
    open_items = OpenItemsToStagingOperator(
        task_id="extract_open_items", load_id=load_id, pool="emburse_certify", trigger_rule=_ALL_IS_READ
    )
    validate = _validate("expense", load_id)
    plan = IntacctPlanOperator(task_id="plan", load_id=load_id)
    certify >> open_items >> closed_books
    [intacct, closed_books] >> validate >> plan
    return load_id, plan


def planned_beside_another() -> tuple[XComArg, IntacctPlanOperator]:
    """As ``planned_expenses``, without open items of earlier runs: of all reports of the dates, as if they were ours to post.

    :returns: the load's ID, of which nothing is ever sent, and the last of these
    """
    load_id, intacct, certify = _extracted("expense", preview=True)
    closed_books = _closed_books(load_id)
    validate = _validate("expense", load_id)
    plan = IntacctPlanOperator(task_id="plan", load_id=load_id, as_if_ours=True)
    certify >> closed_books
    [intacct, closed_books] >> validate >> plan
    return load_id, plan


def planned_organization(*, preview: bool) -> tuple[XComArg, OrganizationPlanOperator]:
    """preflight → open_load → extract both sides → validate → plan.

    :param preview: whether the load is opened as one that nothing is ever sent of
    :returns: the load's ID for the tasks that follow, and the last of these
    """
    load_id, intacct, certify = _extracted("organization", preview=preview)
    validate = _validate("organization", load_id)
    plan = OrganizationPlanOperator(task_id="plan", load_id=load_id)
    [intacct, certify] >> validate >> plan
    return load_id, plan


def _closed_books(load_id: XComArg) -> SageIntacctToStagingOperator:
    """What is closed is asked inside each entity: of a large group only in those of the reports that were read."""
    return SageIntacctToStagingOperator(
        task_id="extract_closed_books",
        load_id=load_id,
        stream=CLOSED_BOOKS,
        pool="sage_intacct",
        trigger_rule=_ALL_IS_READ,
    )


def _validate(direction: str, load_id: XComArg) -> ValidateStagingOperator:
    return ValidateStagingOperator(task_id="validate", load_id=load_id, direction=direction, trigger_rule=_ALL_IS_READ)


def _extracted(direction: str, *, preview: bool) -> tuple[XComArg, Any, Any]:
    """The load's ID, and the tasks that extract from Intacct and from Certify: one task each, mapped over the streams."""
    intacct_streams, certify_streams = streams(direction)
    intacct_streams = [name for name in intacct_streams if name != CLOSED_BOOKS]
    preflight = PreflightOperator(task_id="preflight", direction=direction, preview=preview, pool="sage_intacct")
    opened = OpenLoadOperator(task_id="open_load", direction=direction, preview=preview)
    extract = {"load_id": opened.output, "map_index_template": "{{ task.stream }}"}
    intacct = SageIntacctToStagingOperator.partial(
        task_id="extract_intacct", pool="sage_intacct", doc_md=doc_of(SageIntacctToStagingOperator), **extract
    )
    certify = CertifyToStagingOperator.partial(
        task_id="extract_certify", pool="emburse_certify", doc_md=doc_of(CertifyToStagingOperator), **extract
    )
    preflight >> opened
    return opened.output, intacct.expand(stream=intacct_streams), certify.expand(stream=certify_streams)
