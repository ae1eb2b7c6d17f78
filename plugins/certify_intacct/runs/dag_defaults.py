"""What the DAGs share: the company's time zone, the first date, and which errors are worth another try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, conf

from certify_intacct.model import errors

# Days are the company's own. Airflow's default time zone is set to it, so that `airflow backfill create --from-date` means
# the same days as the timetable does.
COMPANY_TIME_ZONE = conf.get("core", "default_timezone")

FIRST_DATE = datetime(2020, 1, 1, tzinfo=ZoneInfo(COMPANY_TIME_ZONE if "/" in COMPANY_TIME_ZONE else "UTC"))

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
