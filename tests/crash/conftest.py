"""A tiny company at both services, whose database is reached over a relay."""

from __future__ import annotations

import pytest

from tests.crash.relay import Relay
from tests.crash.snapshot import DatabaseSnapshots
from tests.expense_company import company  # noqa: F401


@pytest.fixture
def relay(database, monkeypatch, connections):
    """The connector's tasks reach their database over it."""
    made = Relay(database.loader_url)
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", made.url)
    yield made
    made.close()


@pytest.fixture
def snapshots(database, postgres_server):
    """The database, kept and put back."""
    made = DatabaseSnapshots(postgres_server.url(database.name))
    yield made
    made.close()


@pytest.fixture
def people_config(tmp_path, monkeypatch):
    """Where organization_sync reads its configuration."""
    path = tmp_path / "connector.yaml"
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    return path
