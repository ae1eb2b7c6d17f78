"""The sandbox behind a relay whose answers a test edits: whatever a service might send, in its own place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.transport.replay import Asked, ReplayServer, Reply

_OPENER = build_opener(ProxyHandler({}))

#: Given the request and the text of its answer; gives the text that is sent, or a whole reply.
Edit = Callable[[Asked, str], str | Reply]


@contextmanager
def edited(target: str, edit: Edit) -> Iterator[ReplayServer]:
    """A server in front of ``target`` (``http://host:port``)."""

    def answer(asked: Asked) -> Reply:
        kept = {name: value for name, value in asked.headers.items() if name.lower() not in ("host", "accept-encoding")}
        request = Request(target + asked.path, data=asked.body or None, headers=kept, method=asked.method)
        request.full_url = target + asked.path
        try:
            with _OPENER.open(request, timeout=30) as got:
                status, headers, text = got.status, got.headers, got.read().decode()
        except OSError as error:
            if not hasattr(error, "code"):
                raise
            status, headers, text = error.code, error.headers, error.read().decode()
        changed = edit(asked, text)
        if isinstance(changed, Reply):
            return changed
        return Reply(changed.encode("utf-8", "surrogatepass"), status, {"Content-Type": headers["Content-Type"]})

    server = ReplayServer(answer)
    try:
        yield server
    finally:
        server.stop()


def records(change: Callable[[str, dict[str, Any]], None]) -> Edit:
    """Edits each record of Certify's lists: ``change`` gets the list's name and the record."""

    def edit(_asked: Asked, text: str) -> str:
        content = json.loads(text, parse_float=_Digits, parse_constant=str)
        for name, rows in content.items() if isinstance(content, dict) else ():
            for row in rows if isinstance(rows, list) else ():
                change(name, row)
        return json.dumps(content)

    return edit


class _Digits(float):
    """A number that keeps its digits."""

    def __init__(self, digits: str) -> None:
        self.digits = digits

    def __repr__(self) -> str:
        return self.digits
