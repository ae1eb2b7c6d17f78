"""A notice in a few lines, such as that a run waits for an approval, over a mail server on this machine that keeps what it gets."""

from __future__ import annotations

import socketserver
import threading

import pytest

from certify_intacct.notifications.notifier import ConnectorNotifier
from tests.notifications.conftest import BASE, connect


def test_its_lines_and_its_link_arrive_in_both_parts(mailbox, tells):
    tells(addresses=["ap@example.com"])
    link = f"{BASE}/connector/expense_sync/loads/7"
    ConnectorNotifier(subject="Post 7 documents?", message="Larger than it may be:\n- 1 {{ 7*7 }} <b>", link=link)({})
    (mail,) = mailbox.take()
    assert mail.subject == "Post 7 documents?"
    assert mail.text.split("\n")[:2] == ["Larger than it may be:", "- 1 {{ 7*7 }} <b>"]
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert "&lt;b&gt;" in mail.html


def test_where_airflow_does_not_know_its_address_there_is_no_link(mailbox, tells, monkeypatch):
    tells(addresses=["ap@example.com"])
    ConnectorNotifier(subject="s", message="m", link="/connector/")({})
    (mail,) = mailbox.take()
    assert "href" not in mail.html
    assert "/connector/" not in mail.text


@pytest.mark.parametrize("greeting", [b"", b"554 go away\r\n"], ids=["hangs up", "refuses"])
def test_a_mail_server_that_takes_nothing_fails_nothing(tells, monkeypatch, caplog, greeting):
    class Rude(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(greeting)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rude) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        tells(addresses=["ap@example.com"])
        connect(monkeypatch, server.server_address[1])
        ConnectorNotifier(subject="s", message="m")({})
        server.shutdown()
        thread.join()
    assert "was not mailed" in caplog.text
