"""# Expense preview: what `expense_sync` would post

Reads, judges and plans as `expense_sync` does, with the same tasks, and ends there: it has no task that sends, so nothing changes at
either service. What it planned is never posted; a run of `expense_sync` reads and plans for itself.

    preflight → extract both sides, open items of earlier runs, closed books → validate → plan → report

## Runbook

- **Trigger** it with or without dates; without, it is about the last complete day.
- **The plan** is in the log of `plan` and behind the link *Load*: what would be posted, what is held and why, billed calls.
- **To see what a change of `connector.yaml` or a cure turns**, preview again, and *Compare with another plan* on that page.
- **The right to trigger this DAG is not the right to post**: that is the right to trigger `expense_sync`.
- **A task failed**: as in `expense_sync`; cure it, and clear the whole run or trigger a new one.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.runs.run_params import RUN_PARAMS
from certify_intacct.steps import planned_expenses


@dag(
    **EVERY_DAG,
    dag_display_name="Expenses: preview",
    description="What the expense sync would post, without posting it.",
    schedule=None,
    max_active_runs=1,
    params=RUN_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses", "preview"],
    doc_md=__doc__,
)
def expense_preview() -> None:
    load_id, planned = planned_expenses(preview=True)
    planned >> RunReportOperator(task_id="report", load_id=load_id)


expense_preview()
