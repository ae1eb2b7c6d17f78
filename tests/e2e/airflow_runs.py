"""Carries out runs as Airflow does, by its own functions and in its own database: its scheduler decides, its task runner executes.

python -m tests.e2e.airflow_runs '[["run", "expense_sync", "first", "2026-11-20"], ["clear", "expense_sync", "first", "plan", -1]]'

Prints a JSON list: for each act the states of the run's tasks, by task and part (``{"open_load": {"-1": "success"}}``). A run that is
there goes on with what was cleared of it; it is one of a backfill.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.sdk.definitions.dag import _run_task
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session
from airflow.utils.timezone import utcnow
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import select


def main() -> None:
    """Does what is said, in this order."""
    bag = DagBag(collect_dags=True)
    done = []
    for act, dag_id, run_id, *more in json.loads(sys.argv[1]):
        {"run": _run, "clear": _clear}[act](bag.dags[dag_id], run_id, *more)
        done.append(_states(dag_id, run_id))
    print(json.dumps(done))


def _run(dag: Any, run_id: str, day: str = "") -> None:
    """Until nothing of it can be done any more."""
    scheduled = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    with create_session() as session:
        run = session.scalar(_found(dag.dag_id, run_id))
        if run is None:
            start = datetime.combine(date.fromisoformat(day), time(), dag.timezone)
            run = scheduled.create_dagrun(
                run_id=run_id, logical_date=start, data_interval=(start, start + timedelta(days=1)), run_after=utcnow(),
                run_type=DagRunType.BACKFILL_JOB, state="running", triggered_by=DagRunTriggeredByType.BACKFILL, session=session,
            )  # fmt: skip
        run.dag = scheduled
        run.state = "running"
        session.commit()
        while run.state == "running":
            session.expire_all()
            ready, _ = run.update_state(session=session)
            for task in ready:
                task.try_number += 1
                task.state = "scheduled"
            session.commit()
            if run.state == "running" and not ready:
                raise SystemExit(f"Nothing of {run_id} can be done: {_states(dag.dag_id, run_id)}")
            for task in ready:
                _run_task(ti=task, task=dag.task_dict[task.task_id])


def _clear(dag: Any, run_id: str, task_id: str, part: int) -> None:
    """A task alone, or all of them where none is named."""
    with create_session() as session:
        tasks = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run_id)).all()
        chosen = [task for task in tasks if not task_id or (task.task_id, task.map_index) == (task_id, part)]
        clear_task_instances(chosen, session)


def _states(dag_id: str, run_id: str) -> dict[str, dict[int, str]]:
    told: dict[str, dict[int, str]] = {}
    with create_session() as session:
        for task in session.scalar(_found(dag_id, run_id)).get_task_instances(session=session):
            told.setdefault(task.task_id, {})[task.map_index] = task.state
    return told


def _found(dag_id: str, run_id: str) -> Any:
    return select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)


if __name__ == "__main__":
    main()
