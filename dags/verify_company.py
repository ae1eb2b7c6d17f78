"""# Verify company

Run it once when you go live, and again when Sage announces changes to its gateway. It measures what the documentation leaves open
for this company, and stores the answers with their date in `ledger.company_fact`.

Harmless: it makes two attachment folders named "certify-intacct check".

## Runbook

- **Replays are refused**: a document whose answer was lost, and that is proven absent, is sent again by itself.
- **Replays are not refused**: such a document waits for a person (`held_document` in expense_sync).
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.operators.notifier import ConnectorNotifier
from certify_intacct.operators.retries import DEFAULT_ARGS
from certify_intacct.operators.schedule import FIRST_DATE
from certify_intacct.operators.verify_company import VerifyCompanyOperator


@dag(
    schedule=None,
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=ConnectorNotifier(),
    tags=["sage-intacct", "go-live"],
    doc_md=__doc__,
)
def verify_company() -> None:
    VerifyCompanyOperator(task_id="measure", pool="sage_intacct")


verify_company()
