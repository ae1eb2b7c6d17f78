"""What Airflow gives a task: its context, and its connections, which lead to the test's own database and sandbox."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

_MASKER = "airflow.sdk._shared.secrets_masker"


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> None:
    """Airflow has forgotten what it was told to mask, as it has wherever it starts a task.

    It would go on looking for the sessions and passwords of all tests before in one expression, and make that anew with each secret:
    after some hundred tests, that took longer than the tests.
    """
    if _MASKER in sys.modules:
        sys.modules[_MASKER].reset_secrets_masker()


@pytest.fixture
def connections(monkeypatch, database, fresh_sandbox):
    """Airflow connections to the test's own database and sandbox."""
    intacct = {
        "conn_type": "sage_intacct",
        "host": f"{fresh_sandbox.url}/ia/xml/xmlgw.phtml",
        "login": "xml_gateway",
        "password": "sandbox_user_password",
        "extra": {"company_id": "SANDBOX", "sender_id": "sandbox_sender", "sender_password": "sandbox_sender_password"},
    }
    certify = {
        "conn_type": "emburse_certify",
        "host": f"{fresh_sandbox.url}/v1/",
        "password": "sandbox-secret",
        "extra": {"api_key": "sandbox-key"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(intacct))
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(certify))
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)


@pytest.fixture
def context():
    """A task's context for a run."""

    def make(
        *,
        run_id: str = "manual__1",
        run_type: str = "manual",
        interval: Any = (None, None),
        run_after: datetime | None = None,
        triggered_by: str = "tests",
        **params: Any,
    ) -> dict[str, Any]:
        run = SimpleNamespace(
            dag_id="organization_sync",
            run_id=run_id,
            run_type=run_type,
            data_interval_start=interval[0],
            data_interval_end=interval[1],
            run_after=run_after or datetime.now(tz=UTC),
            triggering_user_name=triggered_by,
        )
        return {"dag_run": run, "run_id": run_id, "params": params}

    return make
