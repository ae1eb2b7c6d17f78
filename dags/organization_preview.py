"""# Organization preview: what `organization_sync` would change in Certify

Reads, judges and plans as `organization_sync` does, with the same tasks, and ends there: it has no task that writes, so nothing
changes at either service. What it planned is never sent; a run of `organization_sync` reads and plans for itself.

    preflight → extract both sides → validate → plan → report

## Runbook

- **Trigger** it. It is about what Intacct says now, whatever the dates.
- **The plan** is in the log of `plan` and behind the link *Load*: who would be adopted, created, changed, deactivated, and whom it
  leaves alone and why.
- **To see what a change of `connector.yaml` or a cure turns**, preview again, and *Compare with another plan* on that page.
- **The right to trigger this DAG is not the right to change users**: that is the right to trigger `organization_sync`.
- **A task failed**: as in `organization_sync`; cure it, and clear the whole run or trigger a new one.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.runs.run_params import PERIOD_PARAMS
from certify_intacct.steps import planned_organization


@dag(
    **EVERY_DAG,
    dag_display_name="Organization: preview",
    description="What the organization sync would change in Certify, without changing it.",
    schedule=None,
    max_active_runs=1,
    params=PERIOD_PARAMS,
    tags=["sage-intacct", "emburse-certify", "people", "preview"],
    doc_md=__doc__,
)
def organization_preview() -> None:
    load_id, planned = planned_organization(preview=True)
    planned >> RunReportOperator(task_id="report", load_id=load_id)


organization_preview()
