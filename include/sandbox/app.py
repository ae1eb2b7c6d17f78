"""The sandbox's web application.

The Intacct gateway, the Certify API and the sandbox's own control routes on one server.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.core import Sandbox
from include.sandbox.fault_answers import ConnectionInReach


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes, of both services and the control of the sandbox."""
    from include.sandbox.intacct import gateway

    found: list[BaseRoute] = [Route("/_sandbox/alive", _alive, methods=["GET"]), *gateway.routes(sandbox)]
    try:
        from include.sandbox.certify import routes as certify

        found += certify.routes(sandbox)
    except ModuleNotFoundError:
        pass
    try:
        from include.sandbox import control

        found += control.routes(sandbox)
    except ModuleNotFoundError:
        pass
    return found


def application(sandbox: Sandbox) -> Starlette:
    """The application of one sandbox."""
    return Starlette(routes=routes(sandbox), middleware=[Middleware(ConnectionInReach)])
