"""Airflow's own api-server in this process: its database, its API, the DAG expense_sync, and our pages as its plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

_DAGS = Path(__file__).parents[2] / "dags"
SECRET = "only-for-this-test-and-long-enough-for-a-signature-of-sha-512-bits"


class Airflow:
    """The server, and what its database says."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def browser(self, role: str, name: str) -> TestClient:
        """Somebody who has signed in with a role of the simple auth manager."""
        client = TestClient(self.app)
        client.cookies.update(signed_in(role, name))
        return client

    def runs(self) -> list[dict[str, Any]]:
        """The runs of expense_sync, as Airflow's API tells them."""
        answer = self.browser("admin", "admin").get("/api/v2/dags/expense_sync/dagRuns?order_by=run_after")
        return list(answer.json()["dag_runs"])

    def start(self, run_id: str) -> None:
        """Somebody triggers the DAG."""
        answer = self.browser("admin", "tests").post(
            "/api/v2/dags/expense_sync/dagRuns", json={"dag_run_id": run_id, "logical_date": None}
        )
        assert answer.status_code == 200, answer.text

    @staticmethod
    def ask(run_id: str, subject: str) -> None:
        """The task ``approve`` of a run asks, and waits, as Airflow's own operator has it wait."""
        from airflow.api_fastapi.execution_api.datamodels.hitl import HITLDetailRequest
        from airflow.api_fastapi.execution_api.routes.hitl import upsert_hitl_detail
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import select

        with create_session() as session:
            task = session.scalar(select(TaskInstance).filter_by(run_id=run_id, task_id="approve"))
            task.try_number, task.state, task.dag_run.state = 1, "awaiting_input", "running"
            asked = HITLDetailRequest(ti_id=task.id, options=["Approve", "Reject"], subject=subject, assigned_users=[])
            upsert_hitl_detail(task.id, asked, session)

    def answers(self, run_id: str) -> list[tuple[str, list[str]]]:
        """Who answered what was asked, and how."""
        answer = self.browser("admin", "admin").get(f"/api/v2/dags/expense_sync/dagRuns/{run_id}/hitlDetails")
        return [
            (one["responded_by_user"]["name"], one["chosen_options"])
            for one in answer.json()["hitl_details"]
            if one["response_received"]
        ]

    def pause(self, paused: bool) -> None:
        """Pauses or unpauses the DAG."""
        answer = self.browser("admin", "admin").patch("/api/v2/dags/expense_sync", json={"is_paused": paused})
        assert answer.status_code == 200

    @staticmethod
    def end_runs(state: str) -> None:
        """All runs and backfills have come to their end."""
        from airflow.models.backfill import Backfill
        from airflow.models.dagrun import DagRun
        from airflow.utils.session import create_session
        from airflow.utils.timezone import utcnow
        from sqlalchemy import update

        with create_session() as session:
            session.execute(update(DagRun).values(state=state))
            session.execute(update(Backfill).values(completed_at=utcnow()))

    @staticmethod
    def forget() -> None:
        """No run and no backfill is there any more."""
        from airflow.models.backfill import Backfill, BackfillDagRun
        from airflow.models.dagrun import DagRun, DagRunNote
        from airflow.models.hitl import HITLDetail
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import delete

        with create_session() as session:
            for model in (BackfillDagRun, DagRunNote, HITLDetail, TaskInstance, DagRun, Backfill):
                session.execute(delete(model))


def signed_in(role: str, name: str) -> dict[str, str]:
    """The cookie by which Airflow knows somebody who has signed in with a role of the simple auth manager."""
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    user = SimpleAuthManagerUser(username=name, role=role)
    return {COOKIE_NAME_JWT_TOKEN: create_auth_manager().generate_jwt(user, expiration_time_in_seconds=600)}


@pytest.fixture(scope="module")
def served() -> Iterator[Airflow]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AIRFLOW__API_AUTH__JWT_SECRET", SECRET)
        from airflow.api_fastapi.app import create_app
        from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
        from airflow.models.dagbundle import DagBundleModel
        from airflow.utils.db import initdb
        from airflow.utils.session import create_session

        initdb()
        bag = DagBag(_DAGS / "expense_sync.py", bundle_name="dags-folder")
        assert not bag.import_errors
        with create_session() as session:
            session.merge(DagBundleModel(name="dags-folder"))
            session.flush()
            sync_bag_to_db(bag, "dags-folder", None, session=session)
        yield Airflow(create_app())


@pytest.fixture
def airflow(served, monkeypatch) -> Iterator[Airflow]:
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", SECRET)
    served.pause(False)
    yield served
    served.forget()
