"""What the DAGs share: the company's time zone, the first date, and which errors are worth another try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, conf

from certify_intacct.model import errors
from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConfigurationError


def _company_time_zone() -> str:
    """The zone whose days are the company's, as connector.yaml has it.

    A DAG is there even if connector.yaml cannot be read: its first task says what is wrong with it. Its schedule then keeps to
    Airflow's own zone, which ``open_load`` holds to be the same.
    """
    try:
        return load(config_path()).company.time_zone
    except ConfigurationError:
        zone = str(conf.get("core", "default_timezone"))
        return zone if "/" in zone else "UTC"


COMPANY_TIME_ZONE = _company_time_zone()

FIRST_DATE = datetime(2020, 1, 1, tzinfo=ZoneInfo(COMPANY_TIME_ZONE))

# Trying again changes nothing about these: a person has to act first.
_FINAL = (
    errors.ConfigurationError,
    errors.CredentialsRefused,
    errors.PermissionDenied,
    errors.GuardTripped,
    errors.BadInput,
    errors.BooksDiffer,
)

# A day of 10,000 reports has 30,000 of them, and each is a request of its own at Certify.
RECEIPTS_TIMEOUT = timedelta(hours=8)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "finance-data",
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy([RetryRule(exception=kind, action=RetryAction.FAIL) for kind in _FINAL]),
    "execution_timeout": timedelta(hours=2),
    # A run that is further comes first. By Airflow's own order the first run of a backfill is reconciled when the last has extracted.
    "weight_rule": "upstream",
}
