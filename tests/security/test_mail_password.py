"""A mail server that gives the password back in its refusal does not put it into a log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from certify_intacct.notifications.notifier import ConnectorNotifier
from tests.security.canaries import canary, found
from tests.security.mail import MailServer

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"


@pytest.fixture
def server():
    running = MailServer("what it wants to hear")
    yield running
    running.stop()


def test_a_refused_password_is_not_logged(server, tmp_path, monkeypatch, caplog):
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    content["notifications"]["addresses"] = ["ap@example.com"]
    (tmp_path / "connector.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "connector.yaml"))
    secret = canary("smtp")
    extra = {"from_email": "a@example.com", "disable_ssl": True, "disable_tls": True, "timeout": 5, "retry_limit": 1}
    connection = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": server.port,
        "login": "me",
        "password": secret,
        "extra": extra,
    }
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    ConnectorNotifier(subject="s", message="m").notify({})
    assert "was not mailed over smtp_default" in caplog.text
    assert "refused, you sent" in caplog.text
    assert not server.messages
    assert not found({"smtp": secret}, [("log", caplog.text)])
