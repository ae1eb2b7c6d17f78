"""The sandbox's own routes under /_sandbox/: reset, load, act, state, calls, settings, faults. JSON in and out.

Not part of either service: this is how a test or a demo arranges a company, disturbs it, and looks at what it holds.
A wrong request is answered with 400 and {"error": …} that says what would be right.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox import clerks, holdings, seed
from include.sandbox.core import Sandbox
from include.sandbox.faults import UnknownFault
from include.sandbox.settings import UnknownSetting, described

Handler = Callable[[Request], Awaitable[Response]]


class BadRequest(ValueError):
    """The request makes no sense; the text says what would."""


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The control routes of one sandbox."""
    control = Control(sandbox)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "reset", control.reset),
        ("POST", "load", control.load),
        ("POST", "act", control.act),
        ("GET", "state/{side}/{object:path}", control.state),
        ("GET", "calls", control.calls),
        ("DELETE", "calls", control.clear_calls),
        ("GET", "settings", control.settings),
        ("POST", "settings", control.change_settings),
        ("DELETE", "settings", control.reset_settings),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.add_fault),
        ("DELETE", "faults", control.clear_faults),
    ]
    return [Route(f"/_sandbox/{path}", _helpful(handler), methods=[method]) for method, path, handler in table]


def _helpful(handler: Handler) -> Handler:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except (BadRequest, UnknownSetting, UnknownFault, seed.BadScale, holdings.BadRecord, clerks.CannotAct) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answered


class Control:
    """What the routes do."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def reset(self, request: Request) -> Response:
        """Forget everything but settings and faults, and fill the company from the seed."""
        body = await _object(request, ("seed", "scale", "days", "today"))
        number = body.get("seed", 7)
        if not isinstance(number, int) or isinstance(number, bool):
            raise BadRequest("seed must be a whole number.")
        scale = seed.scale_of(body.get("scale", "empty"), days=body.get("days"))
        filled = await asyncio.to_thread(seed.fill, self.sandbox, seed=number, scale=scale, today=_day(body.get("today")))
        return JSONResponse({"seed": number} | filled)

    async def load(self, request: Request) -> Response:
        """Add records as given; what a record does not say gets the service's default."""
        body = await _object(request, ("side", "object", "records", "unknown_fields"))
        records = body.get("records")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise BadRequest('records must be a list of objects: {"side": …, "object": …, "records": [{…}]}.')
        keep = body.get("unknown_fields", "refuse") == "keep"
        loaded = holdings.load(self.sandbox, _side(body.get("side")), str(body.get("object", "")), records, keep=keep)
        return JSONResponse({"count": len(loaded), "ids": loaded})

    async def act(self, request: Request) -> Response:
        """Do what a clerk of the company does."""
        body = await _object(request)
        action = body.pop("action", "")
        return JSONResponse(clerks.act(self.sandbox, str(action), body))

    async def state(self, request: Request) -> Response:
        """What a service holds, lines inside their document."""
        side, name = request.path_params["side"], request.path_params["object"]
        if side == "seed":
            records = self.sandbox.store.get_meta(f"seed/{name}")
            if records is None:
                raise BadRequest("The seed's notes are seed/cases and seed/summary, after a reset with a scale.")
        else:
            records = holdings.state(self.sandbox, _side(side), name)
        count = len(records) if isinstance(records, list) else 1
        return JSONResponse({"count": count, "records": records})

    async def calls(self, _request: Request) -> Response:
        """Counts of calls by side and function."""
        return JSONResponse(self.sandbox.calls.all())

    async def clear_calls(self, _request: Request) -> Response:
        """Count anew."""
        self.sandbox.calls.clear()
        return JSONResponse({})

    async def settings(self, request: Request) -> Response:
        """All settings; with ?describe=1 their defaults and meanings too."""
        if request.query_params.get("describe"):
            return JSONResponse(described(self.sandbox.settings))
        return JSONResponse(self.sandbox.settings.model_dump(mode="json"))

    async def change_settings(self, request: Request) -> Response:
        """Change some settings."""
        return JSONResponse(self.sandbox.change_settings(await _object(request, exact=False)).model_dump(mode="json"))

    async def reset_settings(self, _request: Request) -> Response:
        """Back to the defaults."""
        return JSONResponse(self.sandbox.reset_settings().model_dump(mode="json"))

    async def faults(self, _request: Request) -> Response:
        """The faults that are ordered and those that struck."""
        return JSONResponse(self.sandbox.faults.describe())

    async def add_fault(self, request: Request) -> Response:
        """Order a fault."""
        fault = self.sandbox.faults.add(await _object(request, exact=False))
        return JSONResponse({"number": fault.number, "stage": fault.stage})

    async def clear_faults(self, _request: Request) -> Response:
        """Forget all faults and their counts."""
        self.sandbox.faults.clear()
        return JSONResponse({})


async def _object(request: Request, allowed: tuple[str, ...] | None = None, *, exact: bool = True) -> dict[str, Any]:
    """The body; with `exact` fractions are Decimal (amounts), else float (probabilities, seconds)."""
    try:
        body = json.loads(await request.body() or b"{}", parse_float=Decimal if exact else float)
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    unknown = sorted(set(body) - set(allowed)) if allowed else []
    if unknown:
        raise BadRequest(f"Unknown: {', '.join(unknown)}. Known: {', '.join(allowed or ())}.")
    return body


def _side(side: Any) -> str:
    if side not in ("intacct", "certify"):
        raise BadRequest(f"side is {side!r}; it must be intacct or certify.")
    return str(side)


def _day(text: Any) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadRequest(f"today is {text!r}; it must be a date YYYY-MM-DD.") from None
