"""A mail server on this machine that asks for a password, keeps what it gets, and may give the password back in its refusal."""

from __future__ import annotations

import base64
import socketserver
import threading
from typing import Any

# Stands before the password that a refusal gives back.
REFUSED = "refused, you sent"


class _Handler(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to sign in and hand over a message."""

    server: MailServer

    def handle(self) -> None:
        self.server.callers += 1
        self._number = self.server.callers
        self._say("220 here")
        receivers: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "EHLO":
                self._say("250-here", "250 AUTH LOGIN PLAIN")
            elif verb.upper() == "AUTH":
                self._sign_in(rest)
            elif verb.upper() == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.messages.append(b"".join(line.removeprefix(b".") for line in lines))
                self.server.receivers.append(receivers)
                receivers = []
                self._say("250 fine")
            elif verb.upper() == "RCPT" and not self._receives(rest, receivers):
                self._say("550 nobody of that name")
            elif verb.upper() == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _receives(self, rest: str, receivers: list[str]) -> bool:
        address = rest.partition(":")[2].split()[0].strip("<>")
        if address in self.server.unknown:
            return False
        receivers.append(address)
        return True

    def _sign_in(self, given: str) -> None:
        method, _, first = given.partition(" ")
        if method.upper() == "LOGIN":
            self._say("334 UGFzc3dvcmQ6")
            first = self.rfile.readline().decode().strip()
        said = base64.b64decode(first).decode().rpartition("\0")[2]
        if said == self.server.password and self._number > self.server.refusals:
            self._say("235 welcome")
        else:
            self._say(f"535 5.7.8 {REFUSED} {said} {first}")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free loopback port; `messages` are raw, `receivers` the addresses that each was for.

    `unknown` are addresses for which it takes none.

    :param refusals: so many of the first callers are refused, whatever they say
    """

    daemon_threads = True

    def __init__(self, password: str, *, refusals: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.password = password
        self.refusals = refusals
        self.callers = 0
        self.messages: list[bytes] = []
        self.receivers: list[list[str]] = []
        self.unknown: set[str] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: Any = self.server_address[1]
        return int(port)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
