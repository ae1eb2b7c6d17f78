from __future__ import annotations

import json

import pytest

from certify_intacct.certify.hook import CertifyHook
from tests.transport.replay import ReplayServer


@pytest.fixture
def server():
    running = ReplayServer()
    yield running
    running.stop()


@pytest.fixture
def connection(server):
    def make(**changes) -> str:
        fields = {
            "conn_type": "emburse_certify",
            "host": server.url + "/v1",
            "password": "secret-canary",
            "extra": {
                "api_key": "key-canary",
                "attempts": 3,
                "wait_initial": 0.001,
                "wait_max": 0.05,
                "read_timeout": 5,
            },
        }
        return json.dumps(fields | changes)

    return make


@pytest.fixture
def hook(connection, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", connection())
    made = CertifyHook()
    yield made
    made.close()
