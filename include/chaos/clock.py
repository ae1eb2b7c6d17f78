"""The time of a round. It passes by what is done, not by the machine: as long as a request takes, or whoever sleeps.

The sandbox reads it from a file, the workers are told it, and PostgreSQL has functions of the same names as its own. Between two
requests PostgreSQL's moments follow each other by a trifle, so that none of them is the same twice.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import psycopg

# So long a request takes, with what is done around it.
TICK_SECONDS = 0.1
# Where PostgreSQL finds it, in its own folder.
FILE = "storm_clock"
# Within a tick PostgreSQL's moments differ by less than 0.04 s: quickly at first (a microsecond in 10 of the machine's), ever slower
# then, so that they go on differing however long the machine takes.
_FUNCTIONS = """
CREATE SCHEMA storm;
GRANT USAGE ON SCHEMA storm TO PUBLIC;
CREATE FUNCTION storm.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
    SELECT pg_catalog.to_timestamp(split_part(said, ' ', 1)::float / 1000000) + interval '0.04 s' * (passed / (passed + 0.4))
    FROM pg_catalog.pg_read_file('storm_clock') AS said, LATERAL (
        SELECT greatest(0, extract(epoch FROM pg_catalog.clock_timestamp()) - split_part(said, ' ', 2)::numeric / 1000000) AS passed
    ) AS machine
$$;
CREATE FUNCTION storm.now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE began text := pg_catalog.current_setting('storm.began', true);
BEGIN
    IF began IS NULL OR began = '' THEN
        began := storm.clock_timestamp()::text;
        PERFORM pg_catalog.set_config('storm.began', began, true);
    END IF;
    RETURN began::timestamptz;
END $$;
"""
# Found before PostgreSQL's own, and nothing is made in it.
_FIRST = "ALTER ROLE ALL SET search_path = public, storm, pg_catalog"


class Clock(Protocol):
    """What the harness asks of time."""

    def now(self) -> float:
        """Seconds, from wherever they are counted."""

    def sleep(self, seconds: float) -> None:
        """Lets so many seconds pass."""

    def since(self) -> float:
        """The moment from which they are counted, in seconds since 1970."""


class MachineClock:
    """The machine's, for what is played in real time."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def since(self) -> float:
        """When the machine's monotonic clock began."""
        return time.time() - time.monotonic()


class StormClock:
    """A clock that goes only when it is told to. Whoever tells it must be alone.

    :param file: where others read it
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._moment = 0
        self.set(datetime(2026, 1, 1, 12, tzinfo=UTC))

    def set(self, moment: datetime) -> None:
        """It is this late now."""
        self._moment = int(moment.timestamp()) * 1_000_000
        self._write()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._moment / 1_000_000

    def since(self) -> float:
        """They are counted from 1970."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Lets the time pass, in whole ticks, without waiting for it."""
        ticks = max(1, round(seconds / TICK_SECONDS))
        self._moment += ticks * round(TICK_SECONDS * 1_000_000)
        self._write()

    def _write(self) -> None:
        self.file.touch()
        self.file.chmod(0o644)
        with self.file.open("r+b") as file:
            os.pwrite(file.fileno(), f"{self._moment:020d} {time.time_ns() // 1000:020d}\n".encode(), 0)


def rule(url: str) -> None:
    """Makes the clock's functions in a database, which its copies have too, and lets every role of the server find them first.

    :param url: the database as the administrator
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FUNCTIONS)
        connection.execute(_FIRST)
