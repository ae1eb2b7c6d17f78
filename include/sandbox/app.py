"""The sandbox's web application.

The Intacct gateway, the Certify API and the sandbox's own control routes on one server.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from include.sandbox import clock, control
from include.sandbox.certify import routes as certify
from include.sandbox.core import Sandbox
from include.sandbox.fault_answers import ConnectionInReach
from include.sandbox.intacct import gateway
from include.sandbox.strangers import NoStrangers


class _OnTime:
    """ASGI wrapper around the whole application: what was due before a request comes is done before it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await run_in_threadpool(clock.catch_up)
        await self.app(scope, receive, send)


class _Packed:
    """ASGI wrapper: packs what the services answer while the setting `gzip` is on, and never the control routes."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self.app, self.sandbox = app, sandbox
        # Smaller bodies are left as they are, as by the CDN in front of Intacct.
        self.packing = GZipMiddleware(app, minimum_size=48, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = self.sandbox.settings.gzip and not scope.get("path", "").startswith("/_sandbox/")
        await (self.packing if packs else self.app)(scope, receive, send)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes, of both services and the control of the sandbox."""
    return [
        Route("/_sandbox/alive", _alive, methods=["GET"]),
        *gateway.routes(sandbox),
        *certify.routes(sandbox),
        *control.routes(sandbox),
    ]


def application(sandbox: Sandbox) -> ASGIApp:
    """The application of one sandbox."""
    return ConnectionInReach(_OnTime(NoStrangers(_Packed(Starlette(routes=routes(sandbox)), sandbox))))
