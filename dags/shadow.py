"""# Beside another connector: what it posted, and what this one would have

Reads the reports that Certify processed, plans them as `expense_sync` would if they were its own, and compares that, to the cent, with
what another connector posted for them in Intacct. It has no task that sends, and needs neither `company.first_post_date` nor an end of
`company.previous_connector`.

    preflight → extract both sides → validate → plan → compare

## Runbook

- **Trigger** it with the dates of a week or a month, when the other connector has posted them.
- **What came of it** is in the log of `compare` and behind the link *Beside theirs*, as CSV too: documents that are the same, that
  differ and in which field, and those of one side only, with the rule that holds ours.
- **Only theirs, with a rule**: this connector would hold it; its cure is the rule's, as for any report that waits.
- **Only theirs, without a report**: no approval code is in it, and nothing of ours has its party, total and date.
- **`compare` failed for a right**: the user needs List and View on the object that is named.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.shadow import IntacctShadowOperator
from certify_intacct.runs.run_params import PERIOD_PARAMS
from certify_intacct.steps import planned_beside_another


@dag(
    **EVERY_DAG,
    dag_display_name="Expenses: beside another connector",
    description="What another connector posted, beside what this one would have.",
    schedule=None,
    max_active_runs=1,
    params=PERIOD_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def shadow() -> None:
    load_id, planned = planned_beside_another()
    planned >> IntacctShadowOperator(task_id="compare", load_id=load_id, pool="sage_intacct")


shadow()
