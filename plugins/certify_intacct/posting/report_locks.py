"""One session of PostgreSQL that holds a lock for each report that is being sent.

The locks belong to the session: a ``sending`` row whose lock is free was left by somebody who is no longer there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

import psycopg

from certify_intacct.staging.database import Database, told
from certify_intacct.staging.locks import lock_key, require_session

_NAMED = "certify_intacct load "
_HOLDER = """
    SELECT o.load_id, o.dag_id, o.run_id, a.backend_start AS since
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    JOIN ops.load o ON o.load_id::text = substring(a.application_name FROM %(named)s)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.classid::bigint = %(high)s AND l.objid::bigint = %(low)s
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Holder:
    """Who works on a report just now.

    :param load_id: its load
    :param run_id: the Airflow run of that load
    :param since: when its session at PostgreSQL began
    """

    load_id: int
    dag_id: str
    run_id: str
    since: datetime

    def __str__(self) -> str:
        since = f"{self.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        return f"Load {self.load_id} ({self.dag_id}, run {self.run_id}), at work since {since}"


class ReportLocks:
    """Takes and gives back the locks of reports, by token. Never waits, so it cannot deadlock.

    :param company: the Intacct company: the lock of a report is one for each company it is posted to
    :param load_id: the load that works under these locks; others are told
    :param work: what is done to the reports; who does something else to them works at the same time
    """

    def __init__(self, database: Database, company: str, *, load_id: int, work: str = "posting") -> None:
        self._work = work
        self._connection = database.connect(autocommit=True, name=f"{_NAMED}{load_id}")
        self._company = company

    def __enter__(self) -> ReportLocks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def take(self, tokens: Iterable[str]) -> set[str]:
        """The tokens of those reports that nobody else is sending; they are ours until given back."""
        taken = set()
        for token in sorted(set(tokens)):
            with told():
                row = self._connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", [self._key(token)]).fetchone()
            if row and row["ours"]:
                taken.add(token)
        return taken

    def holder(self, token: str) -> Holder | None:
        """Who holds the lock of a report, as PostgreSQL says; None when nobody does any more, or it is none of our loads."""
        key = self._key(token) % 2**64
        values = {"named": f"^{_NAMED}([0-9]+)$", "high": key >> 32, "low": key & 0xFFFFFFFF}
        with told():
            row = self._connection.execute(_HOLDER, values).fetchone()
        return Holder(**row) if row else None

    def give_back(self, tokens: Iterable[str]) -> None:
        """Lets others have them."""
        # A session that is gone has given everything back.
        with contextlib.suppress(psycopg.OperationalError):
            for token in sorted(set(tokens)):
                self._connection.execute("SELECT pg_advisory_unlock(%s)", [self._key(token)])

    def require(self) -> None:
        """Makes sure that what was taken is still ours.

        :raises ServiceUnavailable: the session is gone, and with it every lock
        """
        require_session(self._connection)

    def _key(self, token: str) -> int:
        return lock_key(f"{self._work}/{self._company}/{token}")
