"""The XML gateway over HTTP: POST /ia/xml/xmlgw.phtml.

Order of checks: concurrency, parse, schema, transport policy, sender; then for each operation authentication and its
functions. Application errors are HTTP 200 with the failure in the XML (Intacct XML gateway reference, Responses, Error
handling).
"""

from __future__ import annotations

import asyncio
import secrets
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from include.sandbox import clock
from include.sandbox.core import Sandbox
from include.sandbox.fault_answers import OWN_ANSWERS, instead_of, spoilt
from include.sandbox.faults import Fault
from include.sandbox.intacct import envelope, expressions, operation, parsing, sessions
from include.sandbox.intacct.envelope import Control
from include.sandbox.intacct.types import ControlFailed, Element, Failure, GatewayFailed, Outcome, SignInFailed

PATH = "/ia/xml/xmlgw.phtml"
CONTENT_TYPE = 'text/xml; encoding="UTF-8";charset=UTF-8'
# As recorded from the service in 2026, behind its CDN.
_HEADERS = {
    "Access-Control-Allow-Credentials": "true",
    "Cache-Control": "private",
    "Content-Language": "en-US",
    "P3p": 'CP="Not a P3P policy.',
    "Server": "cloudflare",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Origin,Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Ia-Th": "0.01",
    "X-Xss-Protection": "1; mode=block",
    "cf-cache-status": "DYNAMIC",
}
# A client of the live service looks for this text among the errors of a result, and tries again.
_OFFLINE = Failure("XL03000006", "The Service is Temporarily Off-line")
_LOST_ANSWERS = ("drop_after_commit", "http_524_after_commit")


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The gateway's routes."""
    expressions.register(sandbox.store)
    return [Route(PATH, Gateway(sandbox).answer, methods=["POST"])]


class Gateway:
    """Answers the requests of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def answer(self, request: Request) -> Response:
        """One request, from its bytes to its answer."""
        settings = self._sandbox.settings
        if not await self._admitted():
            return self._too_many()
        begun = time.monotonic()
        with self._sandbox.under_way.one("intacct"):
            body = await request.body()
            if settings.latency_ms:
                await asyncio.sleep(settings.latency_ms / 1000)
            if len(body) > settings.request_bytes:
                return _xml(envelope.gateway_failure("GW-0013", "Request entity too large"), 413)
            endpoint = settings.endpoint or f"{request.url.scheme}://{request.headers.get('host', '')}{PATH}"
            answer = await self._answered(body, endpoint)
            answer.headers["X-Envoy-Upstream-Service-Time"] = str(int((time.monotonic() - begun) * 1000))
            return answer

    async def _admitted(self) -> bool:
        """Whether the request may be worked now; above the limit it is held for a while first."""
        settings = self._sandbox.settings
        deadline = time.monotonic() + settings.concurrency_wait_seconds
        while settings.concurrency_limit and self._sandbox.under_way.now["intacct"] >= settings.concurrency_limit:
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def _answered(self, body: bytes, endpoint: str) -> Response:
        work = Work(self._sandbox, body, endpoint)
        fault = await run_in_threadpool(work.prepare)
        if fault is not None and fault.stage == "before" and fault.kind not in OWN_ANSWERS:
            return instead_of(fault)
        late = self._sandbox.settings.late_commit_seconds
        if fault is not None and late and fault.kind in _LOST_ANSWERS:
            clock.later(late, work.done)
            return await spoilt(fault, Response())
        return await spoilt(fault, await run_in_threadpool(work.done))

    def _too_many(self) -> Response:
        if self._sandbox.settings.rate_limit_style == "text":
            return Response("API rate limit exceeded", 200, media_type="text/plain")
        if self._sandbox.settings.rate_limit_style == "xml":
            return _xml(envelope.gateway_failure("GW-0010", "API rate limit exceeded"))
        refused = _xml(envelope.gateway_failure("GW-0010", f"Too many requests [Request ID: {_request_id()}]"), 429)
        refused.headers["Retry-After"] = "1"
        return refused


def _request_id() -> str:
    return secrets.token_hex(8).upper()


def _xml(root: Element, status: int = 200, *, whitespace: bool = False) -> Response:
    headers = {"Content-Type": CONTENT_TYPE, **_HEADERS, "CF-RAY": f"{secrets.token_hex(8)}-SBX"}
    return Response(envelope.written(root, whitespace=whitespace), status, headers=headers)


class Work:
    """One request in two steps: `prepare` reads it and asks for a fault, `done` does the work and gives the answer."""

    def __init__(self, sandbox: Sandbox, body: bytes, endpoint: str) -> None:
        self._sandbox, self._body, self._endpoint = sandbox, body, endpoint
        self._root: Element | None = None
        self._refused: ControlFailed | None = None
        self._fault: Fault | None = None

    def prepare(self) -> Fault | None:
        """Read the request, and ask for the fault that strikes it."""
        try:
            self._root = parsing.parse(self._body, self._sandbox.settings)
            parsing.validate(self._root, self._sandbox.settings)
        except ControlFailed as refused:
            self._refused = refused
        names: list[str] = []
        with_session = False
        if self._root is not None:
            functions = [
                f for f in self._root.iterfind("operation/content/function") if len(f) and isinstance(f[0].tag, str)
            ]
            names = [name for function in functions for name in operation.names_of(function)]
            with_session = self._root.find("operation/authentication/sessionid") is not None
        self._fault = self._sandbox.faults.pick("intacct", names, session=with_session)
        if self._fault is not None and self._fault.kind == "session_expired" and self._root is not None:
            session = self._root.findtext("operation/authentication/sessionid") or ""
            sessions.end_session(self._sandbox, session.strip())
        return self._fault

    def done(self) -> Response:
        """Carry out the request."""
        root = self._root if self._root is not None else parsing.salvaged(self._body)
        control = envelope.control_of(root)
        control.support_id = self._sandbox.settings.support_id
        try:
            if self._refused is not None:
                raise self._refused
            assert root is not None
            return self._carried_out(root, control)
        except ControlFailed as refused:
            return _xml(envelope.control_failure(control, refused.errors), whitespace=control.whitespace)
        except GatewayFailed as refused:
            return _xml(envelope.gateway_failure(refused.errorno, refused.description), refused.status)

    def _carried_out(self, root: Element, control: Control) -> Response:
        settings = self._sandbox.settings
        policy = root.findtext("control/policyid")
        if policy is not None and policy.strip() not in settings.transport_policies:
            raise ControlFailed([Failure("XL03000006", f"{policy.strip()} is not a valid transport policy.")])
        wrong = sessions.check_sender(self._sandbox, control.senderid, root.findtext("control/password") or "")
        if wrong is not None:
            raise ControlFailed([wrong])
        if settings.company_expired:
            raise ControlFailed([Failure("PL04000055", "This company is a demo company and has expired.")])
        answer = envelope.response(control)
        body: tuple[str, bytes] | None = None
        for asked in root.iterfind("operation"):
            body = self._operation(answer, asked, control) or body
        if policy is not None:
            return _xml(envelope.acknowledgement(control), whitespace=control.whitespace)
        if body is not None:
            return Response(body[1], headers={"Content-Type": body[0], "Cache-Control": "private"})
        return _xml(answer, whitespace=control.whitespace)

    def _operation(self, answer: Element, asked: Element, control: Control) -> tuple[str, bytes] | None:
        """Run one operation into the answer; a csv or json body when a function gave one."""
        block = asked.makeelement("operation")
        answer.append(block)
        authentication = asked.find("authentication")
        assert authentication is not None
        try:
            session = sessions.authenticate(self._sandbox, control.senderid, authentication, self._endpoint)
        except SignInFailed as refused:
            envelope.sign_in_failure(block, refused, control)
            return None
        envelope.signed_in(block, session, names_entity=self._sandbox.settings.authentication_names_entity)
        functions = asked.findall("content/function")
        if self._fault is not None and self._fault.kind == "service_offline":
            for function in functions:
                envelope.result(block, function, "failure", Outcome(errors=[_OFFLINE]), control)
            return None
        partial = self._fault if self._fault is not None and self._fault.kind == "partial_commit" else None
        dones = operation.run(
            self._sandbox,
            session,
            functions,
            transaction=asked.get("transaction") == "true",
            unique=(control.uniqueid or "true").strip().lower() not in ("false", "0"),
            stop_after=partial.commits(len(functions)) if partial else None,
        )
        for done in dones:
            envelope.result(block, done.function, done.status, done.outcome, control)
        return next((done.outcome.body for done in dones if done.outcome.body and done.status == "success"), None)
