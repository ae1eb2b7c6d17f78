"""In a task's process, where all that is logged is the task's log, Great Expectations is silent from its import on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
#: What `validate` does in a process of its own, as a task runs: Airflow's logging first, then the library.
_TASK = """
import logging

from airflow.sdk.log import configure_logging
configure_logging()

from tests.quality.test_own_judging import BY_ROW, ROWS, own
from tests.quality.test_runner import GOOD, SUITE
from certify_intacct.quality.data_docs import data_docs
from certify_intacct.quality.own.judging import check, judge_own
from certify_intacct.quality.runner import judge

expectations = [own(f"expect_{name}", **{k: v for k, v in written.items() if v}) for name, written, _ in BY_ROW]
check(expectations)
verdicts = [*judge(SUITE, [{"key": "1", **GOOD}, {"key": "2", **GOOD, "missing": True}]), *judge_own(expectations, ROWS)]
data_docs(1, "things", verdicts, {verdict.rule: "text" for verdict in verdicts})
logging.getLogger("certify_intacct").info("our own table")
"""


def test_a_task_logs_what_we_say_and_nothing_of_the_library():
    paths = os.pathsep.join([str(_ROOT / "plugins"), str(_ROOT)])
    ran = subprocess.run(
        [sys.executable, "-c", _TASK],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    log = ran.stdout + ran.stderr
    assert ran.returncode == 0, log[-2000:]
    assert [line for line in log.splitlines() if line.strip() and "our own table" not in line] == []
    assert "our own table" in log, "what is logged at INFO is shown here"
