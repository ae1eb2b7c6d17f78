"""# Preflight

Answers for each right and each fact that the syncs rely on: present, missing or cannot tell, and where to click. It writes nothing to
either service. Both syncs begin with the same check; one that passed is good for a day, this DAG always asks afresh.

## Runbook

- **Trigger** it before going live, after a change of rights in Intacct or Certify, and when a sync says that something is missing.
- **The tables** are in the logs of the two tasks; `ops.preflight_result` keeps them.
- **missing, stops the run**: that sync writes nothing until it is cured. **missing (warning)**, **cannot tell**: it runs; look at it.
- **excess**: a right that is never used here: administrate, delete, approve, pay. Take it away.
- **Cannot tell** about Add, Edit or Post: let the web services user view users' permissions, or look it up by hand.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.preflight import PreflightOperator


@dag(
    **EVERY_DAG,
    dag_display_name="Preflight: rights and facts",
    description="Asks for each right and fact that the syncs rely on; writes nothing.",
    schedule=None,
    max_active_runs=1,
    tags=["sage-intacct", "emburse-certify", "go-live"],
    doc_md=__doc__,
)
def preflight() -> None:
    for direction in ("organization", "expense"):
        PreflightOperator(task_id=f"check_{direction}", direction=direction, force=True, pool="sage_intacct")


preflight()
