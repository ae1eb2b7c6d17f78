"""Who is answered: clients on this machine, and no web page that a browser on it has open.

A page can have its own name resolved to 127.0.0.1 (DNS rebinding), or send a form to any port of loopback. The first is seen by the
Host header, the second by Origin and Sec-Fetch-Site, which no page can write.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# Intacct's and Certify's own names are nobody's to rebind: clients that know no other address have them resolved to this machine.
_HOST = re.compile(
    r"(127\.0\.0\.1|localhost|\[::1\]|([a-z0-9-]+\.)+(intacct|certify)\.com)(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)


class NoStrangers:
    """ASGI wrapper around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := _refusal(Headers(scope=scope))):
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _refusal(headers: Headers) -> PlainTextResponse | None:
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        return PlainTextResponse("The sandbox is on 127.0.0.1, and answers to no other name.\n", 421)
    foreign = any(origin != f"http://{hosts[0]}" for origin in headers.getlist("origin"))
    if foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return PlainTextResponse("The sandbox takes nothing from another page that a browser has open.\n", 403)
    return None
