"""What Airflow itself does while a run waits for a person: asks, takes the answer, clears. By its own functions, in its own database.

python -m tests.reconciliation.airflow_person '[["ask", "run-1", "Post it?"], ["answer", "run-1", "7", "kim", "Approve"]]'

Prints a JSON list: for each answer the time that Airflow gave it, for a question the one that stands in its place, else null.
"""

from __future__ import annotations

import json
import sys

from airflow.api_fastapi.execution_api.datamodels.hitl import HITLDetailRequest
from airflow.api_fastapi.execution_api.routes.hitl import upsert_hitl_detail
from airflow.models.backfill import Backfill, BackfillDagRun
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.utils.session import create_session
from airflow.utils.timezone import utcnow
from sqlalchemy import select


def main() -> None:
    """Does what is said, in this order."""
    done = []
    for act, run_id, *more in json.loads(sys.argv[1]):
        with create_session() as session:
            task = session.scalar(
                select(TaskInstance).where(TaskInstance.run_id == run_id, TaskInstance.task_id == "approve")
            )
            done.append(_ACTS[act](session, task, *more))
    print(json.dumps(done))


def _ask(session, task, subject: str) -> str | None:
    # The scheduler counts each try as it starts it.
    task.try_number += 1
    asked = HITLDetailRequest(ti_id=task.id, options=["Approve", "Reject"], subject=subject, assigned_users=[])
    shown = upsert_hitl_detail(task.id, asked, session).subject
    return None if shown == subject else shown


def _answer(session, task, user_id: str, name: str, option: str) -> str:
    """As ``PATCH …/hitlDetails`` keeps it, once it knows who is signed in."""
    detail = session.get(HITLDetail, task.id)
    detail.responded_by = {"id": user_id, "name": name}
    detail.responded_at = utcnow()
    detail.chosen_options = [option]
    task.state = "success"
    return detail.responded_at.isoformat()


def _clear(session, task) -> None:
    clear_task_instances([task], session)


def _forget(session, task) -> None:
    """A person deletes the run."""
    session.delete(session.scalar(select(DagRun).where(DagRun.run_id == task.run_id)))


def _backfill(session, task, name: str) -> None:
    """Somebody starts a backfill over the run: Airflow notes who at the backfill alone."""
    run = task.dag_run
    backfill = Backfill(dag_id=run.dag_id, from_date=run.run_after, to_date=run.run_after, triggering_user_name=name)
    session.add(backfill)
    session.flush()
    session.add(
        BackfillDagRun(backfill_id=backfill.id, dag_run_id=run.id, logical_date=run.logical_date, sort_ordinal=1)
    )


_ACTS = {"ask": _ask, "answer": _answer, "clear": _clear, "forget": _forget, "backfill": _backfill}

if __name__ == "__main__":
    main()
