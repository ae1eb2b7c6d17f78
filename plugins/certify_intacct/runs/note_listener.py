"""Appends what a run did to its note in Airflow, in the scheduler, which sees it end.

Registered by the plugin as a listener of Airflow, whose process has the metadata database and nothing of ours: the text comes from the
run's tasks (:mod:`certify_intacct.runs.run_notes`). What is wrong here is logged, and is no trouble of the run or of the scheduler.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

from certify_intacct.runs.run_notes import NOTE, appended, told

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

# As long as the column of Airflow's database and its API take.
_LONGEST = 1000


@hookimpl
def on_dag_run_success(dag_run: DagRun) -> None:
    """A run is done."""
    _note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: DagRun) -> None:
    """A run has failed."""
    _note(dag_run)


def _note(dag_run: DagRun) -> None:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None:
        return
    try:
        # What the scheduler has not written yet is not to be undone with ours.
        session.flush()
        # In the scheduler's own transaction, which holds the run: another one would wait for it. What fails is undone alone, by a
        # savepoint of the connection: the end of one of the session is a commit, which the scheduler forbids while it looks at runs.
        with session.connection().begin_nested():
            _append(session, dag_run)
    except SQLAlchemyError as error:
        log.warning("The note of %s was not written: %s", dag_run.run_id, type(error).__name__)


def _append(session: Session, dag_run: DagRun) -> None:
    from airflow.models.dagrun import DagRunNote
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import insert, select, update

    given = session.scalars(
        select(XComModel.value)
        .where(XComModel.dag_run_id == dag_run.id, XComModel.key == NOTE)
        .order_by(XComModel.timestamp)
    ).all()
    lines = [value for value in given if isinstance(value, str)]
    if not lines:
        return
    failed = session.scalars(
        select(TaskInstance.task_id).where(
            TaskInstance.dag_id == dag_run.dag_id,
            TaskInstance.run_id == dag_run.run_id,
            TaskInstance.state == TaskInstanceState.FAILED,
        )
    ).all()
    ours = told(lines, failed)
    if ours is None:
        return
    # What somebody may be writing just now is waited for, and kept.
    its = DagRunNote.dag_run_id == dag_run.id
    there = session.execute(select(DagRunNote.content).where(its).with_for_update()).one_or_none()
    if there is None:
        session.execute(insert(DagRunNote).values(dag_run_id=dag_run.id, content=ours))
    else:
        session.execute(update(DagRunNote).where(its).values(content=appended(there.content or "", ours, _LONGEST)))
