"""# Verify company

Run it once when you go live, and again when Sage announces changes to its gateway. It measures what the documentation leaves open for
this company, and stores the answers with their date in `ledger.company_fact`: whether a request that comes twice is refused, how long
a new record stays unseen, the lengths of fields, whether bills wait for approval.

Harmless: it makes up to three attachment folders named "certify-intacct check …", which may be deleted afterwards.

    measure → wait as long as a document in doubt would → send the same control ID again

## Runbook

- **Trigger** it with *confirm* set to true. It takes about half an hour, most of it waiting (`posting.sending` in connector.yaml).
- **Replays are refused**: a document whose answer was lost, and that is proven absent, is sent again by itself.
- **Replays are not refused**: such a document waits for a person (`held_document` in expense_sync).
- **A task failed**: clear it, or trigger a new run; each measures anew.
"""

from __future__ import annotations

from airflow.sdk import Param, dag

from certify_intacct.operators.notifier import ConnectorNotifier
from certify_intacct.operators.retries import DEFAULT_ARGS
from certify_intacct.operators.schedule import FIRST_DATE
from certify_intacct.operators.verify_company import (
    ReplayIsDueSensor,
    VerifyCompanyOperator,
    VerifyReplayLaterOperator,
)


@dag(
    schedule=None,
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=ConnectorNotifier(),
    params={
        "confirm": Param(
            False,
            type="boolean",
            title="Make the folders",
            description="True: I know that up to three attachment folders are made in Sage Intacct.",
        )
    },
    tags=["sage-intacct", "go-live"],
    doc_md=__doc__,
)
def verify_company() -> None:
    measure = VerifyCompanyOperator(task_id="measure", pool="sage_intacct")
    wait = ReplayIsDueSensor(task_id="wait", mode="reschedule", poke_interval=60, timeout=24 * 3600)
    again = VerifyReplayLaterOperator(task_id="measure_again", pool="sage_intacct")
    measure >> wait >> again


verify_company()
