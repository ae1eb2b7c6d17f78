"""# Organization sync: Intacct → Certify

Departments, entities, further dimensions and people of Sage Intacct become departments, lists and users of Emburse Certify.

    preflight → extract both sides → validate → plan → load Certify

State has no past: whatever period a run is for, it converges Certify to what Intacct says now, and sends only differences.

## Runbook

- **Preview**: trigger by hand; a manual run is a preview unless *dry_run* is set to false. The plan is in the log of `plan`.
- **`preflight` failed**: its log names each missing right or fact and where to click; cure it and clear the task.
- **A row is quarantined**: the log of `validate` names row, rule and cure. Correct the record in its service; the next run takes it.
- **The run stopped** at `validate` or `plan`: a guard found something that would do harm. The message says what and the way out.
- **A change was refused** by Certify: `select * from plan.change_result where result = 'refused'` holds Certify's words.
- **Somebody is not created, adopted or deactivated**: `plan` lists everybody it leaves alone with rule, reason and cure. What only a
  person may decide is released under *Browse > Decisions*.
- **Again**: clear the whole run (all tasks), so that it opens a load of its own. Nothing is written twice.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from certify_intacct.notifications.notifier import ConnectorNotifier
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.operators.validate import ValidateStagingOperator
from certify_intacct.runs.dag_defaults import COMPANY_TIME_ZONE, DEFAULT_ARGS, FIRST_DATE, RUN_PARAMS
from certify_intacct.runs.streams import streams

INTACCT_STREAMS, CERTIFY_STREAMS = streams("organization")


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=COMPANY_TIME_ZONE),
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=ConnectorNotifier(),
    params=RUN_PARAMS,
    tags=["sage-intacct", "emburse-certify", "people"],
    doc_md=__doc__,
)
def organization_sync() -> None:
    preflight = PreflightOperator(task_id="preflight", direction="organization", pool="sage_intacct")
    opened = OpenLoadOperator(task_id="open_load", direction="organization")
    extract = {"load_id": opened.output, "map_index_template": "{{ task.stream }}"}
    intacct = SageIntacctToStagingOperator.partial(task_id="extract_intacct", pool="sage_intacct", **extract).expand(
        stream=INTACCT_STREAMS
    )
    certify = CertifyToStagingOperator.partial(task_id="extract_certify", pool="emburse_certify", **extract).expand(
        stream=CERTIFY_STREAMS
    )
    validate = ValidateStagingOperator(task_id="validate", load_id=opened.output, direction="organization")
    plan = OrganizationPlanOperator(task_id="plan", load_id=opened.output)
    load_certify = StagingToCertifyOperator(task_id="load_certify", load_id=opened.output, pool="emburse_certify")
    report = RunReportOperator(task_id="report", load_id=opened.output)
    preflight >> opened
    [intacct, certify] >> validate >> plan >> load_certify >> report


organization_sync()
