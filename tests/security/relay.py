"""A relay in front of the sandbox that is asked by the connector: it writes everything down, and may answer with an error that
gives the caller's own request back, credentials and all, as a careless service does.

The first segment of the path says how it answers: `good` passes everything on, except for the first writes of each kind.
"""

from __future__ import annotations

import html
import json
import re
import threading
from typing import Any

import requests
from lxml import etree

from tests.transport.replay import Asked, ReplayServer, Reply

# Stands before whatever is given back, so that a test can tell that it arrived.
MARK = "Debugging aid. You sent:"
_XML = {"Content-Type": "text/xml; charset=UTF-8"}
_JSON = {"Content-Type": "application/json"}


class Relay:
    """`url(mode)` is the address to put into a connection."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.sessions: set[str] = set()
        self._http = requests.Session()
        self._http.trust_env = False
        self._given_back: set[str] = set()
        self._lock = threading.Lock()
        self._server = ReplayServer(self._answer)

    @property
    def asked(self) -> list[Asked]:
        """Every request so far."""
        return self._server.asked

    def intacct(self, mode: str) -> str:
        return f"{self._server.url}/{mode}/ia/xml/xmlgw.phtml"

    def certify(self, mode: str) -> str:
        return f"{self._server.url}/{mode}/v1/"

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, asked: Asked) -> Reply:
        mode, _, path = asked.path.lstrip("/").partition("/")
        intacct = path.startswith("ia/")
        if mode == "page":
            return Reply(_page(asked).encode(), status=500, headers={"Content-Type": "text/html"})
        if mode == "redirect":
            return Reply(
                b"",
                status=302,
                headers={"Location": "http://example.com/?" + _said(asked)[:4000].encode("unicode_escape").decode()},
            )
        if mode == "control" and intacct:
            return Reply(_control_failure(asked), headers=_XML)
        if mode == "refusal" and not intacct:
            return Reply(
                json.dumps({"errorCode": "400", "errorValue": _said(asked)}).encode(), status=400, headers=_JSON
            )
        if intacct:
            return self._intacct(asked, mode, path)
        return self._certify(asked, path)

    def _intacct(self, asked: Asked, mode: str, path: str) -> Reply:
        request = etree.fromstring(asked.body)
        functions = request.findall("operation/content/function")
        signs_in = functions[0][0].tag == "getAPISession"
        first = mode == "good" and functions[0][0].tag == "create" and self._first(f"create {functions[0][0][0].tag}")
        if (mode == "function" and not signs_in) or first:
            return Reply(_function_failures(request, asked), headers=_XML)
        answer = self._passed_on(asked, path)
        self.sessions |= set(re.findall(r"<sessionid>([^<]+)</sessionid>", answer.body.decode()))
        here = self.intacct(mode).encode()
        answer.body = re.sub(rb"<endpoint>[^<]*</endpoint>", b"<endpoint>" + here + b"</endpoint>", answer.body)
        return answer

    def _certify(self, asked: Asked, path: str) -> Reply:
        resource = path.removeprefix("v1/").partition("?")[0]
        if asked.method == "PUT" and self._first(f"PUT {resource}"):
            return Reply(
                json.dumps({"errorCode": "400", "errorMessage": _said(asked)}).encode(), status=400, headers=_JSON
            )
        if asked.method == "POST" and self._first(f"POST {resource}"):
            records = [
                {"ID": record["ID"], "Status": "Error", "Message": _said(asked)} for record in json.loads(asked.body)
            ]
            return Reply(json.dumps(records).encode(), headers=_JSON)
        return self._passed_on(asked, path)

    def _first(self, what: str) -> bool:
        with self._lock:
            new = what not in self._given_back
            self._given_back.add(what)
            return new

    def _passed_on(self, asked: Asked, path: str) -> Reply:
        headers = {
            name: value
            for name, value in asked.headers.items()
            if name.lower() not in ("host", "content-length", "connection")
        }
        answer = self._http.request(asked.method, f"{self.target}/{path}", data=asked.body, headers=headers, timeout=60)
        kind: dict[str, Any] = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
        return Reply(answer.content, status=answer.status_code, headers=kind)


def _said(asked: Asked) -> str:
    """The request in every spelling that services and frameworks use."""
    plain = f"{asked.headers} {asked.body.decode()}"
    values = (
        [*asked.headers.values(), *etree.fromstring(asked.body).itertext()]
        if asked.body.startswith(b"<?xml")
        else [*asked.headers.values()]
    )
    return f"{MARK} {' '.join(values)} {html.escape(plain)} {requests.utils.quote(plain)} {json.dumps(plain)} {plain!r}"


def _page(asked: Asked) -> str:
    return f"<!DOCTYPE html><html><body><p>{html.escape(_said(asked))}</p></body></html>"


def _control_failure(asked: Asked) -> bytes:
    return _envelope(f"<errormessage>{_error(asked)}</errormessage>", status="failure")


def _function_failures(request: Any, asked: Asked) -> bytes:
    results = "".join(
        f"<result><status>failure</status><function>{function[0].tag}</function><controlid>{function.get('controlid')}</controlid>"
        f"<errormessage>{_error(asked)}</errormessage></result>"
        for function in request.findall("operation/content/function")
    )
    company = "<companyid>SANDBOX</companyid>"
    return _envelope(
        f"<operation><authentication><status>success</status>{company}</authentication>{results}</operation>"
    )


def _envelope(inner: str, *, status: str = "success") -> bytes:
    control = f"<control><status>{status}</status></control>"
    return f'<?xml version="1.0" encoding="UTF-8"?><response>{control}{inner}</response>'.encode()


def _error(asked: Asked) -> str:
    text = html.escape(_said(asked))
    return f"<error><errorno>BL34000061</errorno><description2>{text}</description2></error>"
