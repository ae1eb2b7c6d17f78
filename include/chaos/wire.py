"""A relay between the workers and the sandbox: it sees what is on its way, and so knows the moment between their commit and ours.

Bytes pass as they are. For each function that posts a document, an attempt is noted with the bytes of the answer that came back.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import re
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from include.chaos.clock import Clock, MachineClock
from include.chaos.kinds import KINDS, LETTERS
from include.chaos.messages import message

_TAGS = "|".join(sorted({kind.tag for kind in KINDS}))
_NUMBER = re.compile(rf"<(?:{_TAGS})>(C[A-Z2-7]{{10}}-\d+-\d+[{LETTERS}])</".encode())
_FUNCTION = re.compile(rb'<function[^>]*controlid="([^"]+)"[^>]*>(.*?)</function>', re.DOTALL)
_USERS = re.compile(rb"(?:PUT|POST) /v1/users\b")
_SERVER_ERROR = re.compile(rb"HTTP/1\.[01] 5")
# With this the sandbox refuses a control ID that was used before, and nothing else in a result.
_REPEATED = "XL03000006"

# A document is claimed, and its request has not left; it has, and nobody has it; Intacct has it; it was carried out, and nobody knows
# yet; the answer is there.
CLAIMED, ARRIVING, SENT, ANSWERED, DELIVERED = "claimed", "arriving", "sent", "answered", "delivered"
# The header of an answer whose reader is struck, after so many statements of SQL.
MARK = "X-Storm-Strike"
# Certify has written users, and nobody knows yet.
USERS_WRITTEN = "users written"


def posts(request: bytes) -> bool:
    """Whether a request posts a document."""
    return any(_NUMBER.search(function) for _, function in _FUNCTION.findall(request))


@dataclass
class Attempt:
    """One sending of one document: by which lane, when, and what came back.

    `together` are the control IDs of all functions of its request.
    """

    number: str
    control_id: str
    lane: int
    together: frozenset[str] = frozenset()
    at: float = 0.0
    answered_at: float | None = None
    answer: bytearray = field(default_factory=bytearray)

    @property
    def verdict(self) -> str:
        """`accepted`, `refused` or `repeated` (refused for its control ID) when a well-formed answer said so, else `lost`."""
        head, _, body = bytes(self.answer).partition(b"\r\n\r\n")
        try:
            text = _unpacked(head, _unchunked(head, body))
            root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
        except (etree.XMLSyntaxError, ValueError, EOFError, OSError, zlib.error):
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
    """Lanes to one port of the sandbox, each on a port of its own.

    :param clock: by which attempts are noted
    :param tells: the reader of an answer strikes itself when it is told to in a header; else it is struck when it gets it
    """

    def __init__(self, target: int, lanes: int, clock: Clock | None = None, *, tells: bool = False) -> None:
        self.target = target
        self.clock = clock or MachineClock()
        self.tells = tells
        self.attempts: list[Attempt] = []
        self.delivered: dict[int, Callable[[], None]] = {}
        self.statements: Callable[[], int] = lambda: 0
        self._busy: Counter[int] = Counter()
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

        :param moment: `users written`; or of a document `arriving` (nobody has it yet), `sent` (it is in Intacct's hands), `answered`
            (it was carried out, and nobody knows yet) or `delivered` (the answer arrives just now)
        """
        self._armed[lane].append(_Armed(moment, skip, strike))

    def disarm(self) -> None:
        """Forgets what has not struck."""
        for waiting in self._armed.values():
            waiting.clear()
        self.delivered.clear()

    def quiet(self, lane: int, seconds: float = 30) -> None:
        """Waits until no request of the lane is on its way any more, also none whose sender is dead."""
        until = time.monotonic() + seconds
        while self._busy[lane] and time.monotonic() < until:
            time.sleep(0.005)

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
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while request := await message(reader):
                if not request.whole:
                    return
                self._busy[lane] += 1
                try:
                    upstream = await self._exchange(lane, request.data, upstream, writer)
                finally:
                    self._busy[lane] -= 1
                if upstream is None:
                    return
        except OSError:
            pass
        finally:
            for one in (writer, *(upstream[1:] if upstream else ())):
                one.close()

    async def _exchange(
        self,
        lane: int,
        data: bytes,
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None,
        writer: asyncio.StreamWriter,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """One request and its answer, also when nobody waits for it any more; returns the connection when both ends keep it."""
        talk = _Talk(self, lane, data)
        talk.strikes(ARRIVING)
        try:
            if upstream is None or upstream[0].at_eof():
                upstream = await asyncio.open_connection("127.0.0.1", self.target)
            upstream[1].write(data)
            await upstream[1].drain()
            talk.strikes(SENT)
            answer = await message(upstream[0])
        except OSError:
            # The connection was accepted, so whoever sends over it cannot know that nobody was there.
            answer = None
        if answer is None or not answer.whole:
            if upstream is not None:
                upstream[1].close()
            upstream = None
        if answer is not None:
            talk.answered(answer.data)
            writer.write(talk.marked(answer.data))
            with contextlib.suppress(OSError):
                await writer.drain()
            if not self.tells:
                talk.strikes(DELIVERED)
        return upstream

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
    """One request and its answer."""

    def __init__(self, wire: Wire, lane: int, request: bytes) -> None:
        self.wire = wire
        self.lane = lane
        self.users = bool(_USERS.match(request))
        functions = _FUNCTION.findall(request)
        together = frozenset(control_id.decode() for control_id, _ in functions)
        self.attempts = [
            Attempt(found[1].decode(), control_id.decode(), lane, together, at=wire.clock.now())
            for control_id, function in functions
            if (found := _NUMBER.search(function))
        ]
        wire.attempts += self.attempts

    def strikes(self, moment: str) -> None:
        """Carries out what waits for this moment of a request that posts."""
        if self.attempts and (strike := self.wire.due(self.lane, moment)):
            strike()

    def answered(self, data: bytes) -> None:
        """Notes what came back."""
        for attempt in self.attempts:
            attempt.answered_at = self.wire.clock.now()
            attempt.answer += data
        if self.users and (strike := self.wire.due(self.lane, USERS_WRITTEN)):
            strike()
        self.strikes(ANSWERED)

    def marked(self, answer: bytes) -> bytes:
        """The answer; where something is to strike its reader, with a word that says after how many statements."""
        if not (self.wire.tells and self.attempts and (strike := self.wire.due(self.lane, DELIVERED))):
            return answer
        self.wire.delivered[self.lane] = strike
        head, separator, body = answer.partition(b"\r\n\r\n")
        return head + f"\r\n{MARK}: {self.wire.statements()}".encode() + separator + body


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


def _unpacked(head: bytes, body: bytes) -> bytes:
    return gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body
