"""How patient the HTTP layer is. The same for both services; every figure can be set in a connection's extra fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from certify_intacct.model.errors import ConfigurationError

# Beyond these something is mistyped: a socket takes no such time-out, and a pool of so many connections is made when the first opens.
_MOST = {
    "connect_timeout": 3600, "read_timeout": 86_400, "total_timeout": 86_400, "max_answer_bytes": 10**12, "attempts": 100,
    "wait_initial": 3600, "wait_max": 86_400, "pool_size": 100, "requests_at_once": 100,
}  # fmt: skip


@dataclass(frozen=True)
class TransportSettings:
    """Time-outs, limits and the pace of retries.

    :param connect_timeout: seconds to open a connection.
    :param read_timeout: seconds of silence that are borne while waiting for an answer. Intacct works up to 15 minutes on a
        request, but the CDN in front of it gives up much earlier (Intacct XML gateway reference, HTTP status 524).
    :param total_timeout: seconds for one answer as a whole, so that a trickle cannot hold a task for ever.
    :param max_answer_bytes: the largest answer read, after decompression. What is made of it takes up to 30 times as much memory; a
        page of 2,000 records has a few megabytes.
    :param attempts: how often a read is asked in all.
    :param wait_initial: seconds before the second attempt; doubled each time, with jitter.
    :param wait_max: the longest pause, also when the service asks for a longer one: then the error is raised instead.
    :param pool_size: connections kept open.
    :param requests_at_once: how many pages of Certify a task asks for at the same time, at most as many as connections are kept open.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 180.0
    total_timeout: float = 900.0
    max_answer_bytes: int = 64 * 1024 * 1024
    attempts: int = 5
    wait_initial: float = 1.0
    wait_max: float = 60.0
    pool_size: int = 4
    requests_at_once: int = 2

    @classmethod
    def from_extra(cls, extra: Mapping[str, Any], *, where: str) -> TransportSettings:
        """Read the settings that a connection's extra fields name; the others keep their defaults.

        :param extra: `Connection.extra_dejson`; figures may be numbers or text.
        :raises ConfigurationError: a figure is not a number above zero, or larger than any service asks for.
        """
        changes: dict[str, Any] = {}
        for field in fields(cls):
            given = extra.get(field.name)
            if given in (None, ""):
                continue
            kind = int if isinstance(field.default, int) else float
            try:
                value = kind(str(given))
            except ValueError:
                value = 0
            if not 0 < value <= _MOST[field.name]:
                raise ConfigurationError(
                    f"{field.name} is {str(given)[:100]!r}, but must be a number above zero, {_MOST[field.name]:,} at most.",
                    where=where,
                    cure="Correct it in the connection's extra fields.",
                )
            changes[field.name] = value
        return cls(**changes)
