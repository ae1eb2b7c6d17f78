"""Counts the requests to both services, and has the sandbox fail one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.faults import KINDS
from tests.crash.stages import Stage

#: Seconds that a service is silent; the tests' connections give up earlier.
SILENCE = 4
PATIENCE = {"attempts": 1, "read_timeout": 3}
# It looks as if a person had to act first: Airflow does not try again, the person does.
_ENDS_THE_TASK = ("http_400", "http_401", "http_403")
_LOGIN = "getAPISession"


@dataclass(frozen=True)
class Failure:
    """Which request of a task fails, counted from 1 over both services, and how.

    :param kind: a kind of fault of the sandbox
    :param commit: for kinds that leave it open, whether the service has done the work
    """

    number: int
    kind: str
    commit: bool | None = None

    @property
    def may_end_the_task(self) -> bool:
        """Whether Airflow may leave the next try to a person."""
        return self.kind in _ENDS_THE_TASK

    def __str__(self) -> str:
        done = {None: "", True: ", work done", False: ", nothing done"}[self.commit]
        return f"request {self.number}, {self.kind}{done}"


class Calls:
    """To requests what the relay is to statements; ``statements`` are "side name name…" of each request."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._ordered = 0

    def arm(self, failure: Failure | None, undisturbed: Sequence[str] = ()) -> None:
        """Counts from the start again, and lets one request fail, of those that an undisturbed run made (None: none)."""
        self._sandbox.clear_faults()
        self._ordered = 0
        if failure is not None:
            wanted = undisturbed[failure.number - 1].split()[0]
            before = [call for call in undisturbed[: failure.number - 1] if fits(failure.kind, call)]
            skip = sum(call.split()[0] == wanted for call in before)
            order = {"side": wanted, "kind": failure.kind, "skip": skip, "seconds": SILENCE, "retry_after": 0}
            if failure.commit is not None:
                order["commit"] = failure.commit
            self._ordered = self._sandbox.fault(**order)["number"]
        # A delay of nothing at every other request: the sandbox notes which requests it struck.
        self._sandbox.fault(kind="slow", seconds=0, times=None)

    def heal(self) -> None:
        """No more failures."""
        self._sandbox.clear_faults()

    @property
    def statements(self) -> list[str]:
        """The requests since ``arm``, until ``heal``."""
        return [_text(entry) for entry in self._sandbox.faults()["log"]]

    @property
    def struck(self) -> str | None:
        """The request that failed."""
        log = self._sandbox.faults()["log"]
        return next((_text(entry) for entry in log if entry["fault"] == self._ordered), None)


def _text(entry: dict[str, Any]) -> str:
    return " ".join([entry["side"], *entry["names"]])


def fits(kind: str, call: str) -> bool:
    """Whether a request can fail so."""
    side, *names = call.split()
    return side in KINDS[kind].sides and not (kind == "session_expired" and _LOGIN in names)


def failures(_stage: Stage, calls: Sequence[str]) -> list[Failure]:
    """Each request of a task in every way."""
    return [
        Failure(number, kind, commit)
        for number, call in enumerate(calls, 1)
        for kind, known in KINDS.items()
        if fits(kind, call)
        for commit in ((False, True) if known.either_stage else (None,))
    ]
