from __future__ import annotations

import pytest

from certify_intacct.intacct.hook import SageIntacctHook
from tests.intacct.gateway import Gateway


@pytest.fixture
def gateway():
    running = Gateway()
    yield running
    running.server.stop()


@pytest.fixture
def hook(gateway, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", gateway.connection())
    made = SageIntacctHook()
    yield made
    made.close()
