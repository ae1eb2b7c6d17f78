"""Whose services are recorded: those of the running stack's connections, made in the UI too, or of the user's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.local import databases
from include.local.passwords import write_private
from include.local.sandbox import connections
from tests.e2e.test_backfill_dates import ROOT, airflow

NAME = "airflow_recorded"
# Nobody listens there: that it was asked shows that the connection was found.
NOWHERE = "http://127.0.0.1:9"
ASKED = "No connection to 127.0.0.1 came about"


def record(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {"RUN_DIR": str(folder), "PYTHONPATH": str(ROOT / "plugins")}
    command = [sys.executable, "-m", "include.local", "record", "--folder", str(folder / "recording")]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | own | variables, capture_output=True, text=True, timeout=300
    )


@pytest.fixture
def stack(postgres_server, tmp_path):
    """The environment of a running stack, whose database of Airflow knows no connection yet."""
    databases.make_database(postgres_server, NAME, owner=databases.AIRFLOW)
    url = postgres_server.url(NAME, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    variables = dict(os.environ) | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url, "PYTHONPATH": str(ROOT / "plugins")}
    write_private(tmp_path / "environment.json", json.dumps(variables))
    yield url
    databases.drop_database(postgres_server, NAME)


def test_a_connection_that_was_made_in_the_ui_is_found_and_one_that_is_missing_is_said(stack, tmp_path):
    airflow([["db", "migrate"]], stack, "Europe/Berlin")
    done = record(tmp_path)
    assert done.returncode == 2
    assert "sage_intacct_default" in done.stderr
    assert "Add it under Admin > Connections" in done.stderr
    made = [
        ["connections", "add", name, "--conn-json", json.dumps(fields)] for name, fields in connections(NOWHERE).items()
    ]
    airflow(made, stack, "Europe/Berlin")
    done = record(tmp_path)
    assert (done.returncode, ASKED in done.stderr) == (2, True), done.stderr


def test_without_a_stack_the_user_s_own_variables_count(tmp_path):
    variables = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections(NOWHERE).items()}
    done = record(tmp_path, **variables)
    assert (done.returncode, ASKED in done.stderr) == (2, True), done.stderr


def test_without_either_it_says_what_to_do(tmp_path):
    done = record(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: No stack runs here, and AIRFLOW_CONN_SAGE_INTACCT_DEFAULT and AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT are not set"
    )
