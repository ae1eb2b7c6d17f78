"""Answers without end and answers that swell: a process with little memory to spare survives them all, with a readable error."""

from __future__ import annotations

import gzip
import json
import socketserver
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

# What is made of an answer takes far more than its text.
ROOM = 400
MOST = 2_000_000
LINE = b"x" * 65_536


@cache
def swollen(layers: int) -> bytes:
    """Blanks, more than there is room for, compressed so often."""
    packer = zlib.compressobj(1, wbits=31)
    data = b"".join(packer.compress(b" " * 1_000_000) for _ in range(2 * ROOM)) + packer.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data, 9)
    return data


def whole(body: bytes, *headers: str) -> Iterator[bytes]:
    yield "\r\n".join(["HTTP/1.1 200 OK", *headers, f"Content-Length: {len(body)}", "", ""]).encode() + body


def without_end(head: str, chunk: bytes) -> Iterator[bytes]:
    yield head.encode()
    while True:
        yield chunk


def small_parts(opened: bytes, part: bytes, closed: bytes) -> bytes:
    """As large as an answer may just be, in as many parts as possible."""
    return opened + part * ((MOST - len(opened) - len(closed)) // len(part)) + closed


XML = (
    b"<response><control><status>success</status></control><operation><authentication><status>success</status></authentication><result>"
    b"<status>success</status><function>query</function><controlid>1</controlid><data totalcount='1' count='1' numremaining='0'>"
)
CASES = {
    "short": lambda: whole(b"{}"),
    "announced": lambda: without_end("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n", LINE),
    "never-ending": lambda: without_end("HTTP/1.1 200 OK\r\n\r\n", LINE),
    "chunks": lambda: without_end(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + LINE + b"\r\n"
    ),
    "one-chunk": lambda: without_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", LINE),
    "chunk-extension": lambda: without_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", LINE),
    "headers": lambda: without_end("HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n"),
    "one-header": lambda: without_end("HTTP/1.1 200 OK\r\nX-Header: ", LINE),
    "interim": lambda: without_end("", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "interim-100": lambda: without_end("", b"HTTP/1.1 100 Continue\r\nX-Header: y\r\n\r\n"),
    "status-line": lambda: without_end("HTTP/1.1 200 ", LINE),
    "gzip": lambda: whole(swollen(1), "Content-Encoding: gzip"),
    "gzip-twice": lambda: whole(swollen(2), "Content-Encoding: gzip, gzip"),
    "gzip-often": lambda: whole(swollen(2), "Content-Encoding: " + ", ".join(["gzip"] * 1000)),
    "deflate": lambda: whole(zlib.compress(b" " * 1000), "Content-Encoding: deflate"),
    "gzip-members": lambda: without_end("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
    "lists": lambda: whole(small_parts(b'{"Users":[', b"[],", b"[]]}")),
    "objects": lambda: whole(small_parts(b'{"Page":1,"PageCount":1,"RecordCount":1,"Users":[', b"{},", b"{}]}")),
    "digits": lambda: whole(small_parts(b'{"Users":[', b"1", b"]}")),
    "nested": lambda: whole(b"[" * MOST),
    "elements": lambda: whole(small_parts(XML, b"<a/>", b"</data></result></operation></response>")),
    "attributes": lambda: whole(small_parts(XML + b"<a ", b"b='' ", b"/></data></result></operation></response>")),
    "deep": lambda: whole(small_parts(XML, b"<a>", b"")),
    "text": lambda: whole(small_parts(XML + b"<a>", b"&lt;", b"</a></data></result></operation></response>")),
}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        case = self.rfile.readline().decode().split()[1].split("?")[0].split("/")[2]
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self.rfile.read(length)
        try:
            for part in CASES[case]():
                self.wfile.write(part)
        except OSError:
            """The client has had enough."""


@pytest.fixture
def server():
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def child(server: str, room: int, most: int, *cases: str) -> list[dict[str, str]]:
    command = [sys.executable, str(Path(__file__).with_name("memory_child.py")), server, str(room), str(most), *cases]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines, done.stderr[-2000:])
    return lines


def test_no_answer_takes_more_memory_than_there_is(server):
    first, second, fence, *found = child(server, ROOM, MOST, *CASES)
    assert {first["case"], second["case"], fence["case"]} == {"short", "fence"}
    assert len(found) == 2 * len(CASES)
    for one in found:
        assert one["kind"] in ("AnswerUnreadable", "AnswerTooLarge", "ServiceUnavailable", "IncompleteAnswer"), one
        assert len(one["text"]) < 1500, one
        assert one["text"].isprintable(), one
        assert one["seconds"] < 60, one


def test_the_fence_is_a_fence(server):
    """The same without a limit on answers: memory ends."""
    *_, certify, intacct = child(server, ROOM, 10**12, "never-ending")
    assert certify["kind"] == intacct["kind"] == "MemoryError"
