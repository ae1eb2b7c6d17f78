"""A wall clock over one request: whatever trickles, in whichever part of an answer, it ends in time.

A time-out of a socket is one for each wait. A server that sends a byte before each of them ends (of a header, of an interim answer, of
a chunk's size, of a trailer) holds its client for ever. Here each wait is at most as long as the request has left.
"""

from __future__ import annotations

import io
import math
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, parse_headers
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_PIECE = 16 * 1024
# No server has so much to say before its answer.
_MOST_INTERIM = 100
_end: ContextVar[float] = ContextVar("_end", default=math.inf)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let no wait in the block reach beyond so many seconds from now."""
    before = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(before)


def is_over() -> bool:
    """Whether the time of the block is over."""
    return time.monotonic() >= _end.get()


def _wait(longest: float) -> float:
    """How long to wait at most.

    :raises TimeoutError: no longer
    """
    if is_over():
        raise TimeoutError("the time for the request is over")
    return min(longest, _end.get() - time.monotonic())


class _Reader(io.RawIOBase):
    """What a socket receives, each wait within the time that is left."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._longest = sock.gettimeout() or math.inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_wait(self._longest))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """An answer whose every wait is within the time that is left, and that is the final one."""

    def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = io.BufferedReader(_Reader(sock, self.fp.detach()))
        self._interim = 0

    def _read_status(self) -> tuple[str, int, str]:
        # Interim answers other than 100, which http.client knows, such as 103 (RFC 9110, section 15.2): taken for the answer, one
        # would leave that to whoever uses the connection next.
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not HTTPStatus.CONTINUE <= status < HTTPStatus.OK or status == HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                raise HTTPException(f"more than {_MOST_INTERIM} interim answers came before it")
            if status == HTTPStatus.CONTINUE:
                # http.client passes over its headers, and asks for the next one, without any end.
                return version, status, reason
            parse_headers(self.fp)

    def begin(self) -> None:
        super().begin()
        # Nobody asked for another protocol; what is spoken on this connection from here on is no answer to anything.
        self.will_close = self.will_close or self.status == HTTPStatus.SWITCHING_PROTOCOLS


class _Timed(HTTPConnection):
    """A connection whose every wait is within the time that is left: connecting, sending, and a proxy's answer too."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        self.timeout = _wait(self.timeout or math.inf)
        return super()._new_conn()

    def send(self, data: Any) -> None:
        # In pieces: under TLS each has a time-out of its own, and a server could take one every now and then.
        for place in range(0, len(data), _PIECE):
            if self.sock is not None:
                self.sock.settimeout(_wait(self.timeout or math.inf))
            super().send(data[place : place + _PIECE])


class _TimedTls(_Timed, HTTPSConnection):
    """The same under TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


_POOLS = {"http": _Pool, "https": _TlsPool}


class TimedAdapter(HTTPAdapter):
    """Requests over connections that keep to the wall clock."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class UnledSession(requests.Session):
    """A session that no answer leads anywhere: requests would read the body of a redirect, without any bound, to prepare the next.

    Nor does it keep what an answer wants to be told again: neither service needs cookies, and nothing bounds how many there may be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None, whatever the answer says."""
