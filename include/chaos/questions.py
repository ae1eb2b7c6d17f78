"""What a round asks once the calm is over, beside what stands in the books: counts of the sandbox, and a list that people ask for."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

from include.chaos.environment import ROOT, Environment
from include.chaos.worker_pool import Lane
from include.local.errors import StackError


def records_written(environment: Environment) -> int:
    """How many records of people and lists were ever written to Certify."""
    counts = environment.sandbox.ask("GET", "calls")["certify"]
    return sum(one["written"] for name, one in counts.items() if name.startswith(("PUT ", "POST ")))


def vendors_to_make(environment: Environment, lane: Lane) -> list[tuple[str, str]]:
    """The list for accounts payable, vendor ID and problem, as whoever asks for it on a terminal reads it.

    :raises StackError: the command failed
    """
    command = [sys.executable, "-m", "certify_intacct.commands.vendors"]
    variables = {
        **os.environ,
        **lane.environment,
        "AIRFLOW_HOME": str(environment.folder / "airflow"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
    }
    told = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    if told.returncode:
        raise StackError(f"The list of vendors to make could not be read: {told.stderr}")
    return [(row["vendor_id"], row["problem"]) for row in csv.DictReader(told.stdout.splitlines())]
