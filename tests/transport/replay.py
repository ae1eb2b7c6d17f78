"""A small HTTP server that answers what a test tells it to, good or bad, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer. `cut`: "before" sends nothing, "within" sends half of the body; then the connection is cut."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    delay: float = 0.0
    gzipped: bool = False
    trickle: float = 0.0
    """Seconds after each byte."""


class ReplayServer:
    """Answers each request with what `answer` gives for it, or with the next of `replies`."""

    def __init__(self, answer: Callable[[Asked], Reply] | None = None) -> None:
        self.asked: list[Asked] = []
        self.replies: list[Reply] = []
        self.answer = answer or (lambda _: self.replies.pop(0))
        self._stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                outer.asked.append(asked)
                outer._send(self, outer.answer(asked))

            do_GET = do_POST = do_PUT = _handle

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    # The client went away, or the test cut the connection.
                    self.close_connection = True

            def finish(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    super().finish()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.delay:
            self._stop.wait(reply.delay)
        if reply.cut == "before":
            self._reset(handler)
            return
        body = gzip.compress(reply.body) if reply.gzipped else reply.body
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.gzipped:
            handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if reply.trickle:
            for place in range(len(body)):
                handler.wfile.write(body[place : place + 1])
                handler.wfile.flush()
                if self._stop.wait(reply.trickle):
                    break
            return
        handler.wfile.write(body[: len(body) // 2] if reply.cut else body)
        handler.wfile.flush()
        if reply.cut:
            handler.close_connection = True

    @staticmethod
    def _reset(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True
        handler.rfile.close()
