"""The tasks of both syncs, each as Airflow runs it: anew, with nothing but the load's ID from the tasks before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import CLOSED_BOOKS, SageIntacctToStagingOperator
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.receipts_to_intacct import ReceiptsToIntacctOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.runs.streams import streams
from tests.expense_company import pass_unjudged

EVERYTHING = os.environ.get("CRASH") == "all"


@dataclass(frozen=True)
class Stage:
    """A task of a run; ``work`` carries it out and gives what it returns.

    :param writes: whether it changes anything at a service
    """

    name: str
    work: Callable[[], Any]
    writes: bool = False


def not_judged(stages: Iterable[Stage], database: Any, load_id: int) -> Iterator[Stage]:
    """The same, with a load that passes `validate` without being judged, which takes seconds each time; all of it where everything is
    tried."""
    for stage in stages:
        passed = stage.name == "validate" and not EVERYTHING
        yield Stage(stage.name, lambda: pass_unjudged(database, load_id)) if passed else stage


def expense_stages(context: dict[str, Any], load_id: int) -> Iterator[Stage]:
    """``expense_sync``; ``load_id`` is the load that ``open_load`` will open."""
    load = {"load_id": load_id}
    yield Stage("open_load", lambda: OpenLoadOperator(task_id="open_load", direction="expense").execute(context))
    intacct, certify = streams("expense")
    for stream in intacct:
        if stream != CLOSED_BOOKS:
            yield _extract(SageIntacctToStagingOperator, stream, context, load)
    for stream in certify:
        yield _extract(CertifyToStagingOperator, stream, context, load)
    yield Stage("open_items", lambda: OpenItemsToStagingOperator(task_id="open_items", **load).execute(context))
    yield _extract(SageIntacctToStagingOperator, CLOSED_BOOKS, context, load)
    yield Stage(
        "validate", lambda: ValidateStagingOperator(task_id="validate", direction="expense", **load).execute(context)
    )
    yield Stage("plan", lambda: IntacctPlanOperator(task_id="plan", **load).execute(context))
    yield Stage("load_intacct", lambda: _posted(context, load), writes=True)
    yield Stage("reconcile", lambda: ReconcileOperator(task_id="reconcile", **load).execute(context))


def _posted(context: dict[str, Any], load: dict[str, int]) -> None:
    """``load_intacct`` and ``attach_receipts``: what is judged is what both have left at the services."""
    StagingToIntacctOperator(task_id="load_intacct", **load).execute(context)
    ReceiptsToIntacctOperator(task_id="attach_receipts", **load).execute(context)


def organization_stages(context: dict[str, Any], load_id: int) -> Iterator[Stage]:
    """``organization_sync``."""
    load = {"load_id": load_id}
    yield Stage("open_load", lambda: OpenLoadOperator(task_id="open_load", direction="organization").execute(context))
    intacct, certify = streams("organization")
    for stream in intacct:
        yield _extract(SageIntacctToStagingOperator, stream, context, load)
    for stream in certify:
        yield _extract(CertifyToStagingOperator, stream, context, load)
    yield Stage(
        "validate",
        lambda: ValidateStagingOperator(task_id="validate", direction="organization", **load).execute(context),
    )
    yield Stage("plan", lambda: OrganizationPlanOperator(task_id="plan", **load).execute(context))
    yield Stage(
        "load_certify", lambda: StagingToCertifyOperator(task_id="load_certify", **load).execute(context), writes=True
    )


def _extract(operator: Any, stream: str, context: dict[str, Any], load: dict[str, int]) -> Stage:
    return Stage(f"extract_{stream}", lambda: operator(task_id="extract", stream=stream, **load).execute(context))
