"""What the caller of a faulty request gets to see: the wrong statuses, the proxy pages, the cut connections.

Use: `fault = faults.pick(side, names)`; with stage "before" answer `instead_of(fault, …)` and do nothing; otherwise do the
work, and pass the good answer through `await spoilt(fault, response)` once it is committed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from lxml import etree
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .faults import Fault

Item = TypeVar("Item")
Refusal = Callable[[int, str], Response]

PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>{status} {reason}</title></head>
<body><center><h1>{status} {reason}</h1></center><hr><center>proxy</center></body></html>
"""
REASONS = {
    200: "One moment, please",
    403: "Forbidden",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    524: "A timeout occurred",
}
TRANSPORT = "sandbox.transport"
#: Faults that strike before anything is done, and that the service answers in its own envelope.
OWN_ANSWERS = frozenset({"session_expired", "service_offline"})


class ConnectionInReach:
    """ASGI wrapper around the whole application: lets an answer cut the connection it is sent over.

    Under uvicorn the `send` that an application gets is a method of the object that holds the transport.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await self.app(scope, receive, send)


class Dropped(Response):
    """No answer: the connection is cut. With a `start`, the first part of that answer is sent before the cut."""

    def __init__(self, start: Response | None = None) -> None:
        super().__init__()
        self.start = start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get(TRANSPORT)
        if transport is None:
            raise RuntimeError("ConnectionInReach must wrap the application, and uvicorn must serve it")
        if self.start is None:
            transport.abort()
        else:
            body = bytes(self.start.body)
            await send(
                {"type": "http.response.start", "status": self.start.status_code, "headers": self.start.raw_headers}
            )
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


def proxy_page(status: int) -> Response:
    """The HTML page of a proxy or CDN in front of the service."""
    return Response(PROXY_PAGE.format(status=status, reason=REASONS[status]), status, media_type="text/html")


def instead_of(fault: Fault, refusal: Refusal | None = None) -> Response:
    """The answer of a fault that does not depend on the work. `refusal(status, text)` is Certify's error shape.

    Without a `refusal` the XML of Intacct's gateway is given. Not for `OWN_ANSWERS`: those are the gateway's own.
    """
    kind = fault.kind
    if kind == "drop_before":
        return Dropped()
    if kind in ("http_502_html", "http_503_html", "html_200"):
        return proxy_page({"http_502_html": 502, "http_503_html": 503, "html_200": 200}[kind])
    if kind == "http_500":
        return Response(b"", 500)
    if kind == "rate_limit_text":
        return Response("API rate limit exceeded", 200, media_type="text/plain")
    if kind == "http_403" and refusal is None:
        return proxy_page(403)
    if kind == "gw_0001":
        return gateway_failure(400, "GW-0001", "Unable to process request")
    if kind in ("http_400", "http_401", "http_403", "http_429"):
        status = int(kind.removeprefix("http_"))
        response = (
            refusal(status, _CERTIFY_TEXTS[status]) if refusal else gateway_failure(status, *_GATEWAY_TEXTS[status])
        )
        if status == 429:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response
    raise ValueError(f"{kind} has no answer of its own")


_CERTIFY_TEXTS = {
    400: "Bad Request. Method request is incorrect.",
    401: "Unauthorized. The API key or secret is not valid.",
    403: "Forbidden.",
    429: "Too many requests.",
}
_GATEWAY_TEXTS = {
    400: ("GW-0011", "Invalid Request"),
    401: ("XMLGW_JPP0002", "Sign-in information is incorrect. Please check your request."),
    429: ("GW-0010", "API rate limit exceeded"),
}


def gateway_failure(status: int, errorno: str, text: str, request_id: str = "AC4700000000000000000000") -> Response:
    """A failure of the gateway in front of Intacct: a bare control block, `description` only (errors reference, 2.2 e)."""
    described = text if errorno == "XMLGW_JPP0002" else f"{text} [Request ID: {request_id}]"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<response><control><status>failure</status></control><errormessage><error>'
        f"<errorno>{errorno}</errorno><description>{described}</description></error></errormessage></response>"
    )
    return Response(body, status, media_type='text/xml; encoding="UTF-8"')


async def spoilt(fault: Fault | None, response: Response) -> Response:
    """The good answer as this fault lets it through, called after the commit. None and "before" kinds change nothing."""
    if fault is None:
        return response
    kind = fault.kind
    if kind == "slow":
        await asyncio.sleep(fault.seconds)
        return response
    if kind in ("drop_after_commit", "partial_commit"):
        return Dropped()
    if kind == "http_524_after_commit":
        return proxy_page(524)
    if kind == "truncate_body":
        return Dropped(response)
    if kind == "malformed_xml":
        return _with_body(response, _malformed(bytes(response.body)))
    if kind in ("shuffle_results", "missing_result"):
        return _with_body(response, rearranged(fault, bytes(response.body)))
    if fault.stage == "after":
        return instead_of(fault)
    return response


def reordered(fault: Fault, items: Sequence[Item]) -> list[Item]:
    """The items with one missing (missing_result) or in another order (shuffle_results)."""
    dice = fault.dice()
    if fault.kind == "missing_result":
        gone = dice.randrange(len(items)) if items else 0
        return [*items[:gone], *items[gone + 1 :]]
    mixed = list(items)
    dice.shuffle(mixed)
    return mixed if mixed != list(items) else mixed[::-1]


def rearranged(fault: Fault, body: bytes) -> bytes:
    """The XML or JSON answer with its results reordered or one of them missing; others are left as they are.

    Results are the `result` elements of an Intacct answer, and the records of a Certify answer (list or result array).
    """
    if body.lstrip().startswith((b"{", b"[")):
        return _rearranged_json(fault, body)
    root = etree.fromstring(body)
    parents = list(root.iter("operation")) or [element for element in root.iter() if len(element) > 1]
    if not parents:
        return body
    parent = parents[0] if parents[0].tag == "operation" else parents[-1]
    results = parent.findall("result") if parent.tag == "operation" else list(parent)
    for result in results:
        parent.remove(result)
    parent.extend(reordered(fault, results))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rearranged_json(fault: Fault, body: bytes) -> bytes:
    answer = json.loads(body, parse_float=Decimal)
    if isinstance(answer, list):
        return written(reordered(fault, answer)).encode()
    for name, value in answer.items():
        if isinstance(value, list):
            answer[name] = reordered(fault, value)
    return written(answer).encode()


def written(value: Any) -> str:
    """JSON in which a Decimal is a number with exactly its digits."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def _malformed(body: bytes) -> bytes:
    """Complete in length, but the last closing tag or bracket is not the one that was opened."""
    stripped = body.rstrip()
    if stripped.endswith(b">"):
        cut = stripped.rfind(b"</")
        return stripped[:cut] + b"</unopened>" if cut >= 0 else stripped[:-1]
    return stripped[:-1] + (b"]" if stripped.endswith(b"}") else b"}")


def _with_body(response: Response, body: bytes) -> Response:
    kept = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return Response(body, response.status_code, headers=kept)
