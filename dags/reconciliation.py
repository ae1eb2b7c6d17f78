"""# Reconciliation

Reads the reports that Certify processed in any range of dates, and their documents in Intacct, both afresh, and balances them by
entity, currency and kind. It changes nothing at either service.

## Runbook

- **Trigger** it with *period_start* and *period_end*. The table is in the log of `reconcile`, the figures in `ops.reconciliation`.
- **`unassigned`**: reports that are neither posted nor held: run `expense_sync` for their processed date.
- **orphan**: a bill carries one of our tokens and the ledger does not know it: look who made it.
- **altered, reversed, deleted**: somebody did that in Intacct after it was posted. Decide: accept it as posted, or post it again.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.notifications.notifier import ConnectorNotifier
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.runs.dag_defaults import DEFAULT_ARGS, FIRST_DATE
from certify_intacct.runs.run_params import PERIOD_PARAMS


@dag(
    schedule=None,
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=ConnectorNotifier(),
    params=PERIOD_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def reconciliation() -> None:
    opened = OpenLoadOperator(task_id="open_load", direction="reconciliation")
    ReconcileOperator(task_id="reconcile", load_id=opened.output, pool="sage_intacct")


reconciliation()
