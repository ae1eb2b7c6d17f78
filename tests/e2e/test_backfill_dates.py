"""`airflow backfill create --from-date --to-date` means the company's own days, in whatever zone the company lives."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.model.periods import Period
from include.local import databases

ROOT = Path(__file__).parents[2]
DAYS = ["--dag-id", "organization_sync", "--from-date", "2026-10-24", "--to-date", "2026-11-01"]


@pytest.fixture(scope="module")
def metadata_url(postgres_server) -> Iterator[str]:
    """An empty database for Airflow."""
    name = "airflow_backfill_dates"
    databases.make_database(postgres_server, name, owner=databases.AIRFLOW)
    yield postgres_server.url(name, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    databases.drop_database(postgres_server, name)


def airflow(commands: list[list[str]], url: str, zone: str) -> str:
    """What the commands print, as a company of that time zone runs them."""
    environment = os.environ | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": zone,
        # The second zone's DAG replaces the first one's at once, not after half a minute.
        "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "0",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
    }
    command = [sys.executable, "-m", "tests.e2e.airflow_commands", json.dumps(commands)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_the_dates_asked_for_are_the_dates_worked(zone, metadata_url):
    commands = [["db", "migrate"], ["dags", "reserialize"], ["backfill", "create", *DAYS, "--dry-run"]]
    listed = airflow(commands, metadata_url, zone)
    starts = [datetime.fromisoformat(text) for text in re.findall(r"^\| (\d{4}-\d\d-\d\d \S+)", listed, re.MULTILINE)]
    days = [start.astimezone(ZoneInfo(zone)).date() for start in starts]
    # The range holds the days on which the clocks change in both zones.
    assert days == list(Period(date(2026, 10, 24), date(2026, 11, 1)).dates())
