"""A run that ends has a note: written by Airflow's own scheduler code in its metadata database, through the plugin's listener."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certify_intacct.runs.run_notes import NOTE
from tests.pages.airflow_app import airflow, served

__all__ = ["airflow", "served"]

LINE = "Load 7, 2026-03-02: posted 2 documents (EUR 1.00). [The load](http://127.0.0.1:8080/connector/expense_sync/loads/7)"


class Run:
    """A run of expense_sync that somebody started through Airflow's API."""

    def __init__(self, airflow, note: str | None = None) -> None:
        self.admin = airflow.browser("admin", "admin")
        body = {"logical_date": None, "note": note} if note else {"logical_date": None}
        answer = self.admin.post("/api/v2/dags/expense_sync/dagRuns", json=body)
        assert answer.status_code == 200, answer.text
        self.run_id = answer.json()["dag_run_id"]
        self.address = f"/api/v2/dags/expense_sync/dagRuns/{self.run_id}"

    def said(self, task_id: str, line: str) -> None:
        """A task pushed a line."""
        from airflow.models.xcom import XComModel

        XComModel.set(key=NOTE, value=line, dag_id="expense_sync", task_id=task_id, run_id=self.run_id, serialize=False)

    def ends(self, *, failed: str = "") -> None:
        """All tasks have come to their end, and the scheduler looks at the run, under its guard against commits."""
        from airflow.models.dagbag import DBDagBag
        from airflow.models.dagrun import DagRun
        from airflow.utils.session import create_session
        from airflow.utils.sqlalchemy import prohibit_commit
        from airflow.utils.timezone import utcnow
        from sqlalchemy import select

        with create_session() as session:
            run = session.scalar(select(DagRun).where(DagRun.run_id == self.run_id))
            run.dag = DBDagBag().get_dag_for_run(dag_run=run, session=session)
            run.state, run.start_date = "running", utcnow() - timedelta(minutes=1)
            for task in run.get_task_instances(session=session):
                task.state = "failed" if task.task_id == failed else "success"
                task.start_date = task.end_date = utcnow()
            session.flush()
            with prohibit_commit(session) as guard:
                run.update_state(session=session, execute_callbacks=False)
                guard.commit()

    @property
    def shown(self) -> dict:
        return self.admin.get(self.address).json()


def test_a_run_that_ended_well_says_what_it_did(airflow):
    run = Run(airflow)
    run.said("open_load", LINE.replace("posted 2 documents (EUR 1.00)", "begun"))
    run.said("report", LINE)
    run.ends()
    assert (run.shown["state"], run.shown["note"]) == ("success", LINE)


def test_a_run_that_failed_says_where_and_what_it_had_done(airflow):
    run = Run(airflow)
    run.said("load_intacct", LINE)
    run.ends(failed="books_agree")
    assert (run.shown["state"], run.shown["note"]) == ("failed", f"{LINE} Failed: books_agree.")


def test_what_a_person_wrote_before_and_meanwhile_is_kept(airflow):
    run = Run(airflow, note="Ana: the vendor is cured, try again.")
    run.said("report", LINE)
    run.ends()
    assert run.shown["note"] == f"Ana: the vendor is cured, try again.\n\n{LINE}"
    changed = run.admin.patch(run.address, json={"note": f"{run.shown['note']}\n\nBo: I saw it."})
    assert changed.status_code == 200
    run.said("load_intacct", LINE.replace("Load 7", "Load 8"))
    run.ends()
    assert run.shown["note"] == (
        f"Ana: the vendor is cured, try again.\n\n{LINE}\n\nBo: I saw it.\n\n{LINE.replace('Load 7', 'Load 8')}"
    )


@pytest.mark.parametrize("mine", ["x" * 1000, "y" * 900])
def test_a_note_that_leaves_no_room_stays_as_it_is(airflow, mine):
    run = Run(airflow, note=mine)
    run.said("report", LINE)
    run.ends()
    assert (run.shown["state"], run.shown["note"]) == ("success", mine)


def test_a_run_of_which_no_task_said_anything_has_none(airflow):
    run = Run(airflow)
    run.ends()
    assert (run.shown["state"], run.shown["note"]) == ("success", None)
