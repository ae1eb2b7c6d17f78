"""What comes before an answer, or wants to be remembered after it, is neither the answer nor a part of the next one."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.transport.http import HttpClient
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings
from tests.transport.listener import Listener
from tests.transport.replay import Reply

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
UNKNOWN = b"HTTP/1.1 199 Whatever\r\nX-A: a\r\n\r\n"


def answer(word: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(word), word)


class Server:
    """Answers each request with the next of `answers`, whose parts come one after the other; counts connections."""

    def __init__(self, *answers: tuple[bytes, ...]) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.pause = threading.Event()
        self._listener = Listener(self._serve)
        self.url = f"http://127.0.0.1:{self._listener.port}/"

    def stop(self) -> None:
        self.pause.set()
        self._listener.stop()

    def _serve(self, connection: socket.socket) -> None:
        self.connections += 1
        with connection, contextlib.suppress(OSError):
            while connection.recv(65536) and self.answers:
                first, *others = self.answers.pop(0)
                connection.sendall(first)
                for part in others:
                    self.pause.wait(0.1)
                    connection.sendall(part)


@pytest.fixture
def served():
    running: list[Server] = []

    def start(*answers: tuple[bytes, ...]) -> Server:
        running.append(Server(*answers))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def client() -> HttpClient:
    return HttpClient(TransportSettings(read_timeout=5, total_timeout=10), Redactor(), where="The service")


@pytest.mark.parametrize(
    "before", [HINTS, PROCESSING, CONTINUE, UNKNOWN, HINTS + HINTS + CONTINUE + PROCESSING], ids=range(5)
)
def test_what_comes_before_the_answer_is_not_the_answer(served, before):
    """RFC 9110, section 15.2: a client takes any number of them, whether it expects them or not."""
    server, http = served((before, answer(b"one")), (before + answer(b"two"),), (answer(b"three"),)), client()
    found = [http.send("GET", server.url, headers={}) for _ in range(3)]
    assert [(one.status, one.body) for one in found] == [(200, b"one"), (200, b"two"), (200, b"three")]
    assert server.connections == 1


@pytest.mark.parametrize(
    "before", [HINTS, CONTINUE, HINTS + CONTINUE, CONTINUE * 3 + UNKNOWN], ids=["103", "100", "both", "mostly 100"]
)
def test_a_server_that_never_comes_to_its_answer_is_left(served, before):
    """No server has more than a hundred things to say before it, of whatever kind; http.client passes over 100 by itself, for ever."""
    each = before.count(b"HTTP/1.1")
    server, http = (
        served((before * (100 // each) + answer(b"one"),), (before * (100 // each + 1) + answer(b"two"),)),
        client(),
    )
    assert http.send("GET", server.url, headers={}).body == b"one"
    with pytest.raises(ConnectorError, match="more than 100 interim answers came before it"):
        http.send("GET", server.url, headers={})
    assert server.answers == []


def test_after_another_protocol_nothing_on_that_connection_is_an_answer(served):
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    server, http = served((switched, answer(b"nobody asked")), (answer(b"two"),)), client()
    assert http.send("GET", server.url, headers={}).status == 101
    assert http.send("GET", server.url, headers={}).body == b"two"
    assert server.connections == 2


def test_no_answer_makes_the_next_request_larger(server):
    """A front end in distress may set a cookie with each answer; sent back, they would end in requests that nobody takes."""
    server.replies = [Reply(b"x", headers={"Set-Cookie": f"session{n}={'c' * 3000}; Path=/"}) for n in range(4)]
    http = client()
    for _ in range(4):
        assert http.send("GET", server.url, headers={}).headers["set-cookie"]
    assert [asked.headers.get("Cookie") for asked in server.asked] == [None] * 4
