"""`make record WRITES=1`: only a test company is written to, what is written is named first, and it is one folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from include.local.sandbox import connections
from include.recording import files
from include.recording.exchanges import ALL
from include.recording.recorder import Recorder
from include.recording.writing_exchanges import WRITING
from tests import shipped_config
from tests.recording.test_command import ROOT


def record(
    company, tmp_path, *options: str, environment: str, declared: str = "test"
) -> subprocess.CompletedProcess[str]:
    content = shipped_config.content()
    content["company"]["environment"] = environment
    (tmp_path / "connector.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    variables = {"PYTHONPATH": str(ROOT / "plugins"), "CONNECTOR_CONFIG": str(tmp_path / "connector.yaml")}
    for name, fields in connections(company.url).items():
        fields["extra"]["environment"] = declared
        variables[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(fields)
    command = [sys.executable, "-m", "include.recording", "--folder", str(tmp_path / "recording"), *options]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=300)


def folders(company) -> list[str]:
    return [folder["NAME"] for folder in company.control("GET", "state/intacct/SUPDOCFOLDER")["records"]]


@pytest.mark.parametrize(("environment", "declared"), [("live", "test"), ("live", "live"), ("test", "live")])
def test_a_live_company_is_not_written_to(environment, declared, company, tmp_path):
    before = folders(company)
    done = record(company, tmp_path, "--writes", "--only", "write_", environment=environment, declared=declared)
    assert done.returncode == 2
    assert "test" in done.stderr
    assert folders(company) == before
    assert not (tmp_path / "recording").exists()


def test_what_it_writes_is_named_first_marked_and_one_folder(company, tmp_path):
    before = folders(company)
    company.control("DELETE", "calls")
    done = record(company, tmp_path, "--writes", "--only", "write_", environment="test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.index("It writes a folder for attachments") < done.stdout.index("intacct/write_folder")
    (made,) = set(folders(company)) - set(before)
    assert made.startswith("certify-intacct recording ")
    assert set(files.read(tmp_path / "recording")) == {exchange.place for exchange in WRITING}
    calls = company.control("GET", "calls")
    written = {name: counted["written"] for name, counted in calls["intacct"].items() if counted["written"]}
    assert written == {"create_supdocfolder SUPDOCFOLDER": 1}
    assert sum(counted["written"] for counted in calls["certify"].values()) == 0


def test_without_being_told_nothing_is_written_in_a_test_company_either(company, tmp_path):
    before = folders(company)
    done = record(company, tmp_path, "--only", "folder", environment="test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(files.read(tmp_path / "recording")) == {"intacct/folders"}
    assert folders(company) == before


def test_what_writes_does_not_leave_a_recorder_that_only_reads(company):
    before = folders(company)
    company.play({}, [])
    recorder = Recorder(
        ALL,
        SageIntacctHook("recording_sandbox_sage_intacct_default"),
        CertifyHook("recording_sandbox_emburse_certify_default"),
    )
    assert recorder.play("intacct/write_folder").missing == "no answer came (BadInput)"
    assert folders(company) == before
