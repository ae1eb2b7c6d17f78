"""organization_sync as its DAG runs it, step by step in this process."""

from __future__ import annotations

from typing import Any

from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.runs.streams import streams
from certify_intacct.staging.manifest import advance


def planned(context: dict[str, Any], *, judged: bool = True, preview: bool = False) -> int:
    """Everything up to the plan; returns the load's ID.

    :param judged: whether data quality is judged, which takes longer than all the rest
    :param preview: as ``organization_preview`` runs it
    """
    load_id = OpenLoadOperator(task_id="open_load", direction="organization", preview=preview).execute(context)
    intacct, certify = streams("organization")
    for stream in intacct:
        SageIntacctToStagingOperator(task_id="extract_intacct", load_id=load_id, stream=stream).execute(context)
    for stream in certify:
        CertifyToStagingOperator(task_id="extract_certify", load_id=load_id, stream=stream).execute(context)
    if judged:
        ValidateStagingOperator(task_id="validate", direction="organization", load_id=load_id).execute(context)
    else:
        operator = OrganizationPlanOperator(task_id="plan", load_id=load_id)
        with operator.database.connection() as connection:
            advance(connection, load_id, "validated")
    OrganizationPlanOperator(task_id="plan", load_id=load_id).execute(context)
    return load_id


def loaded(load_id: int, context: dict[str, Any]) -> dict[str, int]:
    """The load step; returns the outcomes counted."""
    return StagingToCertifyOperator(task_id="load_certify", load_id=load_id).execute(context)
