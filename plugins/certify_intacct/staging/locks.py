"""One at a time, held by PostgreSQL for as long as the holder lives."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from certify_intacct.model.errors import ServiceUnavailable
from certify_intacct.staging.database import Connection, Database, told

# Seconds.
_LONGEST_WAIT = 3600
_PAUSE = 0.5


def lock_key(name: str) -> int:
    """The 64-bit number that PostgreSQL's advisory locks want, from a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def require_session(connection: Connection) -> None:
    """Makes sure that the session that holds a lock still lives.

    :raises ServiceUnavailable: it is gone, a restart of PostgreSQL for example, and somebody else may hold the lock by now
    """
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        raise ServiceUnavailable(
            f"The database ended the session that held our lock, so somebody else may be at the same work: {str(error).strip()}",
            where="before sending",
            cure="The task is tried again by itself.",
        ) from None


@contextmanager
def exclusive(database: Database, name: str) -> Iterator[Connection]:
    """Holds the advisory lock ``name`` while the block runs, waiting for it first.

    The lock belongs to the session: when its holder dies, PostgreSQL gives it back.

    :raises ServiceUnavailable: somebody else still held it after an hour
    """
    connection = database.connect(autocommit=True)
    try:
        _wait_for(connection, name)
        yield connection
    finally:
        connection.close()


def _wait_for(connection: Connection, name: str) -> None:
    """Asks until it is ours. No statement waits at the server: one that says nothing would not be told from a lock that is held."""
    end = time.monotonic() + _LONGEST_WAIT
    with told():
        while not connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", [lock_key(name)]).fetchone()["ours"]:  # type: ignore[index]
            if time.monotonic() > end:
                raise ServiceUnavailable(
                    f"Another task has held the lock {name!r} for more than {_LONGEST_WAIT // 60} minutes.",
                    where="before sending",
                    cure="The task is tried again by itself. If this stays, look which run hangs.",
                )
            time.sleep(_PAUSE)
