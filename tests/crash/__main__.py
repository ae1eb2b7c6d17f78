"""``python -m tests.crash --all``: both syncs, with each statement of the database and each request to a service failing in every way.

It takes hours. ``--at`` and ``--sync`` do a part, ``--task load_intacct`` one task alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

_TESTS = {
    ("statements", "expenses"): "test_expenses.py",
    ("statements", "people"): "test_people.py",
    ("requests", "expenses"): "test_requests.py::test_nothing_twice_and_nothing_lost_when_a_request_fails",
    ("requests", "people"): "test_requests.py::test_nobody_twice_and_nobody_lost_when_a_request_fails",
}


def main() -> int:
    """Runs the tests of this folder with more strikes than `make test` has time for; prints what came of each task."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="everything in every way, not a sample")
    parser.add_argument(
        "--at", choices=("statements", "requests"), help="only at the database, or only at both services"
    )
    parser.add_argument("--sync", choices=("expenses", "people"), help="only this sync")
    parser.add_argument("--task", default="", help="only this task of the runs, for example load_intacct; with --all")
    given = parser.parse_args()
    if given.all:
        os.environ["CRASH"] = "all"
    os.environ["CRASH_TASK"] = given.task
    folder = Path(__file__).parent
    tests = [
        str(folder / test)
        for (at, sync), test in _TESTS.items()
        if given.at in (None, at) and given.sync in (None, sync)
    ]
    return int(pytest.main([*tests, "-q", "-s", "--show-capture=no", "--tb=short", "-p", "no:logging"]))


if __name__ == "__main__":
    sys.exit(main())
