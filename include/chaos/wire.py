"""A relay between the workers and the sandbox: it sees what is on its way, and so knows the moment between their commit and ours.

Bytes pass as they are. For each function that posts a document, an attempt is noted with the bytes of the answer that came back.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from include.chaos.kinds import KINDS, LETTERS

_TAGS = "|".join(sorted({kind.tag for kind in KINDS}))
_NUMBER = re.compile(rf"<(?:{_TAGS})>(C[A-Z2-7]{{10}}-\d+-\d+[{LETTERS}])</".encode())
_FUNCTION = re.compile(rb'<function[^>]*controlid="([^"]+)"[^>]*>(.*?)</function>', re.DOTALL)
_USERS = re.compile(rb"(?:PUT|POST) /v1/users\b")
_SERVER_ERROR = re.compile(rb"HTTP/1\.[01] 5")
# With this the sandbox refuses a control ID that was used before, and nothing else in a result.
_REPEATED = "XL03000006"
_CHUNK = 65_536
# So long a request may take to arrive that leads nowhere.
_NOBODY_SECONDS = 1.0

SENT, ANSWERED, DELIVERED = "sent", "answered", "delivered"
# Certify has written users, and nobody knows yet.
USERS_WRITTEN = "users written"


@dataclass
class Attempt:
    """One sending of one document: by which lane, when, and what came back.

    `together` are the control IDs of all functions of its request.
    """

    number: str
    control_id: str
    lane: int
    together: frozenset[str] = frozenset()
    at: float = field(default_factory=time.monotonic)
    answered_at: float | None = None
    answer: bytearray = field(default_factory=bytearray)

    @property
    def verdict(self) -> str:
        """`accepted`, `refused` or `repeated` (refused for its control ID) when a well-formed answer said so, else `lost`."""
        head, _, body = bytes(self.answer).partition(b"\r\n\r\n")
        try:
            root = etree.fromstring(_unchunked(head, body), etree.XMLParser(resolve_entities=False, no_network=True))
        except (etree.XMLSyntaxError, ValueError):
            return "lost"
        if _SERVER_ERROR.match(head):
            return "lost"
        results = {result.findtext("controlid"): result.findtext("status") for result in root.iter("result")}
        if results:
            whole = set(results) == (self.together or {self.control_id}) and len(results) == len(
                list(root.iter("result"))
            )
            return _word(root, self.control_id) if whole else "lost"
        statuses = [*root.iterfind("control/status"), *root.iterfind(".//authentication/status")]
        return "refused" if any(status.text == "failure" for status in statuses) else "lost"


def _word(root: Any, control_id: str) -> str:
    result = next(one for one in root.iter("result") if one.findtext("controlid") == control_id)
    if result.findtext("status") == "success":
        return "accepted"
    return "repeated" if _REPEATED in [error.text for error in result.iter("errorno")] else "refused"


@dataclass
class _Armed:
    moment: str
    skip: int
    strike: Callable[[], None]


class Wire:
    """Lanes to one port of the sandbox, each on a port of its own."""

    def __init__(self, target: int, lanes: int) -> None:
        self.target = target
        self.attempts: list[Attempt] = []
        self.ports: list[int] = []
        self._armed: dict[int, list[_Armed]] = {lane: [] for lane in range(lanes)}
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(lanes, ready), daemon=True)
        self._thread.start()
        ready.wait(10)

    def close(self) -> None:
        """Ends the relay."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def arm(self, lane: int, moment: str, strike: Callable[[], None], *, skip: int = 0) -> None:
        """Strikes at a request of the lane that posts, or writes users, after `skip` others.

        :param moment: `users written`; or of a document `sent` (it is in Intacct's hands), `answered` (it was carried out, and nobody
            knows yet) or `delivered` (the answer arrives just now)
        """
        self._armed[lane].append(_Armed(moment, skip, strike))

    def disarm(self) -> None:
        """Forgets what has not struck."""
        for waiting in self._armed.values():
            waiting.clear()

    def _serve(self, lanes: int, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)

        async def start() -> None:
            for lane in range(lanes):
                server = await asyncio.start_server(functools.partial(self._client, lane), "127.0.0.1", 0)
                self._servers.append(server)
                self.ports.append(server.sockets[0].getsockname()[1])
            ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _client(self, lane: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self, lane)
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            # The connection was accepted, so whoever sends over it cannot know that nobody was there.
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_NOBODY_SECONDS):
                    while (data := await reader.read(_CHUNK)) and not talk.whole(data):
                        pass
            writer.close()
            return
        await asyncio.gather(
            self._pump(reader, upstream_writer, talk.asked), self._pump(upstream_reader, writer, talk.answered)
        )

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], Callable[[], None] | None],
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                afterwards = seen(data)
                writer.write(data)
                await writer.drain()
                if afterwards:
                    afterwards()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def due(self, lane: int, moment: str) -> Callable[[], None] | None:
        """The strike that is due at this moment, taken from the list."""
        for armed in self._armed[lane]:
            if armed.moment == moment:
                if armed.skip > 0:
                    armed.skip -= 1
                    return None
                self._armed[lane].remove(armed)
                return armed.strike
        return None


class _Talk:
    """One connection: requests and answers in turn."""

    def __init__(self, wire: Wire, lane: int) -> None:
        self.wire = wire
        self.lane = lane
        self.request = bytearray()
        self.answering = False
        self.users = False
        self.attempts: list[Attempt] = []

    def asked(self, data: bytes) -> Callable[[], None] | None:
        return self.wire.due(self.lane, SENT) if self.whole(data) and self.attempts else None

    def whole(self, data: bytes) -> bool:
        """Takes a part of a request; says whether it was the last, and notes what it posts."""
        if self.answering:
            self.request.clear()
            self.attempts = []
            self.answering = False
        self.request += data
        self.users = bool(_USERS.match(self.request))
        if not bytes(self.request[-100:]).rstrip().endswith(b"</request>"):
            return False
        functions = _FUNCTION.findall(bytes(self.request))
        together = frozenset(control_id.decode() for control_id, _ in functions)
        for control_id, function in functions:
            if found := _NUMBER.search(function):
                self.attempts.append(Attempt(found[1].decode(), control_id.decode(), self.lane, together))
        self.wire.attempts += self.attempts
        return True

    def answered(self, data: bytes) -> Callable[[], None] | None:
        first, self.answering = not self.answering, True
        for attempt in self.attempts:
            attempt.answered_at = attempt.answered_at or time.monotonic()
            attempt.answer += data
        if first and self.users and (strike := self.wire.due(self.lane, USERS_WRITTEN)):
            strike()
        if not (first and self.attempts):
            return None
        if strike := self.wire.due(self.lane, ANSWERED):
            strike()
        return self.wire.due(self.lane, DELIVERED)


def _unchunked(head: bytes, body: bytes) -> bytes:
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    whole = bytearray()
    while body:
        size_text, _, rest = body.partition(b"\r\n")
        size = int(size_text or b"0", 16)
        if size == 0:
            return bytes(whole)
        whole += rest[:size]
        body = rest[size + 2 :]
    raise ValueError("cut off")
