from __future__ import annotations

import inspect

import pytest

from certify_intacct.model import errors
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError, RateLimited, ServiceUnavailable
from certify_intacct.transport import retries
from certify_intacct.transport.settings import TransportSettings

FAST = TransportSettings(attempts=4, wait_initial=0.001, wait_max=0.01)


def failing(error: Exception, times: int):
    calls = []

    def ask() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "there"

    return ask, calls


@pytest.mark.parametrize("kind", [RateLimited, ServiceUnavailable, AnswerUnreadable])
def test_what_passes_is_asked_again(kind):
    ask, calls = failing(kind("no"), 3)
    assert retries.read(ask, FAST, what="test") == "there"
    assert len(calls) == 4


def test_attempts_end_with_the_last_error():
    ask, calls = failing(ServiceUnavailable("still down"), 99)
    with pytest.raises(ServiceUnavailable, match="still down"):
        retries.read(ask, FAST, what="test")
    assert len(calls) == FAST.attempts


@pytest.mark.parametrize(
    "kind",
    [
        errors.ConfigurationError,
        errors.CredentialsRefused,
        errors.PermissionDenied,
        errors.IncompleteAnswer,
        errors.RequestRefused,
        errors.FunctionFailed,
        errors.RecordRefused,
        errors.GuardTripped,
        errors.BadInput,
        errors.BooksDiffer,
        ValueError,
    ],
)
def test_what_does_not_pass_is_asked_once(kind):
    ask, calls = failing(kind("no"), 99)
    with pytest.raises(kind):
        retries.read(ask, FAST, what="test")
    assert len(calls) == 1


def test_every_kind_of_error_has_a_policy_of_its_own():
    kinds = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, ConnectorError) and kind is not ConnectorError
    }
    assert kinds == set(retries.POLICIES)


def test_retry_after_is_waited_for_and_an_endless_one_is_not(caplog):
    ask, calls = failing(RateLimited("slow down", retry_after=0.01), 1)
    assert retries.read(ask, FAST, what="reading users") == "there"
    assert "reading users: attempt 1 failed, the next follows in" in caplog.text

    ask, calls = failing(RateLimited("come back tomorrow", retry_after=3600), 1)
    with pytest.raises(RateLimited, match="tomorrow"):
        retries.read(ask, FAST, what="test")
    assert len(calls) == 1
