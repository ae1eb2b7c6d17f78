"""The small company of the expense tests, with what Airflow does around an approval: it keeps the request and brings the answer."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskAwaitingInput
from airflow.sdk.execution_time.comms import CreateHITLDetailPayload

from certify_intacct.operators.approval import PostingApprovalOperator
from tests.expense_company import Company, company

__all__ = ["Company", "company"]


class Approvals:
    """The task ``approve``, and Airflow's side of it."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.shown: dict[str, str] = {}
        self._run = ""
        self.parked: TaskAwaitingInput | None = None

    def send(self, msg: Any) -> Any:
        """What the task tells its supervisor: secrets to mask, and requests. Of a run, Airflow keeps the first question for ever."""
        if not isinstance(msg, CreateHITLDetailPayload):
            return None
        if not self.requests or msg.ti_id != self.requests[-1].ti_id:
            self.requests.append(msg)
        return msg.model_copy(update={"subject": self.shown.setdefault(self._run, msg.subject)})

    def ask(self, load: int, run: dict[str, Any]) -> PostingApprovalOperator | None:
        """Runs the task; returns it when it waits for a person, None when it passed."""
        task = PostingApprovalOperator(task_id="approve", load_id=load)
        run["task_instance"] = SimpleNamespace(id=uuid.uuid4())
        self._run = run["run_id"]
        try:
            task.execute(run)
        except TaskAwaitingInput as parked:
            self.parked = parked
            return task
        return None

    def answer(self, load: int, run: dict[str, Any], option: str = "Approve", by: str = "kim", **event: Any) -> Any:
        """Brings a person's answer as Airflow's API does: to another instance of the task."""
        given = {
            "chosen_options": [option],
            "params_input": {},
            "responded_at": datetime.now(tz=UTC),
            "responded_by_user": {"id": by, "name": by},
            "timedout": False,
        }
        return PostingApprovalOperator(task_id="approve", load_id=load).execute_complete(run, event or given)


@pytest.fixture
def approvals(monkeypatch) -> Approvals:
    """Airflow's supervisor, as far as an approval speaks to it."""
    recorder = Approvals()
    monkeypatch.setattr("airflow.sdk.execution_time.task_runner.SUPERVISOR_COMMS", recorder, raising=False)
    return recorder


@pytest.fixture
def connection(monkeypatch):
    """Changes one of the two connections: ``host``, or fields of its extra."""

    def change(conn_id: str, *, host: str = "", **extra: str) -> None:
        name = f"AIRFLOW_CONN_{conn_id.upper()}"
        content = json.loads(os.environ[name])
        content["host"] = host or content["host"]
        content["extra"] |= extra
        monkeypatch.setenv(name, json.dumps(content))

    return change


@pytest.fixture
def untouched(company):
    """Says that neither service was written to since the call before."""

    def check() -> None:
        written = {
            f"{side} {name}"
            for side, functions in company.sandbox.calls().items()
            for name, calls in functions.items()
            if calls["written"]
        }
        assert written == set()
        assert company.posted() == []
        assert company.sql("SELECT number FROM ledger.document WHERE last_sent_at > now() - interval '1 hour'") == []

    return check
