"""The sandbox's own routes under /_sandbox/: reset, load, act, state, books, calls, settings, faults. JSON in and out.

Not part of either service: this is how a test or a demo arranges a company, disturbs it, and looks at what it holds.
A wrong request is answered with 400 and {"error": …} that says what would be right.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox import actors, seed, state
from include.sandbox.core import Sandbox
from include.sandbox.intacct.closed_books import closed_books
from include.sandbox.settings import described

Handler = Callable[[Request, bytes], Any]


class BadRequest(ValueError):
    """The request makes no sense; the text says what would."""


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The control routes of one sandbox."""
    control = ControlRoutes(sandbox)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "reset", control.reset),
        ("POST", "load", control.load),
        ("POST", "act", control.act),
        ("GET", "state/{side}/{object:path}", control.state),
        ("GET", "books", control.books),
        ("GET", "calls", control.calls),
        ("DELETE", "calls", control.clear_calls),
        ("GET", "at_once", control.at_once),
        ("GET", "settings", control.settings),
        ("POST", "settings", control.change_settings),
        ("DELETE", "settings", control.reset_settings),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.add_fault),
        ("DELETE", "faults", control.clear_faults),
    ]
    return [Route(f"/_sandbox/{path}", _helpful(handler), methods=[method]) for method, path, handler in table]


def _helpful(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        body = await request.body()
        try:
            return JSONResponse(await run_in_threadpool(handler, request, body))
        except sqlite3.IntegrityError:
            return JSONResponse({"error": "A record with this record number or ID exists already."}, 400)
        except ValueError as error:  # BadRequest, BadScale, BadRecord, CannotAct, UnknownSetting, UnknownFault
            return JSONResponse({"error": str(error)}, 400)

    return answered


class ControlRoutes:
    """What the routes do."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def reset(self, _request: Request, body: bytes) -> Any:
        """Forget everything but settings and faults, and fill the company from the seed.

        What a company of that name made of its own becomes settings.
        """
        wanted = _object(body, ("seed", "scale", "days", "today"))
        number = wanted.get("seed", 7)
        if not isinstance(number, int) or isinstance(number, bool):
            raise BadRequest("seed must be a whole number.")
        name = wanted.get("scale", "empty")
        scale = seed.scale_of(name, days=wanted.get("days"))
        if isinstance(name, str) and name in seed.OWN:
            self.sandbox.change_settings(seed.OWN[name])
        filled = seed.fill(self.sandbox, seed=number, scale=scale, today=_day(wanted.get("today")))
        return {"seed": number} | filled

    def load(self, _request: Request, body: bytes) -> Any:
        """Add records as given; what a record does not say gets the service's default."""
        wanted = _object(body, ("side", "object", "records", "unknown_fields"))
        records = wanted.get("records")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise BadRequest('records must be a list of objects: {"side": …, "object": …, "records": [{…}]}.')
        keep = wanted.get("unknown_fields", "refuse") == "keep"
        loaded = state.load(self.sandbox, _side(wanted.get("side")), str(wanted.get("object", "")), records, keep=keep)
        return {"count": len(loaded), "ids": loaded}

    def act(self, _request: Request, body: bytes) -> Any:
        """Do what an actor of the company does."""
        wanted = _object(body)
        action = wanted.pop("action", "")
        return actors.act(self.sandbox, str(action), wanted)

    def state(self, request: Request, _body: bytes) -> Any:
        """What a service holds, lines inside their document."""
        side, name = request.path_params["side"], request.path_params["object"]
        if side == "seed":
            records = self.sandbox.store.get_meta(f"seed/{name}")
            if records is None:
                raise BadRequest("The seed's notes are seed/cases and seed/summary, after a reset with a scale.")
        else:
            records = state.records(self.sandbox, _side(side), name)
        count = len(records) if isinstance(records, list) else 1
        return {"count": count, "records": records}

    def books(self, _request: Request, _body: bytes) -> Any:
        """Through which day the books are closed (mm/dd/yyyy), by entity and subledger; "*" stands for all."""
        return {"closed": closed_books(self.sandbox.store)}

    def calls(self, _request: Request, _body: bytes) -> Any:
        """Counts of calls by side and function."""
        return self.sandbox.calls.all()

    def clear_calls(self, _request: Request, _body: bytes) -> Any:
        """Count anew."""
        self.sandbox.calls.clear()
        self.sandbox.under_way.clear()
        return {}

    def at_once(self, _request: Request, _body: bytes) -> Any:
        """The most requests of each side that were under way at once, since the calls are counted."""
        return {side: self.sandbox.under_way.most[side] for side in ("intacct", "certify")}

    def settings(self, request: Request, _body: bytes) -> Any:
        """All settings; with ?describe=1 their defaults and meanings too."""
        if request.query_params.get("describe"):
            return described(self.sandbox.settings)
        return self.sandbox.settings.model_dump(mode="json", warnings=False)

    def change_settings(self, _request: Request, body: bytes) -> Any:
        """Change some settings."""
        return self.sandbox.change_settings(_object(body, exact=False)).model_dump(mode="json", warnings=False)

    def reset_settings(self, _request: Request, _body: bytes) -> Any:
        """Back to the defaults."""
        return self.sandbox.reset_settings().model_dump(mode="json", warnings=False)

    def faults(self, _request: Request, _body: bytes) -> Any:
        """The faults that are ordered and those that struck."""
        return self.sandbox.faults.describe()

    def add_fault(self, _request: Request, body: bytes) -> Any:
        """Order a fault."""
        fault = self.sandbox.faults.add(_object(body, exact=False))
        return {"number": fault.number, "stage": fault.stage}

    def clear_faults(self, _request: Request, _body: bytes) -> Any:
        """Forget all faults and their counts."""
        self.sandbox.faults.clear()
        return {}


def _object(data: bytes, allowed: tuple[str, ...] | None = None, *, exact: bool = True) -> dict[str, Any]:
    """The body; with `exact` fractions are Decimal (amounts), else float (probabilities, seconds)."""
    try:
        body = json.loads(data or b"{}", parse_float=Decimal if exact else float)
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
