"""# Retention

Deletes from staging what the two services said longer ago than `retention.staging_days` of connector.yaml (90 days). It is personal
data that nobody needs any more; plans, verdicts and the ledger stay, and tell what was posted and why.

    delete_old_staging

## Runbook

- **Trigger** it by hand: it deletes, as the scheduled run does. To look first, trigger `retention_preview`.
- **A load stays** although it is old: the log says why. A run that never finished: clear it as a whole, or run its dates again. A
  report or document that waits: cure or release it.
- **A task of an old run says that what it read was deleted**: clear the whole run, so that it reads afresh.
- **It failed**: clear it. It goes on where it was.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag

from certify_intacct.dag_defaults import COMPANY_TIME_ZONE, EVERY_DAG
from certify_intacct.operators.retention import DeleteOldStagingOperator


@dag(
    **EVERY_DAG,
    dag_display_name="Retention: delete old staging",
    description="Deletes what the services said longer ago than connector.yaml keeps it.",
    schedule=CronTriggerTimetable("30 4 * * 6", timezone=COMPANY_TIME_ZONE),
    max_active_runs=1,
    tags=["housekeeping"],
    doc_md=__doc__,
)
def retention() -> None:
    DeleteOldStagingOperator(task_id="delete_old_staging")


retention()
