"""Pages work beside Airflow's own requests, never in their way.

Airflow carries its requests out in one set of threads, heartbeats of tasks among them. A page that waits there for the connector's
database takes one of them away, and enough pages take all. So pages have a few threads of their own, and whoever finds no place is
told so at once, before anything is asked about them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from fastapi import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from certify_intacct.pages.rendering import ROOT, wrong

# So many pages are made at a time, and so many are asked for at a time, the others waiting for that.
WORKERS = 4
PLACES = 16
# So long a page may take, with the time that it waits; one that writes a decision down, and a file, may take longer.
SECONDS = 2.0
WRITING_SECONDS = 20.0
FILE_SECONDS = 20.0

_TOO_LONG = (
    "The connector's database took too long for this page. Try again in a minute; if it stays, look at that server."
)
_UNKNOWN = "It took too long, and it is not known whether the decision was kept. Open the page again, and look before you repeat it."

Given = ParamSpec("Given")
Made = TypeVar("Made")

_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="connector-page")


class Turnstile:
    """Lets as many requests in as there are places, and answers all others with a sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ROOT.set(_way_up(scope))
        if "\x00" in scope.get("path", ""):
            # Nothing that a database keeps is called so, and asking it would be an error.
            nowhere = wrong(404, "There is no such page.")
            await nowhere(scope, receive, send)
            return
        if self._taken >= PLACES:
            full = wrong(503, "Too many pages of the connector are asked for at once. Try again in a minute.")
            await full(scope, receive, send)
            return
        self._taken += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._taken -= 1


def _way_up(scope: Scope) -> str:
    """From an address to the first page, as a browser counts: a slash that is encoded is none."""
    path: bytes = scope.get("raw_path") or scope.get("path", "").encode()
    root: str = scope.get("root_path", "")
    return "../" * (path.partition(b"?")[0].count(b"/") - root.count("/") - 1)


def beside(page: Callable[Given, Made]) -> Callable[Given, Coroutine[None, None, Made]]:
    """A page, made in one of the pages' own threads.

    :raises HTTPException: 503, it took too long
    """

    @wraps(page)
    async def answered(*given: Given.args, **named: Given.kwargs) -> Made:
        return await _made(partial(page, *given, **named), SECONDS, _TOO_LONG)

    return answered


def filed(page: Callable[Given, Made]) -> Callable[Given, Coroutine[None, None, Made]]:
    """A file that is made likewise, of more than a page shows."""

    @wraps(page)
    async def answered(*given: Given.args, **named: Given.kwargs) -> Made:
        return await _made(partial(page, *given, **named), FILE_SECONDS, _TOO_LONG)

    return answered


def writing(page: Callable[Given, Made]) -> Callable[Given, Coroutine[None, None, Made]]:
    """A page that writes something down, likewise."""

    @wraps(page)
    async def answered(*given: Given.args, **named: Given.kwargs) -> Made:
        return await _made(partial(page, *given, **named), WRITING_SECONDS, _UNKNOWN)

    return answered


async def _made(work: Callable[[], Made], seconds: float, too_long: str) -> Made:
    future = _workers.submit(copy_context().run, work)
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
    except TimeoutError:
        # What runs goes on until its own time-outs end it; what only waited is forgotten.
        raise HTTPException(status_code=503, detail=too_long) from None
