"""PostgreSQL's wire protocol, as far as one must know it to tell where a statement ends and where its answer does.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

import struct


class ClientStream:
    """What a client sends over a connection without encryption, cut into statements; one for each connection.

    A statement is what the server answers as a whole: a simple query, an extended one up to its Sync, the end of a COPY, or the
    opening of the session.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._started = False
        self._group = bytearray()
        self._texts: list[str] = []
        self._prepared: dict[bytes, str] = {}

    def feed(self, data: bytes) -> list[tuple[bytes, str]]:
        """What is complete by now: (bytes, text); the text of what is no statement (a password, rows of a COPY) is empty."""
        self._buffer += data
        found = []
        while (message := self._message()) is not None:
            found += self._take(message)
        return found

    def _message(self) -> bytes | None:
        head = 1 if self._started else 0
        if len(self._buffer) < head + 4:
            return None
        size = head + int(struct.unpack_from("!i", self._buffer, head)[0])
        if len(self._buffer) < size:
            return None
        message = bytes(self._buffer[:size])
        del self._buffer[:size]
        return message

    def _take(self, message: bytes) -> list[tuple[bytes, str]]:
        if not self._started:
            self._started = True
            return [(message, "(connect)")]
        kind, body = message[:1], message[5:]
        if kind == b"Q":
            return [(message, body.rstrip(b"\0").decode())]
        if kind == b"c":
            return [(message, "(end of COPY)")]
        if kind in b"PBDECH":
            self._group += message
            if kind == b"P":
                name, text, _ = body.split(b"\0", 2)
                self._prepared[name] = text.decode()
            if kind == b"B":
                _, name, _ = body.split(b"\0", 2)
                self._texts.append(self._prepared.get(name, "?"))
            if kind == b"H":
                # The client waits for the answers to what it sent so far; the statement ends with its Sync.
                sent = bytes(self._group)
                self._group.clear()
                return [(sent, "")]
            return []
        if kind == b"S":
            whole, texts = bytes(self._group + message), self._texts
            self._group.clear()
            self._texts = []
            # Without a Bind it only prepares or forgets a prepared statement.
            return [(whole, f"{len(texts)} times {texts[0]}" if len(texts) > 1 else (texts or ["(prepare)"])[0])]
        return [(message, "")]


class ServerStream:
    """What the server answers, cut into messages; one for each connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete by now."""
        self._buffer += data
        found = []
        while len(self._buffer) >= 5:
            size = 1 + int(struct.unpack_from("!i", self._buffer, 1)[0])
            if len(self._buffer) < size:
                break
            found.append(bytes(self._buffer[:size]))
            del self._buffer[:size]
        return found


def session_is_open(message: bytes) -> bool:
    """Whether the server has let the client in."""
    return message[:1] == b"R" and struct.unpack_from("!i", message, 5)[0] == 0


def is_answered(message: bytes) -> bool:
    """Whether the server waits for the client again: ready, or ready to take the rows of a COPY."""
    return message[:1] in (b"Z", b"G")


def failing(message: bytes, code: str, words: str) -> bytes:
    """What makes the server itself answer with an error instead of executing this statement."""
    if message[:1] == b"c":
        return _message(b"f", words.encode() + b"\0")
    raises = f"DO $refused$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{words}'; END $refused$"
    return _message(b"Q", raises.encode() + b"\0")


def refusal(code: str, words: str) -> bytes:
    """What a server says that lets nobody in."""
    fields = b"".join(
        kind + text.encode() + b"\0" for kind, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", words))
    )
    return _message(b"E", fields + b"\0")


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
