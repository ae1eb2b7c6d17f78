"""A mail server on this machine, Airflow's connection to it, and connector.yaml with whom to tell."""

from __future__ import annotations

import email
import json
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
import yaml

from tests import shipped_config
from tests.expense_company import company
from tests.security.mail import MailServer

__all__ = ["company"]
BASE = "https://airflow.example.com"


@dataclass(frozen=True)
class Arrived:
    """A mail as it arrived: for whom, and its two parts."""

    to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        assert self.message.get_content_type() == "multipart/alternative"
        (part,) = [part for part in self.message.iter_parts() if part.get_content_subtype() == subtype]
        return str(part.get_content()).replace("\r\n", "\n")


class Mailbox:
    """All that arrived at the mail server."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def take(self) -> list[Arrived]:
        """What arrived since the call before."""
        parsed = [email.message_from_bytes(raw, policy=policy.default) for raw in self.server.messages]
        found = [Arrived(to, message) for to, message in zip(self.server.receivers, parsed, strict=True)]  # type: ignore[arg-type]
        self.server.messages.clear()
        self.server.receivers.clear()
        return found


@pytest.fixture(autouse=True)
def no_connection(monkeypatch) -> None:
    """There is one only where a test makes it."""
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)


@pytest.fixture
def server():
    running = MailServer("right")
    yield running
    running.stop()


@pytest.fixture
def mailbox(server, monkeypatch) -> Mailbox:
    """The mail server, as Airflow's connection ``smtp_default``; people reach Airflow at BASE."""
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", BASE)
    connect(monkeypatch, server.port)
    return Mailbox(server)


def connect(monkeypatch: Any, port: int, **extra: Any) -> None:
    options = {
        "from_email": "airflow@example.com", "disable_ssl": True, "disable_tls": True, "timeout": 5, "retry_limit": 1, **extra,
    }  # fmt: skip
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": options}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))


@pytest.fixture
def tells(tmp_path, monkeypatch):
    """Writes connector.yaml with other values in section ``notifications``; a company's file keeps the rest of what it says."""
    path = tmp_path / "connector.yaml"

    def write(**notifications: Any) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else shipped_config.content()
        content["notifications"] = notifications
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setenv("CONNECTOR_CONFIG", str(path))

    return write
