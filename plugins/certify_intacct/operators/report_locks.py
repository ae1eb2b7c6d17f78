"""One session of PostgreSQL that holds a lock for each report that is being sent.

The locks belong to the session: a ``sending`` row whose lock is free was left by somebody who is no longer there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from types import TracebackType

import psycopg

from certify_intacct.staging.database import Database
from certify_intacct.staging.locks import lock_key, require_session


class ReportLocks:
    """Takes and gives back the locks of reports, by token. Never waits, so it cannot deadlock.

    :param company: the Intacct company: the lock of a report is one for each company it is posted to
    """

    def __init__(self, database: Database, company: str) -> None:
        self._connection = database.connect(autocommit=True)
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
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s) AS ours", [self._key(token)]).fetchone()
            if row and row["ours"]:
                taken.add(token)
        return taken

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
        return lock_key(f"posting/{self._company}/{token}")
