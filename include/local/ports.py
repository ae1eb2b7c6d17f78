"""TCP ports of the loopback interface."""

from __future__ import annotations

import socket

from include.local.errors import StackError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Say whether a server could listen on ``port`` of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def require_free(port: int, purpose: str, variable: str) -> None:
    """Refuse a port that is taken.

    :param purpose: who wants to listen there, for example "the Airflow UI".
    :param variable: the environment variable that chooses another port.
    :raises StackError: when something listens on ``port``.
    """
    if not is_free(port):
        raise StackError(
            f"Port {port} on {LOOPBACK}, wanted for {purpose}, is busy: stop what listens there "
            f"or choose another port with {variable}=PORT."
        )
