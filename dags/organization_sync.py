"""# Organization sync: Intacct → Certify

Departments, entities, further dimensions and people of Sage Intacct become departments, lists and users of Emburse Certify.

    preflight → extract both sides → validate → plan → load Certify

State has no past: whatever period a run is for, it converges Certify to what Intacct says now, and sends only differences.

## Runbook

- **Trigger** it by hand: it writes to Certify, as the scheduled run does. To look first, trigger `organization_preview`.
- **`preflight` failed**: its log names each missing right or fact and where to click; cure it and clear the task.
- **Parts of `extract_intacct` are skipped**: their lists are not used, or were just read; the log of `open_load` names them.
- **A row is quarantined**: the log of `validate` names row, rule and cure. Correct the record in its service; the next run takes it.
- **The run stopped** at `validate` or `plan`: a guard found something that would do harm. The message says what and the way out.
- **A change was refused** by Certify: `select * from plan.change_result where result = 'rejected'` holds Certify's words.
- **Somebody is not created, adopted or deactivated**: `plan` lists everybody it leaves alone with rule, reason and cure. What only a
  person may decide is released under *Browse > Decisions*.
- **Again**: clear the whole run (all tasks), so that it opens a load of its own. Nothing is written twice.
"""

from __future__ import annotations

from airflow.sdk import CronDataIntervalTimetable, dag

from certify_intacct.dag_defaults import COMPANY_TIME_ZONE, EVERY_DAG
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.operators.staging_to_certify import StagingToCertifyOperator
from certify_intacct.runs.assets import PEOPLE_PROVISIONED
from certify_intacct.runs.run_params import PERIOD_PARAMS
from certify_intacct.steps import planned_organization


@dag(
    **EVERY_DAG,
    dag_display_name="Organization: Intacct → Certify",
    description="Carries departments, entities, further dimensions and people of Sage Intacct to Certify.",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=COMPANY_TIME_ZONE),
    max_active_runs=1,
    params=PERIOD_PARAMS,
    tags=["sage-intacct", "emburse-certify", "people"],
    doc_md=__doc__,
)
def organization_sync() -> None:
    load_id, planned = planned_organization(preview=False)
    load_certify = StagingToCertifyOperator(
        task_id="load_certify", load_id=load_id, pool="emburse_certify", outlets=[PEOPLE_PROVISIONED]
    )
    planned >> load_certify >> RunReportOperator(task_id="report", load_id=load_id)


organization_sync()
