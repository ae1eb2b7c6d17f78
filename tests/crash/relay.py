"""A relay in front of PostgreSQL that counts statements and strikes at one of them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from urllib.parse import urlsplit

from tests.crash import wire

_CHUNK = 65_536


class Moment(StrEnum):
    """When it strikes: before the server gets the statement, after it has executed it but before the client learns of it, or so
    that the server refuses it."""

    BEFORE = "before"
    AFTER = "after"
    REFUSED = "refused"


class Scope(StrEnum):
    """What a strike takes away: this connection alone, or the whole database until ``heal``, as for a worker that dies."""

    CONNECTION = "connection"
    DATABASE = "database"


@dataclass(frozen=True)
class Strike:
    """At which statement, counted from 1, and how."""

    number: int
    moment: Moment
    scope: Scope = Scope.DATABASE
    may_end_the_task: ClassVar[bool] = False

    def __str__(self) -> str:
        return f"statement {self.number}, {self.moment}, {self.scope}"


# What servers refuse statements with, by turns: nothing that PostgreSQL says may break a run.
REFUSALS = (
    ("57014", "canceling statement due to statement timeout"),
    ("53100", "could not extend file: No space left on device"),
    ("40001", "could not serialize access due to concurrent update"),
    ("40P01", "deadlock detected"),
    ("25006", "cannot execute this in a read-only transaction"),
    ("XX000", "could not read block 0: Input/output error"),
)


class Relay:
    """Passes bytes between clients and the server on a thread of its own; ``url`` leads here."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url).port or 5432
        self.statements: list[str] = []
        self.struck: str | None = None
        self._strike: Strike | None = None
        self._meant: str | None = None
        self._before = 0
        self._down = False
        self._talks: set[_Talk] = set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)
        self.url = re.sub(r":\d+/", f":{self._port}/", url, count=1) + "?sslmode=disable&gssencmode=disable"

    def close(self) -> None:
        """Ends the relay and everything that runs over it."""
        self.heal()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def arm(self, strike: Strike | None, undisturbed: Sequence[str] = ()) -> None:
        """Counts from the start again, and strikes once when the count is reached (None: never).

        :param undisturbed: the statements of a run that nothing struck. The one meant is then told by its text and by how many of
            the same came before, since those of two connections come in any order.
        """
        self.statements = []
        self.struck = None
        self._strike = strike
        self._meant = None
        if strike is not None and undisturbed:
            self._meant = undisturbed[strike.number - 1]
            self._before = undisturbed[: strike.number - 1].count(self._meant)

    def heal(self) -> None:
        """The database is back; who was connected before is not."""
        self._strike = None
        done = threading.Event()

        def back() -> None:
            self._cut_all()
            self._down = False
            done.set()

        self._loop.call_soon_threadsafe(back)
        done.wait(10)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)

        async def start() -> None:
            server = await asyncio.start_server(self._client, "127.0.0.1", 0)
            self._port = server.sockets[0].getsockname()[1]
            ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._target)
        talk = _Talk(self, writer, upstream_writer)
        self._talks.add(talk)
        await asyncio.gather(_pump(reader, talk.asked, upstream_writer), _pump(upstream_reader, talk.answered, writer))
        self._talks.discard(talk)

    def due(self, text: str) -> Strike | None:
        """Counts a statement; gives the strike that it meets."""
        text = " ".join(text.split())
        self.statements.append(text)
        if self._strike is None or self.struck is not None or not self._is_due(text, self._strike):
            return None
        self.struck = text
        return self._strike

    def _is_due(self, text: str, strike: Strike) -> bool:
        if self._meant is None:
            return strike.number == len(self.statements)
        return text == self._meant and self.statements.count(text) > self._before

    def cut(self, talk: _Talk, scope: Scope) -> None:
        """Strikes."""
        if scope is Scope.DATABASE:
            self._down = True
            self._cut_all()
        talk.cut()

    def _cut_all(self) -> None:
        for talk in list(self._talks):
            talk.cut()


class _Talk:
    """One connection and its counterpart at the server."""

    def __init__(self, relay: Relay, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.relay = relay
        self.client = client
        self.server = server
        self.from_client = wire.ClientStream()
        self.from_server = wire.ServerStream()
        self.after: Strike | None = None
        self.silent = False

    def cut(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()

    def asked(self, data: bytes) -> None:
        for message, text in self.from_client.feed(data):
            strike = self.relay.due(text) if text else None
            if strike is None:
                self.server.write(message)
            elif strike.moment is Moment.AFTER:
                self.after = strike
                self.server.write(message)
            elif strike.moment is Moment.BEFORE:
                self.relay.cut(self, strike.scope)
                return
            elif text == "(connect)":
                self.client.write(wire.refusal("53300", "sorry, too many clients already"))
                self.client.close()
                self.server.transport.abort()
                return
            else:
                self.server.write(wire.failing(message, *REFUSALS[strike.number % len(REFUSALS)]))

    def answered(self, data: bytes) -> None:
        for message in self.from_server.feed(data):
            if self.after is not None:
                # The words of a password exchange must reach the client, or the session never opens.
                opening = self.relay.struck == "(connect)" and not self.silent
                self.silent = self.silent or not opening or wire.session_is_open(message)
                if wire.is_answered(message):
                    self.relay.cut(self, self.after.scope)
                    return
                if self.silent:
                    continue
            self.client.write(message)


async def _pump(reader: asyncio.StreamReader, seen: Callable[[bytes], None], other: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            seen(data)
    other.close()
