"""# Retention preview: what `retention` would delete from staging

    list_old_staging

## Runbook

- **Trigger** it. Its log says which loads and how many rows of which tables `retention` would delete, and which old loads would stay
  and why. It deletes nothing.
"""

from __future__ import annotations

from airflow.sdk import dag

from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.operators.retention import DeleteOldStagingOperator


@dag(
    **EVERY_DAG,
    dag_display_name="Retention: preview",
    description="What retention would delete from staging, without deleting it.",
    schedule=None,
    max_active_runs=1,
    tags=["housekeeping", "preview"],
    doc_md=__doc__,
)
def retention_preview() -> None:
    DeleteOldStagingOperator(task_id="list_old_staging", preview=True)


retention_preview()
