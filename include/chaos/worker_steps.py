"""A worker's steps: before each request, and instead of each pause, it asks whether it may go on and learns what time it is.

It also counts its statements of SQL, so that it can be struck before a certain one. What the connector asks of the machine's clock and
of its random numbers is answered from the order. Without an order that says so, all of it is the machine's.
"""

from __future__ import annotations

import datetime as machine_datetime
import json
import random
import re
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import urlsplit

import psycopg

from include.chaos.wire import MARK, posts

Say = Callable[[dict[str, Any]], None]
_MONOTONIC, _TIME, _SLEEP, _GUID = time.monotonic, time.time, time.sleep, uuid.uuid4
_FUNCTION = re.compile(rb"<function[^>]*>\s*<(\w+)[^>]*>\s*<(\w+)")
_LEDGER = re.compile(r"^\s*(INSERT INTO|UPDATE) ledger\.", re.IGNORECASE)
# Within a step the time goes on by so much with each question.
_TRIFLE = 1e-6


class _Steps:
    def __init__(self, order: dict[str, Any], say: Say, stream: Any) -> None:
        self.say, self.stream = say, stream
        self.now, self.asked = float(order["now"]), 0
        self.points = [(point["kind"], point["number"]) for point in order["points"]]
        self.seen: Counter[str] = Counter()
        self.statements_left: int | None = None

    def time(self) -> float:
        self.asked += 1
        return self.now + self.asked * _TRIFLE

    def wait(self, seconds: float, what: str, *, posting: bool = False) -> None:
        self.say({"waits": seconds, "what": what, "posts": posting})
        self.now, self.asked = self._reply(), 0

    def statement(self, *kinds: str) -> None:
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                self.statements_left = None
                self._struck("answer")
        for kind in ("statement", *kinds):
            self.seen[kind] += 1
            if (kind, self.seen[kind]) in self.points:
                self._struck(f"{kind} {self.seen[kind]}")

    def _struck(self, why: str) -> None:
        self.say({"struck": why})
        self._reply()

    def _reply(self) -> float:
        line = self.stream.readline()
        if not line:
            raise SystemExit("whoever ordered this is gone")
        return float(json.loads(line)["now"])


_steps: _Steps | None = None


def begin(order: dict[str, Any], say: Say, stream: Any) -> None:
    """From now on this process asks whether it may go on."""
    global _steps
    random.seed(order["dice"])
    _steps = _Steps(order, say, stream)


def _of_this_thread() -> _Steps | None:
    return _steps if threading.current_thread() is threading.main_thread() else None


def install() -> None:
    """Puts itself between the connector and the machine's clock, pauses and GUIDs, its HTTP client, and psycopg."""
    time.monotonic = lambda: steps.time() if (steps := _of_this_thread()) else _MONOTONIC()
    time.time = lambda: steps.time() if (steps := _of_this_thread()) else _TIME()
    time.sleep = lambda seconds: (
        steps.wait(float(seconds), "pause") if (steps := _of_this_thread()) else _SLEEP(seconds)
    )
    uuid.uuid4 = lambda: uuid.UUID(int=random.getrandbits(128), version=4) if _of_this_thread() else _GUID()
    for name, module in list(sys.modules.items()):
        if name.startswith("certify_intacct") and getattr(module, "datetime", None) is machine_datetime.datetime:
            module.datetime = _Datetime  # type: ignore[attr-defined]
    _requests()
    _statements()


def _requests() -> None:
    from certify_intacct.transport.http import HttpClient

    sent = HttpClient.send

    def send(self: HttpClient, method: str, url: str, **given: Any) -> Any:
        steps, body = _of_this_thread(), given.get("body") or b""
        if steps is None:
            return sent(self, method, url, **given)
        path = urlsplit(url)
        functions = " ".join(f"{one.decode()}/{two.decode()}" for one, two in _FUNCTION.findall(body))
        steps.wait(0, f"{method} {path.path}?{path.query} {functions}".rstrip(" ?"), posting=posts(body))
        answer = sent(self, method, url, **given)
        if mark := answer.headers.get(MARK.lower()):
            steps.statements_left = int(mark)
        return answer

    HttpClient.send = send  # type: ignore[method-assign]


def _statements() -> None:
    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def execute(self: Any, query: Any, *given: Any, **named: Any) -> Any:
            if steps := _of_this_thread():
                text = query.decode() if isinstance(query, bytes) else query
                text = text if isinstance(text, str) else text.as_string(None)
                steps.statement(*(["ledger"] if _LEDGER.match(text) else []))
            return original(self, query, *given, **named)

        return execute

    for name in ("execute", "executemany", "copy"):
        setattr(psycopg.Cursor, name, counted(getattr(psycopg.Cursor, name)))
    ended = psycopg.Transaction.__exit__

    def end(self: Any, *given: Any) -> Any:
        if (steps := _of_this_thread()) and given[0] is None:
            steps.statement("commit")
        return ended(self, *given)

    psycopg.Transaction.__exit__ = end  # type: ignore[method-assign]


class _AsReal(type):
    """Stands for the real class in every respect but one."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, machine_datetime.datetime)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        return machine_datetime.datetime(*given, **named)  # noqa: DTZ001 (whatever the caller says)

    def __getattr__(cls, name: str) -> Any:
        return getattr(machine_datetime.datetime, name)


class _Datetime(metaclass=_AsReal):
    @staticmethod
    def now(tz: tzinfo | None = None) -> machine_datetime.datetime:
        return machine_datetime.datetime.fromtimestamp(time.time(), tz or UTC)
