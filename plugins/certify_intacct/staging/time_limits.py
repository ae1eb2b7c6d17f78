"""How long the connector's database may take: to let us in, for a statement, and while somebody else holds what it needs.

The server ends what takes too long, and says so. A server that says nothing at all is left after the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from certify_intacct.model.errors import ConfigurationError

# So much longer than the server: its own words are better than ours.
_GRACE = 2.0


@dataclass(frozen=True, kw_only=True)
class TimeLimits:
    """In seconds. Each can be set in the extras of the connection.

    :param connect_timeout: until the server has let us in, for each of its addresses.
    :param statement_timeout: for one statement.
    :param lock_timeout: of that, for each lock that somebody else holds.
    """

    connect_timeout: float = 10
    statement_timeout: float = 900
    lock_timeout: float = 60

    @classmethod
    def from_extra(cls, extra: Mapping[str, Any], *, where: str) -> TimeLimits:
        """The limits that a connection names; the others keep their defaults.

        :raises ConfigurationError: one of them is no number of seconds
        """
        named = {field.name: extra[field.name] for field in fields(cls) if extra.get(field.name) not in (None, "")}
        return cls(**{name: _seconds(name, value, where) for name, value in named.items()})

    def at_most(self, other: TimeLimits) -> TimeLimits:
        """The shorter of both."""
        shorter = {field.name: min(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return replace(self, **shorter)

    def applied(self, address: str) -> str:
        """An address under which libpq and the server keep to them; what it says itself comes before ours.

        :raises psycopg.ProgrammingError: it is none
        """
        limits = {"statement_timeout": self.statement_timeout, "lock_timeout": self.lock_timeout}
        ours = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())
        theirs = conninfo_to_dict(address)
        connect = theirs.get("connect_timeout") or max(1, round(self.connect_timeout))
        return make_conninfo(address, connect_timeout=connect, options=f"{ours} {theirs.get('options') or ''}".strip())


class TimedConnection(psycopg.Connection[dict[str, Any]]):
    """A connection that waits for no answer of the server longer than its limits."""

    limits = TimeLimits()

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Waits like psycopg, but not for ever.

        :raises psycopg.OperationalError: no answer came; the connection is closed, since nobody knows what became of the statement
        """
        longest = self.limits.statement_timeout + _GRACE
        try:
            return super().wait(gen, interval, longest if timeout is None else timeout)
        except psycopg.errors.OperationalError as error:
            if timeout is not None or type(error) is not psycopg.errors._WaitTimeout:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server said nothing for {longest:g} seconds") from None


def _seconds(name: str, value: Any, where: str) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0
    # PostgreSQL counts in milliseconds, in 31 bits.
    if not 0 < seconds <= 2_000_000:
        raise ConfigurationError(
            f"{name} is {value!r}, but must be a number of seconds above zero.",
            where=where,
            cure="Correct it in the connection's extra fields.",
        )
    return seconds
