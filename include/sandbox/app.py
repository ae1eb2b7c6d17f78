"""The sandbox's web application.

The Intacct gateway, the Certify API and the sandbox's own control routes on one server.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
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
    return ConnectionInReach(_OnTime(NoStrangers(Starlette(routes=routes(sandbox)))))
