"""A server that a test writes itself, byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable


class Listener:
    """Hands each connection to `serve`, in a thread of its own; `port` is on 127.0.0.1."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()
