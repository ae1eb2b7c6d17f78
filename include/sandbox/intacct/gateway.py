"""The XML gateway: POST /ia/xml/xmlgw.phtml."""

from __future__ import annotations

from starlette.routing import BaseRoute

from include.sandbox.core import Sandbox


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The gateway's routes."""
    return []
