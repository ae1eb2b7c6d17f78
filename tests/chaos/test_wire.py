"""The relay knows what went over the wire, also when nobody was at the other end."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from include.chaos.kinds import KINDS
from include.chaos.wire import DELIVERED, MARK, SENT, USERS_WRITTEN, Attempt, Wire
from include.local.ports import free_port

NUMBER = "CAAAAAAAAAA-1-001B"


def request_of(number: str, tag: str = "RECORDID") -> bytes:
    """A request that posts a document; which function it is says nothing."""
    function = f'<function controlid="c"><create><X><{tag}>{number}</{tag}></X></create></function>'
    body = f"<request>{function}</request>"
    return f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


REQUEST = request_of(NUMBER)


@pytest.fixture
def wire() -> Iterator[Wire]:
    relay = Wire(free_port(), 1)
    yield relay
    relay.close()


def test_what_was_sent_to_nobody_is_an_attempt_whose_answer_is_lost(wire):
    with socket.create_connection(("127.0.0.1", wire.ports[0])) as client:
        client.sendall(REQUEST[:60])
        client.sendall(REQUEST[60:])
        client.settimeout(10)
        assert client.recv(100) == b""
    assert [(attempt.number, attempt.verdict) for attempt in wire.attempts] == [(NUMBER, "lost")]


def test_documents_of_every_kind_are_noted(wire):
    for kind in KINDS:
        with socket.create_connection(("127.0.0.1", wire.ports[0])) as client:
            client.sendall(request_of(f"CAAAAAAAAAA-1-001{kind.letter}", kind.tag))
            client.settimeout(10)
            assert client.recv(100) == b""
    assert [attempt.number[-1] for attempt in wire.attempts] == [kind.letter for kind in KINDS]


@pytest.mark.parametrize("cut", [0, 20])
def test_the_verdict_of_a_packed_answer_is_that_of_what_is_in_it(cut):
    result = "<result><status>success</status><function>create</function><controlid>c</controlid></result>"
    body = gzip.compress(f"<response><operation>{result}</operation></response>".encode())
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body[: len(body) - cut]
    assert Attempt(NUMBER, "c", 0, answer=bytearray(answer)).verdict == ("lost" if cut else "accepted")


def test_half_a_request_posts_nothing(wire):
    with socket.create_connection(("127.0.0.1", wire.ports[0])) as client:
        client.sendall(REQUEST[:-20])
        client.shutdown(socket.SHUT_WR)
        client.settimeout(10)
        assert client.recv(100) == b""
    assert wire.attempts == []


@pytest.mark.parametrize(
    ("request_line", "strikes"), [("PUT /v1/users", 1), ("POST /v1/users", 1), ("GET /v1/users?page=1", 0)]
)
def test_the_moment_at_which_users_were_written(request_line, strikes):
    with socket.create_server(("127.0.0.1", 0)) as service:
        relay = Wire(service.getsockname()[1], 1)
        struck: list[str] = []
        relay.arm(0, USERS_WRITTEN, lambda: struck.append("now"))
        answering = threading.Thread(target=_answer_once, args=(service,))
        answering.start()
        with socket.create_connection(("127.0.0.1", relay.ports[0])) as client:
            client.sendall(f"{request_line} HTTP/1.1\r\n\r\n".encode())
            client.settimeout(10)
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        answering.join()
        relay.close()
    assert len(struck) == strikes


def test_what_is_on_its_way_when_its_sender_dies_is_carried_out_and_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as service:
        relay = Wire(service.getsockname()[1], 1)
        clients: list[socket.socket] = []
        relay.arm(0, SENT, lambda: clients[0].close())
        answering = threading.Thread(target=_answer_once, args=(service, 0.3))
        answering.start()
        clients.append(socket.create_connection(("127.0.0.1", relay.ports[0])))
        clients[0].sendall(REQUEST)
        while not relay.attempts:
            pass
        relay.quiet(0)
        assert relay.attempts[0].answered_at
        answering.join()
        relay.close()


def test_the_reader_of_an_answer_is_told_when_to_be_struck():
    with socket.create_server(("127.0.0.1", 0)) as service:
        relay = Wire(service.getsockname()[1], 1, tells=True)
        relay.statements = lambda: 3
        relay.arm(0, DELIVERED, lambda: None)
        answering = threading.Thread(target=_answer_once, args=(service,))
        answering.start()
        with socket.create_connection(("127.0.0.1", relay.ports[0])) as client:
            client.sendall(REQUEST)
            client.settimeout(10)
            assert client.recv(200).startswith(f"HTTP/1.1 200 OK\r\n{MARK}: 3\r\n".encode())
        answering.join()
        relay.close()
    assert list(relay.delivered) == [0]


def _answer_once(service: socket.socket, after: float = 0.0) -> None:
    connection, _ = service.accept()
    with connection:
        connection.recv(1000)
        time.sleep(after)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
