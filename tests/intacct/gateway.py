"""A stand-in for the gateway over real HTTP: it signs in, and answers each other request with what the test gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lxml import etree

from tests.transport.replay import Asked, ReplayServer, Reply

XML = {"Content-Type": 'text/xml; encoding="UTF-8";charset=UTF-8'}
STAMPS = "<sessiontimestamp>2026-08-26T14:33:31+00:00</sessiontimestamp><sessiontimeout>2026-08-27T02:33:31+00:00</sessiontimeout>"


class Request:
    """A request as the gateway sees it."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.root = etree.fromstring(asked.body)

    def text(self, path: str) -> str:
        return self.root.findtext(path) or ""

    @property
    def functions(self) -> list[tuple[str, Any]]:
        """(control ID, content element) of each function."""
        return [(f.get("controlid"), f[0]) for f in self.root.iterfind("operation/content/function")]

    @property
    def signs_in(self) -> bool:
        return self.functions[0][1].tag == "getAPISession"


class Gateway:
    """Sign-ins are answered by `sign_in`, everything else by the next of `answers`: text, a Reply, or a function of the Request."""

    def __init__(self) -> None:
        self.answers: list[str | Reply | Callable[[Request], str | Reply]] = []
        self.requests: list[Request] = []
        self.sign_ins: list[Request] = []
        self.company = "ACME"
        self.endpoint: str | None = None
        self.sign_in: Callable[[Request], str | Reply] = self.session
        self.server = ReplayServer(self._answer)

    @property
    def url(self) -> str:
        return self.server.url + "/ia/xml/xmlgw.phtml"

    def session(self, request: Request) -> str:
        """The answer to a good sign-in."""
        location = request.text("operation/authentication/login/locationid")
        number = len(self.sign_ins)
        data = (
            f"<data><api><sessionid>session-{number}-canary..</sessionid><endpoint>{self.endpoint or self.url}</endpoint>"
            f"<locationid>{location}</locationid></api></data>"
        )
        return response(request, result(request.functions[0][0], "getAPISession", data), company=self.company)

    def connection(self, **extra: Any) -> str:
        """An Airflow connection to this gateway."""
        fields = {"company_id": "ACME", "sender_id": "sender", "sender_password": "sender-canary"}
        pace = {"attempts": 3, "wait_initial": 0.001, "wait_max": 0.05, "read_timeout": 5}
        return json.dumps(
            {
                "conn_type": "sage_intacct",
                "host": self.url,
                "login": "xml_gateway",
                "password": "user-canary&<>",
                "extra": fields | pace | extra,
            }
        )

    def _answer(self, asked: Asked) -> Reply:
        request = Request(asked)
        (self.sign_ins if request.signs_in else self.requests).append(request)
        answer = self.sign_in if request.signs_in else self.answers.pop(0)
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, Reply) else Reply(answer.encode(), headers=XML)


def response(request: Request, *results: str, company: str = "ACME", location: str = "") -> str:
    """A whole answer with these results."""
    control = (
        f"<control><status>success</status><senderid>sender</senderid><controlid>{request.text('control/controlid')}</controlid>"
        "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control>"
    )
    authentication = (
        f"<authentication><status>success</status><userid>xml_gateway</userid><companyid>{company}</companyid>"
        f"<locationid>{location}</locationid>{STAMPS}</authentication>"
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<response>{control}<operation>{authentication}'
        f"{''.join(results)}</operation></response>"
    )


def result(control_id: str, function: str, inner: str = "", status: str = "success") -> str:
    return f"<result><status>{status}</status><function>{function}</function><controlid>{control_id}</controlid>{inner}</result>"


def error(errorno: str, description2: str, description: str = "", correction: str = "") -> str:
    return (
        f"<error><errorno>{errorno}</errorno><description>{description}</description>"
        f"<description2>{description2}</description2><correction>{correction}</correction></error>"
    )


def control_failure(*errors: str) -> str:
    return (
        "<response><control><status>failure</status><senderid>sender</senderid><controlid>1</controlid><uniqueid>false</uniqueid>"
        f"<dtdversion>3.0</dtdversion></control><errormessage>{''.join(errors)}</errormessage></response>"
    )


def authentication_failure(*errors: str, user: str = "", company: str = "") -> str:
    return (
        "<response><control><status>success</status><senderid>sender</senderid><controlid>1</controlid><uniqueid>false</uniqueid>"
        "<dtdversion>3.0</dtdversion></control><operation><authentication><status>failure</status>"
        f"<userid>{user}</userid><companyid>{company}</companyid></authentication>"
        f"<errormessage>{''.join(errors)}</errormessage></operation></response>"
    )


def gateway_failure(errorno: str, description: str, status: int = 200) -> Reply:
    body = (
        "<response><control><status>failure</status></control><errormessage><error>"
        f"<errorno>{errorno}</errorno><description>{description}</description></error></errormessage></response>"
    )
    return Reply(body.encode(), status=status, headers=XML)


def page(*numbers: int, total: int, offset: int = 0, object_name: str = "DEPARTMENT") -> Callable[[Request], str]:
    """A page of `query` with these record numbers."""

    def answer(request: Request) -> str:
        control_id, query = request.functions[0]
        records = "".join(
            f"<{object_name}><RECORDNO>{number}</RECORDNO><TITLE>Title {number}</TITLE></{object_name}>"
            for number in numbers
        )
        left = max(0, total - offset - len(numbers))
        data = (
            f'<data listtype="{object_name}" totalcount="{total}" offset="{query.findtext("offset")}" count="{len(numbers)}" '
            f'numremaining="{left}">{records}</data>'
        )
        return response(request, result(control_id, "query", data))

    return answer
