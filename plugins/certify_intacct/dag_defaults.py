"""What every DAG has in common, for ``@dag(**EVERY_DAG, …)``: from when, whose it is, which errors are tried again, who is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, conf

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConfigurationError
from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.runs.failing import FINAL, StoppedForGood, last_words

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration


def _settings() -> Configuration | None:
    """connector.yaml, or None: a DAG is there even if it cannot be read, and its first task says what is wrong with it."""
    try:
        return load(config_path())
    except ConfigurationError:
        return None


def _company_time_zone() -> str:
    """The zone whose days are the company's, as connector.yaml has it.

    Where that cannot be read, the schedule keeps to Airflow's own zone, which ``open_load`` holds to be the same.
    """
    if _SETTINGS is not None:
        return _SETTINGS.company.time_zone
    zone = str(conf.get("core", "default_timezone"))
    return zone if "/" in zone else "UTC"


_SETTINGS = _settings()
COMPANY_TIME_ZONE = _company_time_zone()
_OWNER = "finance-data"
_ADDRESSES = _SETTINGS.notifications.addresses if _SETTINGS is not None else ()
# Whom a click on the owner of a DAG writes to: those who are told of its failed runs.
_OWNER_LINKS = {_OWNER: f"mailto:{','.join(_ADDRESSES)}"} if _ADDRESSES else {}

# A day of 10,000 reports has 30,000 of them, and each is a request of its own at Certify.
RECEIPTS_TIMEOUT = timedelta(hours=8)

_DEFAULT_ARGS: dict[str, Any] = {
    "owner": _OWNER,
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy(
        [RetryRule(exception=kind, action=RetryAction.FAIL) for kind in (StoppedForGood, *FINAL)]
    ),
    "on_retry_callback": last_words,
    # What a task does when it fails for good: it tells people, and ends its log with the reason.
    "on_failure_callback": [FailureNotifier(), last_words],
    "execution_timeout": timedelta(hours=2),
    # A run that is further comes first. By Airflow's own order the first run of a backfill is reconciled when the last has extracted.
    "weight_rule": "upstream",
}

EVERY_DAG: dict[str, Any] = {
    "start_date": datetime(2020, 1, 1, tzinfo=ZoneInfo(COMPANY_TIME_ZONE)),
    "catchup": False,
    "default_args": _DEFAULT_ARGS,
    "owner_links": _OWNER_LINKS,
    # Of what is no task's failure.
    "on_failure_callback": FailureNotifier(),
}
