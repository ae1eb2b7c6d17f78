"""The same faults at the XML gateway."""

from __future__ import annotations

import time

import pytest
import requests
from lxml import etree

LOGIN = "<login><userid>xml_gateway</userid><companyid>SANDBOX</companyid><password>sandbox_user_password</password></login>"
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<request><control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password><controlid>c</controlid>
<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control>
<operation><authentication>{who}</authentication><content>{functions}</content></operation></request>"""
CREATE = '<function controlid="{n}"><create><VENDTYPE><NAME>{n}</NAME></VENDTYPE></create></function>'
SESSION = '<function controlid="s"><getAPISession/></function>'


def ask(sandbox, functions, who=LOGIN):
    return requests.post(
        f"{sandbox.url}/ia/xml/xmlgw.phtml",
        data=ENVELOPE.format(who=who, functions=functions).encode(),
        headers={"Content-Type": "application/xml"},
        timeout=60,
    )


def create(*names):
    return "".join(CREATE.format(n=name) for name in names)


def held(sandbox):
    return [one["NAME"] for one in sandbox.state("intacct", "VENDTYPE")]


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("http_400", 400, "GW-0011"),
        ("http_401", 401, "XMLGW_JPP0002"),
        ("http_429", 429, "GW-0010"),
        ("gw_0001", 400, "GW-0001"),
        ("http_403", 403, "<html>"),
        ("http_502_html", 502, "<html>"),
        ("html_200", 200, "<html>"),
        ("http_500", 500, ""),
        ("rate_limit_text", 200, "API rate limit exceeded"),
        ("service_offline", 200, "<description2>The Service is Temporarily Off-line</description2>"),
    ],
)
def test_before_the_commit_nothing_is_done(fresh_sandbox, kind, status, text):
    fresh_sandbox.fault(side="intacct", match="VENDTYPE", kind=kind)
    answer = ask(fresh_sandbox, create("a"))
    assert answer.status_code == status
    assert text in answer.text
    assert held(fresh_sandbox) == []
    if text.startswith("GW-"):
        assert etree.fromstring(answer.content).findtext("control/status") == "failure"


def test_results_in_another_order_or_missing(fresh_sandbox):
    fresh_sandbox.fault(side="intacct", match="create", kind="shuffle_results")
    names = ["a", "b", "c", "d"]
    mixed = etree.fromstring(ask(fresh_sandbox, create(*names)).content)
    order = [result.findtext("controlid") for result in mixed.iter("result")]
    assert order != names
    assert sorted(order) == names
    fresh_sandbox.fault(side="intacct", match="create", kind="missing_result")
    short = etree.fromstring(ask(fresh_sandbox, create("e", "f")).content)
    assert len(list(short.iter("result"))) == 1
    assert held(fresh_sandbox) == ["a", "b", "c", "d", "e", "f"]


def test_spoilt_bodies_come_after_the_commit(fresh_sandbox):
    fresh_sandbox.fault(side="intacct", match="create VENDTYPE", kind="malformed_xml")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(ask(fresh_sandbox, create("a")).content)
    fresh_sandbox.fault(side="intacct", match="create VENDTYPE", kind="truncate_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask(fresh_sandbox, create("b"))
    assert held(fresh_sandbox) == ["a", "b"]


def test_an_expired_session(fresh_sandbox):
    fresh_sandbox.fault(side="intacct", kind="session_expired")
    session = etree.fromstring(ask(fresh_sandbox, SESSION).content).findtext(".//sessionid")
    assert session
    who = f"<sessionid>{session}</sessionid>"
    refused = etree.fromstring(ask(fresh_sandbox, create("a"), who).content)
    assert refused.findtext("operation/authentication/status") == "failure"
    assert refused.findtext("operation/errormessage/error/description2").startswith("Invalid session")
    assert held(fresh_sandbox) == []


def test_slow_answers_come_late_but_are_committed(fresh_sandbox):
    fresh_sandbox.fault(side="intacct", kind="slow", seconds=3)
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{fresh_sandbox.url}/ia/xml/xmlgw.phtml",
            data=ENVELOPE.format(who=LOGIN, functions=create("a")).encode(),
            headers={"Content-Type": "application/xml"},
            timeout=1.5,
        )
    deadline = time.monotonic() + 30
    while held(fresh_sandbox) != ["a"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after_commit", "partial_commit"])
def test_dropped_requests(fresh_sandbox, kind):
    fresh_sandbox.fault(side="intacct", kind=kind, **({"commit_first": 2} if kind == "partial_commit" else {}))
    with pytest.raises(requests.ConnectionError):
        ask(fresh_sandbox, create("a", "b", "c"))
    assert (
        held(fresh_sandbox)
        == {"drop_before": [], "drop_after_commit": ["a", "b", "c"], "partial_commit": ["a", "b"]}[kind]
    )
