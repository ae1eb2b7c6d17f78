"""Answers of both services that are broken in many ways: each ends in a result or in one of our errors, told in plain text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.functions import create
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, IncompleteAnswer
from tests.intacct import gateway
from tests.transport.replay import Asked, ReplayServer, Reply

EXTRA = {"attempts": 1, "read_timeout": 5, "total_timeout": 5}
RECORD = {"ID": "x", "Email": "a@example.com", "Amount": 1.5}
PAGE = {"Page": 1, "PageCount": 1, "Records": 1, "RecordCount": 1, "Users": [RECORD]}


def page(**changes: Any) -> bytes:
    return json.dumps({**PAGE, **changes}).encode()


GOOD = page()
TEXT = GOOD.decode()
#: Sent in answer to whatever Certify is asked.
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" \r\n",
    "null": b"null",
    "true": b"true",
    "number": b"7",
    "text": b'"Users"',
    "array": b"[]",
    "array of the page": b"[" + GOOD + b"]",
    "array of arrays": b"[[[]]]",
    "array of nulls": b"[null]",
    "bare object": b"{}",
    "list is an object": page(Users={"ID": "x"}),
    "list is a text": page(Users="x"),
    "list is null": page(Users=None),
    "list of nulls": page(Users=[None]),
    "list of lists": page(Users=[["x"]]),
    "list of texts": page(Users=["x"]),
    "list in a list": page(Users=[[RECORD]]),
    "list twice": TEXT.replace('"Users"', '"Users": [], "Users"').encode(),
    "ID twice": TEXT.replace('"ID"', '"ID": "y", "ID"').encode(),
    "counts twice": TEXT.replace('"RecordCount"', '"RecordCount": 9, "RecordCount"').encode(),
    "counts of another case": TEXT.replace("RecordCount", "recordcount").encode(),
    "negative count": page(RecordCount=-1),
    "count beyond the records": page(RecordCount=10**18),
    "pages beyond the records": page(PageCount=10**18),
    "page zero": page(Page=0, PageCount=0),
    "another page": page(Page=2),
    "true for one": page(RecordCount=True, PageCount=True, Page=True),
    "fraction for one": page(RecordCount=1.0),
    "text for one": page(RecordCount="1"),
    "NaN": TEXT.replace("1.5", "NaN").encode(),
    "Infinity": TEXT.replace("1.5", "-Infinity").encode(),
    "1e400": TEXT.replace("1.5", "1e400").encode(),
    "1e99999999999": TEXT.replace("1.5", "1e99999999999").encode(),
    "minus zero": TEXT.replace("1.5", "-0").encode(),
    "long number": TEXT.replace("1.5", "1" * 5000).encode(),
    "single quotes": TEXT.replace('"', "'").encode(),
    "trailing comma": TEXT.replace("}]}", "},]}").encode(),
    "comment": b"/* x */" + GOOD,
    "two answers": GOOD + GOOD,
    "guarded": b")]}',\n" + GOOD,
    "callback": b"f(" + GOOD + b")",
    "BOM": b"\xef\xbb\xbf" + GOOD,
    "two BOMs": b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD,
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without BOM": TEXT.encode("utf-16-le"),
    "UTF-32": TEXT.encode("utf-32"),
    "Latin-1": TEXT.replace("a@", "ü@").encode("latin-1"),
    "overlong": GOOD.replace(b"a@", b"\xc0\xafa@"),
    "NUL": GOOD.replace(b"a@", b"\0"),
    "NULs behind": GOOD + b"\0\0\0",
    "half a pair": TEXT.replace("a@", "\\ud800").encode(),
    "control characters": GOOD.replace(b"a@", b"\x01\x1b[2J"),
    "XML": b"<?xml version='1.0'?><Users><User><ID>x</ID></User></Users>",
    "page of a proxy": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "error": b'{"errorCode": 500, "errorValue": "x"}',
    "error of errors": b'{"errorCode": {"a": [1]}, "errorValue": {"b": null}}',
    "error of null": b'{"errorCode": null, "errorMessage": null}',
    "error of a list": b'[{"errorCode": 1}]',
    "error and records": page(errorMessage="x"),
    "status of nothing": b'{"ID": "x", "Status": null, "Message": null}',
    "status of objects": b'[{"ID": {}, "Status": []}]',
    "status of another": b'[{"ID": "y", "Status": "Updated"}]',
    "status twice": b'[{"ID": "x", "Status": "Updated"}, {"ID": "X", "Status": "Error"}]',
    "one more status": b'[{"ID": "x", "Status": "Updated"}, {"ID": "y", "Status": "Updated"}]',
    "text of a status": b'"Updated"',
}
HEADERS: dict[str, dict[str, str]] = {
    "as it should be": {"Content-Type": "application/json; charset=utf-8"},
    "page": {"Content-Type": "text/html; charset=latin-1"},
    "picture": {"Content-Type": "image/png"},
    "another charset": {"Content-Type": "application/json; charset=utf-16"},
    "no charset": {"Content-Type": "application/json; charset=martian"},
    "nonsense": {"Content-Type": "; ; =", "Retry-After": "NaN", "Content-Language": "\u00fc"},
    "packed, as it says": {"Content-Encoding": "gzip"},
    "elsewhere": {"Location": "http://127.0.0.1:1/"},
}


@pytest.fixture
def server():
    running = ReplayServer()
    yield running
    running.stop()


@pytest.fixture
def certify(server, monkeypatch):
    fields = {
        "conn_type": "emburse_certify",
        "host": server.url + "/v1",
        "password": "s3cret",
        "extra": {"api_key": "k3y", **EXTRA},
    }
    monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(fields))
    hook = CertifyHook()
    yield hook
    hook.close()


@pytest.fixture
def intacct(monkeypatch):
    """The hook, and the gateway that it speaks to."""
    running = gateway.Gateway()
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", running.connection(**EXTRA))
    hook = SageIntacctHook()
    yield hook, running
    hook.close()
    running.server.stop()


def outcome(work: Callable[[], Any]) -> str:
    """The kind of error, or "". Whatever is raised must be one of ours, short, in text, and without a secret."""
    try:
        work()
    except ConnectorError as error:
        said = str(error)
        assert len(said) < 1500
        assert said.isprintable(), said
        assert not [secret for secret in ("s3cret", "k3y", "canary") if secret in said]
        return type(error).__name__
    return ""


@pytest.mark.parametrize("status", [200, 202, 400, 500])
def test_certify_may_answer_whatever_it_likes(server, certify, status):
    for name, body in BODIES.items():
        server.answer = lambda _, body=body: Reply(body, status)
        listed = outcome(lambda: list(certify.pages("users")))
        got = outcome(lambda: certify.get("users", "x"))
        made = outcome(lambda: certify.create("users", {"Email": "a@example.com"}))
        updated = outcome(lambda: certify.update("users", [{"ID": "x", "Active": 1}]))
        if status >= 300:
            # A refused update is a status of its record.
            assert "" not in (listed, got, made), name
        if status == 500:
            # Nobody knows whether it was carried out.
            assert made == updated == "AnswerUnreadable", name
        if status < 300 and made:
            assert made in ("AnswerUnreadable", "RecordRefused"), name


@pytest.mark.parametrize("name", HEADERS)
def test_headers_change_nothing_about_what_an_answer_is(server, certify, name):
    server.answer = lambda _: Reply(GOOD, headers=HEADERS[name])
    assert outcome(lambda: list(certify.pages("users"))) == ("AnswerUnreadable" if "packed" in name else "")


def test_pages_that_never_end(server, certify):
    """Distinct records, or none, on page after page."""

    def distinct(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("page=")[2])
        return Reply(page(Page=number, PageCount=10**9, RecordCount=50, Users=[{"ID": f"id-{number}"}]))

    def nameless(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("page=")[2])
        return Reply(page(Page=number, PageCount=10**9, RecordCount=50, Users=[{}]))

    def empty(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("page=")[2])
        return Reply(page(Page=number, PageCount=10**9, RecordCount=50, Records=0, Users=[]))

    for answer in (distinct, nameless, empty):
        server.answer = answer
        server.asked.clear()
        with pytest.raises((IncompleteAnswer, AnswerUnreadable)):
            list(certify.pages("users"))
        assert len(server.asked) <= 51


DATA = '<data listtype="D" totalcount="1" count="1" numremaining="0"><D><RECORDNO>1</RECORDNO></D></data>'
#: What is done to the gateway's answer.
CHANGES: dict[str, Callable[[str], str | bytes]] = {
    "another namespace": lambda text: text.replace("<response>", '<response xmlns="urn:x">'),
    "namespace of its own": lambda text: text.replace("<result>", '<x:result xmlns:x="u">').replace(
        "</result>", "</x:result>"
    ),
    "upper case": lambda text: text.replace("<response>", "<RESPONSE>").replace("</response>", "</RESPONSE>"),
    "unknown elements": lambda text: text.replace("<operation>", "<operation><what/><status>x</status>").replace(
        "<data", "<odd a='1'/><data"
    ),
    "unknown attributes": lambda text: text.replace("<result>", "<result a='1' status='failure'>"),
    "result twice": lambda text: text.replace(
        "</operation>", text[text.index("<result>") : text.index("</operation>")] + "</operation>"
    ),
    "no result": lambda text: text[: text.index("<result>")] + text[text.index("</operation>") :],
    "result of another": lambda text: text.replace("<controlid>", "<controlid>x"),
    "status twice": lambda text: text.replace("<function>", "<status>failure</status><function>"),
    "status unknown": lambda text: text.replace(
        "<status>success</status><function>", "<status>maybe</status><function>"
    ),
    "two operations": lambda text: text.replace("</operation>", "</operation><operation/>"),
    "two roots": lambda text: text + text,
    "text around": lambda text: "x" + text,
    "count of less": lambda text: text.replace('count="1" num', 'count="0" num'),
    "count of more": lambda text: text.replace('totalcount="1"', 'totalcount="1000000000"'),
    "negative count": lambda text: text.replace('totalcount="1"', 'totalcount="-1"'),
    "remaining for ever": lambda text: text.replace('totalcount="1" ', "").replace(
        'numremaining="0"', 'numremaining="1"'
    ),
    "record without number": lambda text: text.replace("<RECORDNO>1</RECORDNO>", "<X/>"),
    "number nested": lambda text: text.replace("<RECORDNO>1</RECORDNO>", "<RECORDNO><a>1</a></RECORDNO>"),
    "number twice": lambda text: text.replace("<RECORDNO>1</RECORDNO>", "<RECORDNO>1</RECORDNO><RECORDNO>2</RECORDNO>"),
    "record as text": lambda text: text.replace("<D><RECORDNO>1</RECORDNO></D>", "<D>1</D>"),
    "data as text": lambda text: text.replace("<D><RECORDNO>1</RECORDNO></D>", "1"),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-7": lambda text: '<?xml version="1.0" encoding="UTF-7"?>' + text,
    "EBCDIC": lambda text: text.encode("cp037"),
    "XML 1.1": lambda text: '<?xml version="1.1"?>' + text.replace("<X/>", "&#1;"),
    "NUL": lambda text: text.replace("<RECORDNO>1", "<RECORDNO>\0"),
    "control reference": lambda text: text.replace("<RECORDNO>1", "<RECORDNO>&#0;"),
    "unknown entity": lambda text: text.replace("<RECORDNO>1", "<RECORDNO>&nbsp;"),
    "lower-case doctype": lambda text: "<!doctype response>" + text,
    "style sheet": lambda text: '<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>' + text,
    "inclusion": lambda text: text.replace(
        "<D>", '<D><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    ),
    "JSON": lambda _: "{}",
}


@pytest.mark.parametrize("status", [200, 400, 502])
def test_intacct_may_answer_whatever_it_likes(intacct, status):
    hook, running = intacct
    for name, change in CHANGES.items():

        def answer(request: gateway.Request, change: Any = change) -> Reply:
            control_id, content = request.functions[0]
            changed = change(
                gateway.response(request, gateway.result(control_id, content.tag, DATA)).partition("\n")[2]
            )
            return Reply(changed if isinstance(changed, bytes) else changed.encode(), status)

        # Pages that go on for ever would ask for more than these.
        running.answers = [answer] * 4
        read = outcome(lambda: hook.query_all("DEPARTMENT", ["RECORDNO"]))
        running.answers = [answer]
        wrote = outcome(lambda: hook.send([create("DEPARTMENT", {"DEPARTMENTID": "1"}, control_id="c-1")]))
        if status >= 300:
            assert read, name
        if status >= 500:
            assert wrote == "AnswerUnreadable", name
        if "result" in name or name in (
            "another namespace",
            "upper case",
            "two roots",
            "JSON",
            "NUL",
            "unknown entity",
        ):
            assert "" not in (read, wrote), name
