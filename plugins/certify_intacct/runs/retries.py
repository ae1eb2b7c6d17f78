"""Which errors are worth another try, as data for Airflow's own retry policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from certify_intacct.model import errors

# Trying again changes nothing about these: a person has to act first.
_FINAL = (
    errors.ConfigurationError,
    errors.CredentialsRefused,
    errors.PermissionDenied,
    errors.GuardTripped,
    errors.BadInput,
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "finance-data",
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy([RetryRule(exception=kind, action=RetryAction.FAIL) for kind in _FINAL]),
    "execution_timeout": timedelta(hours=2),
}
