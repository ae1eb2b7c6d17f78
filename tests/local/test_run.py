"""A person's own command in the environment of the running stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from include.local.passwords import write_private
from include.local.settings import ROOT


def run(folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "include.local", "run", *arguments],
        cwd=ROOT,
        env=os.environ | {"RUN_DIR": str(folder)},
        capture_output=True,
        text=True,
    )


def test_it_sees_what_the_stack_sees(tmp_path):
    write_private(
        tmp_path / "environment.json", json.dumps({"PATH": os.environ["PATH"], "CONNECTOR_CONFIG": "the stack's own"})
    )
    result = run(tmp_path, sys.executable, "-c", "import os; print(os.environ['CONNECTOR_CONFIG'])")
    assert (result.returncode, result.stdout.strip()) == (0, "the stack's own")


def test_without_a_stack_it_says_so(tmp_path):
    result = run(tmp_path, "airflow", "version")
    assert result.returncode == 1
    assert result.stderr.startswith("error: No stack runs here")


def test_a_command_that_does_not_exist_is_one_clear_line(tmp_path):
    write_private(tmp_path / "environment.json", json.dumps({"PATH": os.environ["PATH"]}))
    result = run(tmp_path, "no-such-command")
    assert result.returncode == 1
    assert result.stderr.strip() == "error: no-such-command cannot be run: No such file or directory."
