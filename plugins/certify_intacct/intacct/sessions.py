"""Sessions at Intacct, and those that lie idle and may be taken over by another who works at the same company.

Intacct bills no session, but each sign-in is a request that somebody waits for, and a group's documents are made inside hundreds of
entities.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass
class Session:
    """A session inside one entity, or at top level.

    :param seconds: how long it lives when nothing is sent; None where Intacct does not say
    :param used: when something was sent in it last, by the clock that only runs on
    """

    session_id: str
    endpoint: str
    seconds: float | None
    used: float

    def may_have_ended(self) -> bool:
        """Tell whether it has lain idle for nearly as long as it lives."""
        if self.seconds is None:
            return False
        return time.monotonic() - self.used > self.seconds - min(60.0, self.seconds / 10)


class IdleSessions:
    """Sessions that nobody uses just now, by entity. Each is used by one at a time: who takes one has it alone."""

    def __init__(self) -> None:
        self._sessions: defaultdict[str, list[Session]] = defaultdict(list)
        self._lock = Lock()

    def put(self, sessions: Mapping[str, Session]) -> None:
        """Lay down sessions for others to take."""
        with self._lock:
            for entity, session in sessions.items():
                self._sessions[entity].append(session)

    def take(self, entity: str) -> Session | None:
        """Take a session of this entity, if there is one that lives."""
        with self._lock:
            while self._sessions.get(entity):
                session = self._sessions[entity].pop()
                if not session.may_have_ended():
                    return session
        return None
