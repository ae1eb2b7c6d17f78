"""TCP ports of the loopback interface."""

from __future__ import annotations

import random
import socket

from include.local.errors import StackError

LOOPBACK = "127.0.0.1"
# Below what Linux, macOS and IANA (RFC 6335, from 49152) give to outgoing connections: a port of those is often taken
# by a client between the moment it is found free and the moment its server listens, which for Airflow is ten seconds.
_SERVERS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listened on a moment ago, and that no client is given.

    Any one of twelve thousand, so that two who ask at the same time do not get the same.

    :raises StackError: when all are busy
    """
    for port in random.SystemRandom().sample(_SERVERS, len(_SERVERS)):
        if is_free(port):
            return port
    raise StackError(f"No port from {_SERVERS[0]} to {_SERVERS[-1]} of {LOOPBACK} is free: end what listens there.")


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
