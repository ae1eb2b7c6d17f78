"""A Certify whose answers changed: the sandbox behind a relay that rewrites them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import ProxyHandler, Request, build_opener

_OPENER = build_opener(ProxyHandler({}))


@contextmanager
def rewritten(target: str, *changes: tuple[str, str]) -> Iterator[str]:
    """The address of ``target`` (``http://host:port``) with each pattern replaced in the text of its answers."""

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:  # the name that http.server gives
            headers = {name: value for name, value in self.headers.items() if name.lower().startswith(("x-", "accept"))}
            headers.pop("Accept-Encoding", None)
            with _OPENER.open(Request(target + self.path, headers=headers), timeout=30) as answer:
                text = answer.read().decode()
            for pattern, replacement in changes:
                text = re.sub(pattern, replacement, text)
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
