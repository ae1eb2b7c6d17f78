"""Who is told of a failed run, over a mail server on this machine that keeps what it gets."""

from __future__ import annotations

import email
import json
import socket
import socketserver
import threading
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from certify_intacct.notifications.notifier import ConnectorNotifier

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"


class _Handler(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over a message."""

    def handle(self):
        self._say("220 here")
        receivers = []
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "RCPT":
                receivers.append(line.decode().split(":", 1)[1].split()[0].strip("<>"))
            if verb == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                message = email.message_from_bytes(b"".join(lines), policy=policy.default)
                self.server.messages.append((receivers, message))
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250 fine")

    def _say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.messages = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Sets whom connector.yaml tells, and Airflow's SMTP connection."""
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)

    def set_(*addresses, port=None, **extra):
        content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        content["notifications"]["addresses"] = list(addresses)
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
        if port:
            options = {
                "from_email": "airflow@example.com",
                "disable_ssl": True,
                "disable_tls": True,
                "timeout": 5,
                "retry_limit": 1,
                **extra,
            }
            connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": options}
            monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))

    return set_


def failed(run_id="manual__1"):
    """The context of a DAG's failure callback, with the DAG as `airflow dags test` hands it over."""
    with DAG("organization_sync", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
        pass
    read_back = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert not hasattr(read_back, "get_template_env")
    return {"dag": read_back, "run_id": run_id, "ti": SimpleNamespace(task_id="plan"), "reason": "task_failure"}


def test_a_failed_run_is_mailed(mail_server, settings):
    settings("ap@example.com", "hr@example.com", port=mail_server.server_address[1])
    ConnectorNotifier()(failed())
    ((receivers, message),) = mail_server.messages
    assert receivers == ["ap@example.com", "hr@example.com"]
    assert message["subject"] == "organization_sync: run manual__1 failed"
    text = message.get_body().get_content()
    assert "The run manual__1 of organization_sync failed at task plan." in text


def test_each_run_is_mailed_with_its_own_name(mail_server, settings):
    settings("ap@example.com", port=mail_server.server_address[1])
    notifier = ConnectorNotifier()
    notifier(failed("first"))
    notifier(failed("second"))
    assert [message["subject"].split()[2] for _, message in mail_server.messages] == ["first", "second"]


def test_without_addresses_it_is_only_logged(mail_server, settings, caplog):
    settings(port=mail_server.server_address[1])
    with caplog.at_level("INFO"):
        ConnectorNotifier()(failed())
    assert mail_server.messages == []
    assert "run manual__1 of organization_sync failed" in caplog.text


def test_without_a_connection_it_is_only_logged(settings, caplog):
    settings("ap@example.com")
    with caplog.at_level("INFO"):
        ConnectorNotifier()(failed())
    assert "run manual__1 of organization_sync failed" in caplog.text
    assert "There is no connection smtp_default" in caplog.text


def test_a_mail_server_that_is_not_there_fails_nothing(settings, caplog):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings("ap@example.com", port=unused.getsockname()[1])
        ConnectorNotifier()(failed())
    assert "was not mailed" in caplog.text


@pytest.mark.parametrize("greeting", [b"", b"554 go away\r\n"], ids=["hangs up", "refuses"])
def test_a_mail_server_that_takes_nothing_fails_nothing(settings, caplog, greeting):
    class Rude(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(greeting)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rude) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        settings("ap@example.com", port=server.server_address[1])
        ConnectorNotifier()(failed())
        server.shutdown()
        thread.join()
    assert "was not mailed" in caplog.text


def test_a_connection_without_a_sender_fails_nothing(mail_server, settings, caplog):
    settings("ap@example.com", port=mail_server.server_address[1], from_email="")
    ConnectorNotifier()(failed())
    assert mail_server.messages == []
    assert "was not mailed" in caplog.text
