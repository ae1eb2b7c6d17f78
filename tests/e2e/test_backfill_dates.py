"""`airflow backfill create` works on the days that are asked for, in whatever zone the company lives, whatever ran on them before."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml

from certify_intacct.model.periods import Period
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.runs.report_text import report_lines
from certify_intacct.staging.manifest import Load
from certify_intacct.staging.run_report import RunReport
from include.local import databases
from tests import shipped_config

ROOT = Path(__file__).parents[2]
DAYS = ["--dag-id", "organization_sync", "--from-date", "2026-10-24", "--to-date", "2026-11-01"]


@pytest.fixture(scope="module")
def metadata_url(postgres_server) -> Iterator[str]:
    """An empty database for Airflow."""
    name = "airflow_backfill_dates"
    databases.make_database(postgres_server, name, owner=databases.AIRFLOW)
    yield postgres_server.url(name, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    databases.drop_database(postgres_server, name)


@pytest.fixture
def in_zone(tmp_path, monkeypatch) -> Callable[[str], str]:
    """Lets the company live in a zone, as its connector.yaml says."""

    def move(zone: str) -> str:
        content = shipped_config.content()
        content["company"]["time_zone"] = zone
        (tmp_path / "connector.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "connector.yaml"))
        return zone

    return move


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


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Atlantic/Azores", "America/Havana"])
def test_the_dates_asked_for_are_the_dates_worked(zone, metadata_url, in_zone):
    commands = [["db", "migrate"], ["dags", "reserialize"], ["backfill", "create", *DAYS, "--dry-run"]]
    listed = airflow(commands, metadata_url, in_zone(zone))
    starts = [datetime.fromisoformat(text) for text in re.findall(r"^\| (\d{4}-\d\d-\d\d \S+)", listed, re.MULTILINE)]
    days = [start.astimezone(ZoneInfo(zone)).date() for start in starts]
    # The range holds the days on which the clocks change in all of them; in the last two, midnight comes twice.
    assert days == list(Period(date(2026, 10, 24), date(2026, 11, 1)).dates())


@pytest.mark.parametrize(
    ("zone", "odd"),
    [
        ("Africa/Cairo", date(2026, 4, 24)), ("America/Santiago", date(2026, 9, 6)), ("Atlantic/Azores", date(2026, 10, 25)),
        ("America/St_Johns", date(2026, 11, 1)), ("Pacific/Auckland", date(2026, 9, 27)),
    ],
)  # fmt: skip
def test_the_command_that_is_told_covers_each_date_beside_a_change_of_the_clocks(zone, odd, metadata_url, in_zone):
    """Airflow loses a date when it is asked for a midnight that comes twice, or for that before one that never comes."""
    before, after = odd - timedelta(days=1), odd + timedelta(days=1)
    rows = [[before], [odd], [after], [before, odd, after]]
    told = [backfill_commands("organization", row, ZoneInfo(zone)) for row in rows]
    made = [[*shlex.split(command)[1:], "--dry-run"] for (command,) in told]
    listed = airflow([["db", "migrate"], ["dags", "reserialize"], *made], metadata_url, in_zone(zone))
    starts = [datetime.fromisoformat(text) for text in re.findall(r"^\| (\d{4}-\d\d-\d\d \S+)", listed, re.MULTILINE)]
    assert [start.astimezone(ZoneInfo(zone)).date() for start in starts] == [day for row in rows for day in row]


FAILED, SUCCEEDED, NEVER_RAN = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
LATER = date(2026, 3, 6)


def test_the_commands_of_the_report_have_every_uncovered_date_worked(metadata_url, in_zone):
    """A date that failed, one whose run succeeded and covered nothing (for some entities), one without a run; one after a gap."""
    zone = in_zone("Europe/Berlin")
    starts = {day: datetime.combine(day, time(), ZoneInfo(zone)) for day in (FAILED, SUCCEEDED)}
    trigger = ["dags", "trigger", "expense_sync", "--logical-date"]
    made = [[*trigger, start.isoformat(), "--run-id", f"of-{day}"] for day, start in starts.items()]
    airflow([["db", "migrate"], ["dags", "reserialize"], *made], metadata_url, zone)
    with psycopg.connect(metadata_url.replace("+psycopg2", ""), autocommit=True) as connection:
        for day, state in ((FAILED, "failed"), (SUCCEEDED, "success")):
            connection.execute("UPDATE dag_run SET state = %s WHERE run_id = %s", [state, f"of-{day}"])
        for command in printed([FAILED, SUCCEEDED, NEVER_RAN, LATER], zone):
            airflow([shlex.split(command)[1:]], metadata_url, zone)
            # Airflow takes the next when the one before is done.
            connection.execute("UPDATE backfill SET completed_at = now()")
        rows = connection.execute(
            "SELECT b.logical_date, r.state, b.exception_reason FROM backfill_dag_run b LEFT JOIN dag_run r ON r.id = b.dag_run_id"
        ).fetchall()
    worked = {start.astimezone(ZoneInfo(zone)).date(): (state, reason) for start, state, reason in rows}
    assert worked == dict.fromkeys([FAILED, SUCCEEDED, NEVER_RAN, LATER], ("queued", None))


def printed(uncovered: list[date], zone: str) -> list[str]:
    """The commands in the report of a run that finds these dates uncovered."""
    load = Load(
        load_id=7, dag_id="expense_sync", run_id="r", run_type="scheduled", direction="expense", period=Period(LATER, LATER),
        preview=False, entities=(), config_hash="c", state="loaded",
    )  # fmt: skip
    lines = report_lines(RunReport(load=load, zone=ZoneInfo(zone), counts={}, uncovered=uncovered))
    return [line.strip() for line in lines if "airflow" in line]
