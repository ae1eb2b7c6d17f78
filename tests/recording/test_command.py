"""`make record` from end to end: what is asked, what is kept, what it says."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from include.local.sandbox import connections
from include.recording import files
from include.recording.exchanges import EXCHANGES
from include.recording.harmless import is_word

ROOT = Path(__file__).parents[2]
READING = (
    "query ",
    "readByQuery",
    "readMore",
    "read ",
    "readByName",
    "lookup",
    "inspect",
    "get",
    "readEntityDetails",
    "readUserFormatting",
)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """A sandbox that stands for the company's services."""
    from tests.sandbox_fixture import RunningSandbox

    running = RunningSandbox(tmp_path_factory.mktemp("theirs"), "--scale", "empty")
    running.reset(seed=3, scale={"entities": 4, "departments": 5, "people": 50, "reports_per_day": 12, "days": 4})
    running.clear_calls()
    yield running
    running.stop()


def record(url: str, folder: Path, *options: str, **extra: str) -> subprocess.CompletedProcess[str]:
    variables = {"PYTHONPATH": str(ROOT / "plugins")}
    variables |= {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections(url).items()}
    command = [sys.executable, "-m", "include.recording", "--folder", str(folder), *options]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | variables | extra, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def recorded(theirs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded") / "recording"
    theirs.settings(certify_unknown_id="empty", support_id=False)
    done = record(theirs.url, folder)
    assert "Traceback" not in done.stderr, done.stderr[-1500:]
    assert done.returncode == 1, done.stderr
    return done, folder, theirs.calls()


def test_it_reads_only(recorded):
    _, _, calls = recorded
    assert {name.split()[0] for name in calls["certify"]} == {"GET"}
    assert {"lookup VENDOR", "query VENDOR"} <= set(calls["intacct"])
    assert [name for name in calls["intacct"] if not name.startswith(READING)] == []
    assert sum(counted["written"] for side in calls.values() for counted in side.values()) == 0


def test_it_says_what_differs_and_which_setting_explains_it(recorded):
    done, folder, _ = recorded
    assert done.returncode == 1, done.stderr
    said = (folder / "report.md").read_text()
    assert said in done.stdout
    for line in ("`certify_unknown_id` = `empty`", "`support_id` = `False`"):
        assert line in said
    assert {exchange.place for exchange in EXCHANGES} == set(files.read(folder))
    named = re.findall(r"`((?:intacct|certify)/\w+\.txt)`", said)
    assert named
    assert [name for name in named if not ((folder / name).exists() and (folder / "sandbox" / name).exists())] == []


def test_nothing_of_anybody_is_on_the_disk(recorded, theirs):
    _, folder, _ = recorded
    kept = "".join(file.read_text() for file in folder.glob("*/*.txt")).casefold()
    people = theirs.state("certify", "users")
    reports = theirs.state("certify", "expensereports")
    private = {person[name] for person in people for name in ("FirstName", "LastName", "Email", "EmployeeID")}
    private |= {
        report[name] for report in reports for name in ("ID", "ExpenseReportName", "ApprovalCode") if report.get(name)
    }
    private |= {vendor["NAME"] for vendor in theirs.state("intacct", "VENDOR")}
    private |= {"sandbox-key", "sandbox-secret", "sandbox_user_password", "sandbox_sender", "xml_gateway"}
    assert len(private) > 200
    assert "<lookup><object>vendor</object></lookup>" in kept
    # Two of them are called by their role.
    words = {text.casefold() for text in private if len(text) > 6 and not is_word(text)}
    assert [text for text in words if text in kept] == []


def test_files_are_for_the_user_alone(recorded):
    _, folder, _ = recorded
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*.txt")} == {0o600}


def test_the_folder_is_compared_again_without_asking_anybody(recorded, theirs):
    _, folder, _ = recorded
    theirs.clear_calls()
    done = record("http://127.0.0.1:9", folder, "--compare")
    assert done.returncode == 1, done.stderr
    assert theirs.calls() == {"intacct": {}, "certify": {}}


def test_what_lets_nobody_in_is_said_and_nothing_is_recorded(tmp_path):
    done = record("http://127.0.0.1:9", tmp_path / "recording")
    assert done.returncode == 2
    assert "No connection to 127.0.0.1 came about" in done.stderr
    assert not (tmp_path / "recording").exists()


def test_a_folder_without_a_recording_is_said(tmp_path):
    done = record("http://127.0.0.1:9", tmp_path, "--compare")
    assert done.returncode == 2
    assert "holds no recording" in done.stderr
