"""# Expenses: what another connector.yaml would do

Plans past dates twice from what staging still has of them, by connector.yaml as it is and by another one, and shows what differs. It
asks neither service and has no task that sends; nothing is written into the ledger.

    what_if

## Runbook

- **Trigger** it with the dates and the other connector.yaml: a file beside the one in use or in `include/`, or its text.
- **What differs** is in the log, and behind the link *Comparison*: reports that would be held or not, documents field by field beside
  what was posted, money by account, entity and currency; as CSV too.
- **Nothing is staged of these dates**: they are older than `retention.staging_days`, or no run covered them.
- **A list was read by no load**: the other connector.yaml uses one that runs have not read until now; the log names it.
- **`what_if` failed** with a line of the other connector.yaml: correct that line and trigger it anew.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.what_if import ExpenseWhatIfOperator
from certify_intacct.runs.run_params import WHAT_IF_PARAMS


@dag(
    **EVERY_DAG,
    dag_display_name="Expenses: what another configuration would do",
    description="What another connector.yaml would have made of past dates, beside today's.",
    schedule=None,
    max_active_runs=1,
    params=WHAT_IF_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def expense_whatif() -> None:
    ExpenseWhatIfOperator(task_id="what_if")


expense_whatif()
