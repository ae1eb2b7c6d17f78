"""organization_sync as its DAG runs it, step by step in this process."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.validate import ValidateStagingOperator

DAG_FILE = Path(__file__).parents[1] / "dags" / "organization_sync.py"


def streams() -> tuple[list[str], list[str]]:
    """The streams that the DAG extracts."""
    specification = importlib.util.spec_from_file_location("organization_sync_under_test", DAG_FILE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.INTACCT_STREAMS, module.CERTIFY_STREAMS


def planned(context: dict[str, Any], *, judged: bool = True) -> int:
    """Everything up to the plan; returns the load's ID.

    :param judged: whether data quality is judged, which takes longer than all the rest
    """
    load_id = OpenLoadOperator(task_id="open_load", direction="organization").execute(context)
    intacct, certify = streams()
    for stream in intacct:
        SageIntacctToStagingOperator(task_id="extract_intacct", load_id=load_id, stream=stream).execute(context)
    for stream in certify:
        CertifyToStagingOperator(task_id="extract_certify", load_id=load_id, stream=stream).execute(context)
    if judged:
        ValidateStagingOperator(task_id="validate", direction="organization", load_id=load_id).execute(context)
    OrganizationPlanOperator(task_id="plan", load_id=load_id).execute(context)
    return load_id


def loaded(load_id: int, context: dict[str, Any]) -> dict[str, int]:
    """The load step; returns the outcomes counted."""
    return StagingToCertifyOperator(task_id="load_certify", load_id=load_id).execute(context)
