"""Hostile texts on their way to a person: in a mail, as a real mail server gets it, and on the pages."""

from __future__ import annotations

import email
import json
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from airflow.sdk import DAG
from lxml import html

from certify_intacct.model.errors import ConnectorError
from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.pages.rendering import THEME
from tests.expense_company import company, report_id  # noqa: F401 - a fixture
from tests.pages.conftest import browser  # noqa: F401 - a fixture
from tests.security.mail import MailServer
from tests.security.test_hostile_texts import CODE, TEXTS, nothing_forged, paid

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"
INJECTION = "x\r\nBcc: thief@example.com\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<x@y.example>"
#: What pages have beside the elements below.
PLAIN = {"html", "head", "body", "pre", "p"}
#: What mails are made of.
MAIL = {
    *(
        "html",
        "head",
        "body",
        "title",
        "meta",
        "div",
        "h1",
        "h2",
        "table",
        "tr",
        "th",
        "td",
        "p",
        "span",
        "strong",
        "code",
        "a",
    ),
}
BASE = "https://airflow.example.com"
#: What a mail program would make a link of by itself.
LINKED = re.compile(r"\w://|\bwww\.|\w@\w|\w\.\w*[^\W\d_]")
#: What the pages are made of.
PAGE = PLAIN | {
    *("title", "meta", "style", "header", "main", "nav", "section", "footer", "article", "details", "summary"),
    *("h1", "h2", "h3", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "dl", "dt", "dd"),
    *(
        "a",
        "span",
        "div",
        "strong",
        "em",
        "code",
        "b",
        "i",
        "small",
        "br",
        "time",
        "form",
        "label",
        "input",
        "button",
        "option",
        "select",
    ),
}


@pytest.fixture
def server():
    running = MailServer("right")
    yield running
    running.stop()


@pytest.fixture
def mailed(tmp_path, server, monkeypatch):
    """Gives the mails that arrived since the call before."""
    path = tmp_path / "connector.yaml"
    content = yaml.safe_load((path if path.exists() else SHIPPED).read_text(encoding="utf-8"))
    content["notifications"]["addresses"] = ["ap@example.com"]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", BASE)
    extra = {"from_email": "a@example.com", "disable_ssl": True, "disable_tls": True, "timeout": 20, "retry_limit": 1}
    connection = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": server.port,
        "login": "me",
        "password": "right",
        "extra": extra,
    }
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))

    def take() -> list[EmailMessage]:
        messages = [email.message_from_bytes(raw, policy=policy.default) for raw in server.messages]
        server.messages.clear()
        return messages  # type: ignore[return-value]

    return take


def only_text(message: EmailMessage) -> str:
    """What a person reads of a mail that holds nothing but text and our links, goes to whom it should and comes from whom it says."""
    assert (message["To"], message["From"]) == ("ap@example.com", "a@example.com")
    headers = {"to", "from", "subject", "date", "mime-version", "content-type", "message-id", "auto-submitted"}
    assert {name.lower() for name in message} <= headers
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    plain = parts[0].get_content().replace("\r\n", "\n")
    nothing_forged(plain)
    without_ours = plain.replace(f"{BASE}/", "")
    assert "://" not in without_ours
    assert "www." not in without_ours
    root = html.fromstring(parts[1].get_content().replace("\r\n", "\n"))
    assert {element.tag for element in root.iter()} <= MAIL
    attributes = {name for element in root.iter() for name in element.attrib} - {
        "style",
        "href",
        "scope",
        "role",
        "lang",
    }
    assert attributes <= {"name", "content", "charset", "cellpadding", "cellspacing"}
    for link in root.xpath("//a/@href"):
        assert link.startswith(f"{BASE}/"), link
    for piece in root.xpath("//body//text()"):
        assert not LINKED.search(piece), piece
    text = root.text_content()
    nothing_forged(text)
    return text


def test_a_notice_with_a_hostile_name_arrives_as_text(mailed, caplog):
    """A run may be called anything, and an error say anything."""
    caplog.set_level("INFO")
    notifier = FailureNotifier()
    for text in (INJECTION, CODE, *(text for text, _ in TEXTS.values()), "a\x00b\ud800c"):
        run: Any = {
            "dag": DAG("expense_sync", schedule=None), "run_id": text, "ti": SimpleNamespace(task_id=text),
            "exception": ConnectorError(text, where=text, cure=text),
        }  # fmt: skip
        notifier(run)
        (message,) = mailed()
        assert message["Subject"].strip().startswith("expense_sync: ")
        assert len(message["Subject"]) <= 300
        assert not set(message["Subject"]) & set("\r\n\x1b\x00\u202e")
        assert "Clear the whole run" in only_text(message)
    nothing_forged(caplog.text)


def test_reports_with_hostile_texts_are_told_in_a_mail_and_on_pages_as_texts(company, mailed, browser):  # noqa: F811
    texts = [INJECTION, CODE, *[text for text, _ in TEXTS.values()]]
    for number, text in enumerate(texts, start=1):
        line = paid(number, ExpenseCategory=text, DepartmentCode=text, Reason=text)
        company.report(number, line, FirstName=text, LastName=text, EmployeeID=text[:200], ExpenseReportName=text)
    load, run = company.plan()
    RunReportOperator(task_id="report", load_id=load).execute(run)
    (message,) = mailed()
    said = only_text(message)
    assert said.count("waits since") >= len(texts)
    assert "<script>alert(1)</script>" in said
    assert "{{ 7*7 }}" in said
    viewer = browser("viewer")
    for path in (f"loads/{load}", *(f"reports/{report_id(number)}" for number in range(1, len(texts) + 1))):
        page = viewer.get(f"/connector/expense_sync/{path}")
        assert page.status_code == 200
        # But for the one script of ours, which every page has.
        assert page.text.count("<script") == 1
        root = html.fromstring(page.text.replace(f"<script>{THEME}</script>", "").encode())
        assert {element.tag for element in root.iter() if isinstance(element.tag, str)} <= PAGE
        attributes = {name for element in root.iter() for name in element.attrib}
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "srcdoc", "formaction", "srcset")
        ]
        for link in root.xpath("//a/@href | //form/@action"):
            assert urlsplit(link).scheme in ("", "http", "https"), link
            assert not urlsplit(link).netloc, link
        assert not set(root.text_content()) & set("\x1b\x07\x85\u2028\u202e\u2066\x00")
