"""# Verify company

Run it once when you go live, and again when Sage announces changes to its gateway. It measures what the documentation leaves open for
this company, and stores the answers with their date in `ledger.company_fact`: whether and how long a request that comes twice is
refused, how long a new record stays unseen, the lengths of fields, whether bills wait for approval.

Harmless: it makes up to four attachment folders named "certify-intacct check …", which may be deleted afterwards.

In a test company, and only when asked: *adjustment_trial* makes two AP adjustments of a cent for the vendor that you name, and
compares what it is owed (`adjustment_sign`, for `posting.credits`); *spent_trial* makes two drafts of expense reports, and sees what
becomes of an amount beside what was spent in another currency (`spent_amount`, `spent_rate_decimals`, for `posting.currencies.spent`).

    measure → wait as long as a document in doubt would → send the same control ID again → wait longer → send it once more

## Runbook

- **Trigger** it with *confirm* set to true. It takes about 40 minutes (`posting.sending` in connector.yaml) until it is known whether
  replays are refused, and then *wait_minutes* until it is known for how long. It waits without holding a worker.
- **Replays are refused**: a document whose answer was lost, and that is proven absent, is sent again by itself, as long after it was
  first sent as was measured (`replay_refused_minutes`); later a person decides. A daily run sends it again a day later, the run
  after a weekend without any three days later: *wait_minutes* 1560 shows the one, 4500 the other.
- **Replays are not refused**: such a document waits for a person (`held_document` in expense_sync).
- **A task failed**: clear it, or trigger a new run; each measures anew.
"""

from __future__ import annotations

from airflow.sdk import Param, dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.replay_is_due import ReplayIsDueSensor
from certify_intacct.operators.verify_company import VerifyCompanyOperator
from certify_intacct.operators.verify_replay_later import VerifyReplayLaterOperator
from certify_intacct.runs.run_params import TRIAL_PARAMS


@dag(
    **EVERY_DAG,
    dag_display_name="Verify company: measure at go-live",
    description="Measures what the documentation leaves open for this company; confirm makes folders in Intacct.",
    schedule=None,
    max_active_runs=1,
    params={
        "confirm": Param(
            False,
            type="boolean",
            title="Make the folders",
            description="True: I know that up to four attachment folders are made in Sage Intacct.",
        ),
        **TRIAL_PARAMS,
        "wait_minutes": Param(
            1560,
            type="integer",
            minimum=0,
            maximum=7 * 24 * 60,
            title="Minutes until the last look",
            description="How long after it last came a control ID is to be tried once more. 0: no further trial.",
        ),
    },
    tags=["sage-intacct", "go-live"],
    doc_md=__doc__,
)
def verify_company() -> None:
    measure = VerifyCompanyOperator(task_id="measure", pool="sage_intacct")
    wait = ReplayIsDueSensor(task_id="wait", mode="reschedule", poke_interval=60, timeout=24 * 3600)
    again = VerifyReplayLaterOperator(task_id="measure_again", pool="sage_intacct")
    wait_longer = ReplayIsDueSensor(
        task_id="wait_longer", longer=True, mode="reschedule", poke_interval=600, timeout=8 * 24 * 3600
    )
    last = VerifyReplayLaterOperator(task_id="measure_last", longer=True, pool="sage_intacct")
    measure >> wait >> again >> wait_longer >> last


verify_company()
