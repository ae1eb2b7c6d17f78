"""What the DAGs share: the company's time zone, the first date, the params of a run, and which errors are worth another try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule, conf

from certify_intacct.model import errors

# Days are the company's own. Airflow's default time zone is set to it, so that `airflow backfill create --from-date` means
# the same days as the timetable does.
COMPANY_TIME_ZONE = conf.get("core", "default_timezone")

FIRST_DATE = datetime(2020, 1, 1, tzinfo=ZoneInfo(COMPANY_TIME_ZONE if "/" in COMPANY_TIME_ZONE else "UTC"))

RUN_PARAMS = {
    "period_start": Param(
        None, type=["null", "string"], format="date", title="First date",
        description="For a manual run: the first company-local date, YYYY-MM-DD. Empty: the last complete day.",
    ),
    "period_end": Param(
        None, type=["null", "string"], format="date", title="Last date",
        description="For a manual run: the last date, included. Give both or none.",
    ),
    "dry_run": Param(
        None, type=["null", "boolean"], title="Preview only",
        description="True: plan and show, change nothing. Empty: a manual run previews, a scheduled or backfill run loads.",
    ),
    "entities": Param(
        [], type="array", items={"type": "string"}, title="Entities",
        description="Only these entities (Intacct location IDs). Empty: all.",
    ),
}  # fmt: skip

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
