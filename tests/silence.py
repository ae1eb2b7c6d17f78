"""A PostgreSQL that says nothing: from the beginning, or from a moment on."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from urllib.parse import urlsplit


class Silent:
    """Takes connections and never says a word; `taken` counts them."""

    def __init__(self) -> None:
        self.taken: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"postgresql://loader:x@127.0.0.1:{self._listener.getsockname()[1]}/connector"
        threading.Thread(target=self._take, daemon=True).start()

    def stop(self) -> None:
        """End it and what hangs on it."""
        self._listener.close()
        for connection in self.taken:
            connection.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self._listener.accept()[0])


class Quiet:
    """Stands before a server, passes everything on, and after `hush()` nothing that the server says."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._server = (there.hostname or "", there.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = re.sub(r"@[^/]+/", f"@127.0.0.1:{self._listener.getsockname()[1]}/", url)
        self._hushed = threading.Event()
        threading.Thread(target=self._take, daemon=True).start()

    def hush(self) -> None:
        self._hushed.set()

    def stop(self) -> None:
        self._listener.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(self._server)
                for source, sink, said in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass_on, args=[source, sink, said], daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, said: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not (said and self._hushed.is_set()):
                    sink.sendall(data)
        if not self._hushed.is_set():
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)
