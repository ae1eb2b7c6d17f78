"""# Reconciliation

Reads the reports that Certify processed and their documents in Intacct, both afresh, compares them line by line and from both
sides, and balances them by entity, currency and kind. It changes nothing at either service.

Every morning it looks at all dates whose books may still be open (`posting.open_days`), and reads in full what Intacct changed
since it was read last. Triggered with dates, it reads every document of them.

Beside it, `dates_covered` tells whether the night's runs of both syncs happened at all.

## Runbook

- **`books_agree` is red**: its log names each finding with its report, amount and date, who can act, and how. What a person has
  decided about stays in the log of `reconcile`, and turns nothing red. `report` mails what was found to whom it concerns, once.
- **A date is covered by no run** (log of `dates_covered`, mail): it says how far its run is, or that there was none, and the command.
- **Trigger** it with *period_start* and *period_end*. The table is in the log of `reconcile`, the figures in `ops.reconciliation`.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag

from certify_intacct.dag_defaults import COMPANY_TIME_ZONE, EVERY_DAG
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.dates_covered import DatesCoveredOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.runs.assets import BOOKS_AGREE
from certify_intacct.runs.run_params import RECONCILIATION_PARAMS


@dag(
    **EVERY_DAG,
    dag_display_name="Reconciliation of the books",
    description="Compares Certify and Sage Intacct line by line, every morning and for any dates.",
    # After the night's run of expense_sync, before people come to work.
    schedule=CronTriggerTimetable("0 6 * * *", timezone=COMPANY_TIME_ZONE),
    max_active_runs=1,
    params=RECONCILIATION_PARAMS,
    tags=["sage-intacct", "emburse-certify", "expenses"],
    doc_md=__doc__,
)
def reconciliation() -> None:
    opened = OpenLoadOperator(task_id="open_load", direction="reconciliation")
    reconcile = ReconcileOperator(task_id="reconcile", load_id=opened.output, pool="sage_intacct")
    agree = BooksAgreeOperator(task_id="books_agree", load_id=opened.output, outlets=[BOOKS_AGREE])
    report = RunReportOperator(task_id="report", load_id=opened.output)
    reconcile >> [agree, report]
    DatesCoveredOperator(task_id="dates_covered", load_id=opened.output)


reconciliation()
