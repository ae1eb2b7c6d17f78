"""What the log of a task that failed shows: run by Airflow itself, in its own process, on its own database."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.local import databases

ROOT = Path(__file__).parents[2]
DAG = '''
from datetime import timedelta
from airflow.sdk import dag
from certify_intacct.dag_defaults import EVERY_DAG
from certify_intacct.model.errors import BadInput, ServiceUnavailable
from certify_intacct.operators.base import ConnectorOperator

class Raises(ConnectorOperator):
    """Raises what it is told to."""
    def execute(self, context):
        what = self.task_id
        if what == "bad_input":
            try:
                {}["within"]
            except KeyError as error:
                raise BadInput("The period ends too late.", where="period_end", cure="Choose complete days only.") from error
        if what == "unavailable":
            raise ServiceUnavailable("HTTP status 503.", where="Sage Intacct", cure="Wait.")
        if what == "no_connection":
            self.connector_db_conn_id = "nowhere"
            self.database
        if what == "too_slow":
            import time
            time.sleep(30)
        return {}["key"]

@dag(**EVERY_DAG, dag_id="fails", schedule=None)
def fails():
    for name in ("bad_input", "unavailable", "no_connection", "fault"):
        Raises(task_id=name)
    Raises(task_id="too_slow", execution_timeout=timedelta(seconds=1))

fails()
'''
WORDS = {
    "bad_input": "period_end: The period ends too late. Choose complete days only.",
    "unavailable": "Sage Intacct: HTTP status 503. Wait.",
    "no_connection": "Make it under Admin > Connections of Airflow; the README says what stands in it.",
    "fault": "This is no known kind of failure: KeyError: 'key'. Clear the task once. If it comes again, report it with this log.",
    "too_slow": "It took longer than its execution_timeout. What was done stands: clear it, and it goes on from there.",
}


@pytest.fixture(scope="module")
def environment(postgres_server, tmp_path_factory) -> Iterator[dict[str, str]]:
    """An Airflow with the DAG, whose database is ready."""
    name = "airflow_task_logs"
    databases.make_database(postgres_server, name, owner=databases.AIRFLOW)
    folder = tmp_path_factory.mktemp("dags")
    (folder / "fails.py").write_text(DAG, encoding="utf-8")
    url = postgres_server.url(name, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    found = os.environ | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
    }
    yield found
    databases.drop_database(postgres_server, name)


def airflow(environment: dict[str, str], commands: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.airflow_commands", commands],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def logs(environment) -> dict[str, str]:
    """Of each task, what was written while it ran."""
    commands = [["tasks", "test", "fails", name, "2026-11-20"] for name in WORDS]
    whole = airflow(environment, json.dumps([["db", "migrate"], ["dags", "reserialize"], *commands]))
    parts = whole.split("starting task_id=")[1:]
    assert len(parts) == len(WORDS), whole
    return dict(zip(WORDS, parts, strict=True))


def errors(log: str) -> list[str]:
    return [line for line in log.splitlines() if re.search(r"\[\s*error\s*\]|\berror\b\s*\]|ERROR", line)]


@pytest.mark.parametrize("task", ["bad_input", "unavailable", "no_connection"])
def test_a_known_reason_is_the_first_and_the_last_error_and_has_no_trace(logs, task):
    lines = errors(logs[task])
    assert WORDS[task] in lines[0], logs[task]
    assert WORDS[task] in lines[-1], logs[task]
    assert "Traceback" not in logs[task]
    assert "KeyError" not in logs[task]


def test_a_fault_of_the_program_keeps_its_trace_between_two_lines_that_say_what_to_do(logs):
    log = logs["fault"]
    lines = errors(log)
    assert WORDS["fault"] in lines[0], log
    assert WORDS["fault"] in lines[-1], log
    assert "Traceback" in log


def test_what_took_too_long_shows_where_it_was_and_says_what_to_do(logs):
    log = logs["too_slow"]
    lines = errors(log)
    # The first is Airflow's own clock.
    assert "timed out" in lines[0], log
    assert WORDS["too_slow"] in lines[1], log
    assert WORDS["too_slow"] in lines[-1], log
    assert "time.sleep(30)" in log


@pytest.mark.parametrize(
    ("task", "again"), [("bad_input", False), ("no_connection", False), ("unavailable", True), ("fault", True)]
)
def test_what_a_person_has_to_cure_first_is_not_tried_again(logs, task, again):
    assert ("up_for_retry" in logs[task].lower()) is again, logs[task]
