"""No request outlasts its wall clock, whatever the server lets trickle, and whatever it never takes."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from certify_intacct.model.errors import AnswerUnreadable, ConnectorError
from certify_intacct.transport.addresses import Hosts
from certify_intacct.transport.http import HttpClient
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings
from tests.transport.listener import Listener

TOTAL = 0.6
_PAUSE = 0.02
_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"


def _endless(part: bytes) -> Iterator[bytes]:
    while True:
        yield part


def _then(begin: bytes, part: bytes) -> Callable[[], Iterator[bytes]]:
    def parts() -> Iterator[bytes]:
        yield begin
        yield from _endless(part)

    return parts


# What a server sends after it has read the request, a part every few milliseconds, for ever.
TRICKLES = {
    "nothing": _then(b"", b""),
    "a status line": _then(b"HTTP/1.1 2", b"0"),
    "one header": _then(_OK + b"X-A: ", b"a"),
    "headers": _then(_OK, b"X-A: a\r\n"),
    "100 Continue": _then(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 Continue with headers": _then(b"", b"HTTP/1.1 100 Continue\r\nX-A: a\r\n\r\n"),
    "103 Early Hints": _then(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "a body": _then(_OK + b"Content-Length: 9999999\r\n\r\n", b"x"),
    "a body without an end": _then(_OK + b"Connection: close\r\n\r\n", b"x"),
    "a chunk's size": _then(_CHUNKED, b"0"),
    "a chunk's extension": _then(_CHUNKED + b"5;a=", b"b"),
    "chunks": _then(_CHUNKED, b"1\r\nx\r\n"),
    "a chunk": _then(_CHUNKED + b"ffff\r\n", b"x"),
    "trailers": _then(_CHUNKED + b"1\r\nx\r\n0\r\n", b"X-A: a\r\n"),
    "a trailer": _then(_CHUNKED + b"0\r\nX-A: ", b"a"),
    "a packed body": _then(_OK + b"Content-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\3", b"\0"),
    "the body of a redirect": _then(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 99999\r\n\r\n", b"x"),
    "the body of a refusal": _then(b"HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 99999\r\n\r\n", b"x"),
}  # fmt: skip


class Trickler:
    """Takes connections and lets something trickle into each; with `reads` false it never reads a request."""

    def __init__(self, parts: Callable[[], Iterator[bytes]], *, reads: bool = True, pause: float = _PAUSE) -> None:
        self._parts, self._reads, self._pause = parts, reads, pause
        self._over = threading.Event()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    def stop(self) -> None:
        self._over.set()
        self._listener.stop()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._reads:
                connection.recv(65536)
            for part in self._parts():
                connection.sendall(part)
                if self._over.wait(self._pause):
                    return


@pytest.fixture
def trickler():
    running: list[Trickler] = []

    def start(parts: Callable[[], Iterator[bytes]], **options) -> Trickler:
        running.append(Trickler(parts, **options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def seconds_of(port: int, *, scheme: str = "http", body: bytes | None = None, **settings) -> float:
    """How long a request takes that has to end as one whose answer never came."""
    given = {"total_timeout": TOTAL, "read_timeout": 20.0, "connect_timeout": 20.0} | settings
    client = HttpClient(TransportSettings(**given), Redactor(), where="The service")
    began = time.monotonic()
    with pytest.raises(AnswerUnreadable):
        client.send("POST", f"{scheme}://127.0.0.1:{port}/", headers={}, body=body)
    client.close()
    return time.monotonic() - began


@pytest.mark.parametrize("what", TRICKLES)
def test_whatever_trickles_the_request_ends(trickler, what):
    assert seconds_of(trickler(TRICKLES[what]).port) < TOTAL + 8


def test_a_server_that_never_reads_does_not_hold_what_is_sent(trickler):
    assert seconds_of(trickler(TRICKLES["nothing"], reads=False).port, body=b"x" * 50_000_000) < TOTAL + 8


def test_a_handshake_that_trickles_ends(trickler):
    server = trickler(_then(b"\x16\x03\x03\x40\x00", b"\x02"))
    assert seconds_of(server.port, scheme="https") < TOTAL + 8


def test_a_proxy_s_answer_that_trickles_ends(trickler, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CERTIFY_INTACCT__HOSTS", "gateway.example")
    proxy = trickler(TRICKLES["headers"])
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    client = HttpClient(TransportSettings(total_timeout=TOTAL), Redactor(), where="The service")
    # Airflow is imported for its options, which is not what is timed.
    assert Hosts().address("https://gateway.example/", where="x")
    began = time.monotonic()
    with pytest.raises(ConnectorError, match="The service"):
        client.send("GET", "https://gateway.example/", headers={})
    assert time.monotonic() - began < TOTAL + 8


@pytest.mark.parametrize("what", ["a chunk's extension", "a trailer", "one header", "a status line"])
def test_a_line_without_an_end_takes_no_memory(trickler, what):
    """At full speed: it is refused at its length, long before the time is over."""
    begin = next(TRICKLES[what]())
    assert seconds_of(trickler(_then(begin, b"0" * 65536), pause=0).port, total_timeout=30.0) < 5


def test_the_body_of_a_redirect_is_bounded_like_any_other(trickler):
    begin = next(TRICKLES["the body of a redirect"]()).replace(b"99999", b"99999999999")
    server = trickler(_then(begin, b"x" * 65536), pause=0)
    assert seconds_of(server.port, total_timeout=30.0, max_answer_bytes=1_000_000) < 5


def test_what_arrives_in_time_is_read(trickler):
    parts = [b"HTTP/1.1 100 Continue\r\n\r\n", _CHUNKED, b"2;a=b\r\nok\r\n", b"0\r\nX-A: a\r\n\r\n"]
    client = HttpClient(TransportSettings(total_timeout=5), Redactor(), where="The service")
    answer = client.send("GET", f"http://127.0.0.1:{trickler(lambda: iter(parts)).port}/", headers={})
    assert answer.body == b"ok"
