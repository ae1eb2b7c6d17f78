"""# Expense sync: Certify → Intacct

Expense reports that were approved and processed in Emburse Certify become AP bills (what is owed to employees) and credit-card
transactions (what the company paid) in Sage Intacct. Each report once, whole or not at all.

    preflight → extract both sides, open items of earlier runs → validate → plan → approve → load Intacct → reconcile

A report belongs to the day on which it was processed. Late and cured reports are picked up wherever their day lies.

## Runbook

- **Preview**: trigger by hand; a manual run is a preview unless *dry_run* is set to false. The plan is in the log of `plan`.
- **`preflight` failed**: its log names each missing right or fact and where to click; cure it and clear the task.
- **A report is quarantined or held**: the logs of `validate` and `plan` name report, rule and cure. Cure it; the next run takes it.
- **`approve` waits**: the run is unusually large. Look at its plan, then approve or reject it under Required Actions.
- **A person decides** about what a rule holds: *Browse > Decisions*, or the page of the report.
- **Refused by Intacct**: `select * from plan.change_result where result = 'refused'` has Intacct's words; it is planned anew.
- **In doubt** (the answer was lost): nothing to do. It is looked up in Intacct and settled, at the latest by the next run.
- **`held_document`**: it was sent, is not in Intacct, and nobody has shown that sending again is safe: run `verify_company`.
- **Reconciliation does not hold**: the log of `reconcile` lists what to look at; `ops.reconciliation` has the figures.
- **Again**: clear the whole run (all tasks), so that it opens a load of its own. Nothing is posted twice.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from certify_intacct.notifications.notifier import ConnectorNotifier
from certify_intacct.operators.approval import PostingApprovalOperator
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.runs.dag_defaults import COMPANY_TIME_ZONE, DEFAULT_ARGS, FIRST_DATE, RUN_PARAMS
from certify_intacct.runs.streams import streams

INTACCT_STREAMS, CERTIFY_STREAMS = streams("expense")


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=COMPANY_TIME_ZONE),
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=4,
    default_args=DEFAULT_ARGS,
    on_failure_callback=ConnectorNotifier(),
    params=RUN_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def expense_sync() -> None:
    preflight = PreflightOperator(task_id="preflight", direction="expense", pool="sage_intacct")
    opened = OpenLoadOperator(task_id="open_load", direction="expense")
    extract = {"load_id": opened.output, "map_index_template": "{{ task.stream }}"}
    from_intacct = SageIntacctToStagingOperator.partial(task_id="extract_intacct", pool="sage_intacct", **extract)
    from_certify = CertifyToStagingOperator.partial(task_id="extract_certify", pool="emburse_certify", **extract)
    intacct, certify = from_intacct.expand(stream=INTACCT_STREAMS), from_certify.expand(stream=CERTIFY_STREAMS)
    open_items = OpenItemsToStagingOperator(task_id="extract_open_items", load_id=opened.output, pool="emburse_certify")
    validate = ValidateStagingOperator(task_id="validate", load_id=opened.output, direction="expense")
    plan = IntacctPlanOperator(task_id="plan", load_id=opened.output)
    approve = PostingApprovalOperator(task_id="approve", load_id=opened.output)
    load_intacct = StagingToIntacctOperator(task_id="load_intacct", load_id=opened.output, pool="posting")
    reconcile = ReconcileOperator(task_id="reconcile", load_id=opened.output, pool="sage_intacct")
    report = RunReportOperator(task_id="report", load_id=opened.output)
    certify >> open_items
    preflight >> opened
    [intacct, open_items] >> validate >> plan >> approve >> load_intacct >> reconcile >> report


expense_sync()
