"""Which kinds of error are worth another attempt, as a table, and the loop that goes by it.

Only reads are asked again. A write is sent once: whether it was executed is settled by looking, not by sending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import tenacity

from certify_intacct.model import errors
from certify_intacct.transport.settings import TransportSettings

log = logging.getLogger(__name__)
Got = TypeVar("Got")


@dataclass(frozen=True)
class Policy:
    """What to do about one kind of error when reading.

    :param attempts: the most attempts in all; None means as the settings say.
    :param patience: multiplies the pauses.
    """

    attempts: int | None
    patience: float = 1.0


ONCE = Policy(attempts=1)

POLICIES: dict[type[errors.ConnectorError], Policy] = {
    errors.RateLimited: Policy(attempts=None, patience=4.0),
    errors.ServiceUnavailable: Policy(attempts=None),
    errors.AnswerUnreadable: Policy(attempts=None),
    errors.AnswerTooLarge: ONCE,
    # Changes while reading: the reader starts again from its first page, which it does itself.
    errors.IncompleteAnswer: ONCE,
    errors.ConfigurationError: ONCE,
    errors.CredentialsRefused: ONCE,
    errors.PermissionDenied: ONCE,
    errors.RequestRefused: ONCE,
    errors.FunctionFailed: ONCE,
    errors.RecordRefused: ONCE,
    errors.GuardTripped: ONCE,
    errors.BadInput: ONCE,
    errors.BooksDiffer: ONCE,
}
"""Every kind of error has its line; a kind without one is not tried again."""


def policy_of(error: BaseException) -> Policy:
    """Find the policy for an error: that of its own kind or of the nearest kind above it."""
    for kind in type(error).__mro__:
        if kind in POLICIES:
            return POLICIES[kind]
    return ONCE


def read(ask: Callable[[], Got], settings: TransportSettings, *, what: str) -> Got:
    """Carry out a read, again and again as the table of policies allows, and return what it gives.

    Pauses double from `wait_initial` up to `wait_max`, with jitter; a `Retry-After` of the service counts as the shortest pause,
    and one beyond `wait_max` ends the attempts.

    :param ask: the read; it must change nothing at the service.
    :param what: named in the log line of each further attempt.
    :raises ConnectorError: the error of the last attempt.
    """

    def worthwhile(state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if error is None or (getattr(error, "retry_after", None) or 0) > settings.wait_max:
            return False
        limit = policy_of(error).attempts
        return state.attempt_number < (settings.attempts if limit is None else limit)

    def pause(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        patience = policy_of(error).patience if error else 1.0
        backoff = tenacity.wait_exponential_jitter(
            initial=settings.wait_initial * patience, max=settings.wait_max, jitter=settings.wait_initial
        )(state)
        return max(min(backoff, settings.wait_max), getattr(error, "retry_after", None) or 0.0)

    def announce(state: tenacity.RetryCallState) -> None:
        error: Any = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0
        reason = getattr(error, "message", str(error))
        log.warning(
            "%s: attempt %d failed, the next follows in %.1f s: %s", what, state.attempt_number, seconds, reason
        )

    return tenacity.Retrying(
        retry=worthwhile, wait=pause, stop=tenacity.stop_never, before_sleep=announce, reraise=True
    )(ask)
