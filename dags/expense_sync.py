"""# Expense sync: Certify → Intacct

Expense reports that were approved and processed in Emburse Certify become AP bills (what is owed to employees) and credit-card
transactions (what the company paid) in Sage Intacct. Each document once.

    preflight → extract both sides, open items of earlier runs, closed books → validate → plan → approve
              → load Intacct → reconcile → books agree
                             → attach receipts → report

A report belongs to the day on which it was processed. Late and cured reports are picked up wherever their day lies.

## Runbook

- **Trigger** it by hand, with or without dates: it posts, as the scheduled run does. To look first, trigger `expense_preview`.
- **`preflight` failed**: its log names each missing right or fact and where to click; cure it and clear the task.
- **Parts of `extract_intacct` are skipped**: their lists are not used, or were just read; the log of `open_load` names them.
- **A report is quarantined or held**: the logs of `validate` and `plan` name it with rule and cure. Cure it, and the next run takes
  it; or a person decides: *Browse > Decisions*, or the page of the report.
- **`approve` waits**: the run is unusually large, or connector.yaml was changed. Look at its plan; then *Browse > Required Actions*.
- **Refused by Intacct**: `select * from plan.change_result where result = 'rejected'` has Intacct's words; it is planned anew.
- **In doubt** (the answer was lost): nothing to do. It is looked up in Intacct, at the latest by the next run.
- **`held_document`**: it was sent, is not in Intacct, and nobody has shown that sending again is safe: run `verify_company`.
- **`attach_receipts` failed**: everything is posted, and receipts are missing. Certify or Intacct did not answer; clear the task, or
  leave it to the next run: either goes on where it was. A receipt that cannot be attached is named by `report`, and fails nothing.
- **`books_agree` is red**: all work of the run is done, and the reconciliation found what nobody has decided about: its log names
  report, who can act and how; `ops.reconciliation` has the figures.
- **Again**: clear the whole run (all tasks), so that it opens a load of its own. Nothing is posted twice. When its `approve` asked
  somebody before, trigger a new run with its dates instead.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from certify_intacct.dag_defaults import COMPANY_TIME_ZONE, EVERY_DAG, RECEIPTS_TIMEOUT
from certify_intacct.notifications.posted_by import posted_by
from certify_intacct.operators.approval import PostingApprovalOperator
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.receipts_to_intacct import ReceiptsToIntacctOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.runs.assets import BOOKS_AGREE, EXPENSES_POSTED
from certify_intacct.runs.run_params import RUN_PARAMS
from certify_intacct.steps import planned_expenses


@dag(
    **EVERY_DAG,
    dag_display_name="Expenses: Certify → Intacct",
    description="Posts processed expense reports of Certify to Sage Intacct, each document once.",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=COMPANY_TIME_ZONE),
    max_active_runs=4,
    deadline=posted_by(),
    params=RUN_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def expense_sync() -> None:
    load_id, planned = planned_expenses(preview=False)
    approve = PostingApprovalOperator(task_id="approve", load_id=load_id)
    load_intacct = StagingToIntacctOperator(
        task_id="load_intacct", load_id=load_id, pool="posting", outlets=[EXPENSES_POSTED]
    )
    reconcile = ReconcileOperator(task_id="reconcile", load_id=load_id, pool="sage_intacct")
    receipts = ReceiptsToIntacctOperator(
        task_id="attach_receipts", load_id=load_id, pool="receipts", execution_timeout=RECEIPTS_TIMEOUT
    )
    report = RunReportOperator(task_id="report", load_id=load_id)
    agree = BooksAgreeOperator(task_id="books_agree", load_id=load_id, outlets=[BOOKS_AGREE])
    planned >> approve >> load_intacct >> reconcile >> agree
    load_intacct >> receipts
    [reconcile, receipts] >> report


expense_sync()
