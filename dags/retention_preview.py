"""# Retention preview: what `retention` would delete from staging

    list_old_staging

## Runbook

- **Trigger** it. Its log says which loads and how many rows of which tables `retention` would delete, and which old loads would stay
  and why. It deletes nothing.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.notifications.failure import TASKS_TELL, FailureNotifier
from certify_intacct.operators.retention import DeleteOldStagingOperator
from certify_intacct.runs.dag_defaults import DEFAULT_ARGS, FIRST_DATE, OWNER_LINKS


@dag(
    dag_display_name="Retention: preview",
    description="What retention would delete from staging, without deleting it.",
    schedule=None,
    start_date=FIRST_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | TASKS_TELL,
    owner_links=OWNER_LINKS,
    on_failure_callback=FailureNotifier(),
    tags=["housekeeping", "preview"],
    doc_md=__doc__,
)
def retention_preview() -> None:
    DeleteOldStagingOperator(task_id="list_old_staging", preview=True)


retention_preview()
