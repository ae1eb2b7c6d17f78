"""The sandbox's web application.

The Intacct gateway, the Certify API and the sandbox's own control routes on one server.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from include.sandbox import control
from include.sandbox.certify import routes as certify
from include.sandbox.core import Sandbox
from include.sandbox.fault_answers import ConnectionInReach
from include.sandbox.intacct import gateway
from include.sandbox.strangers import NoStrangers


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
    return ConnectionInReach(NoStrangers(Starlette(routes=routes(sandbox))))
