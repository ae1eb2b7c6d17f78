"""``python -m tests.crash --all``: both syncs, with the database taken away at every statement, in every way.

It takes the better part of an hour. ``--task load_intacct`` does one task alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest


def main() -> int:
    """Runs the tests of this folder with more strikes than `make test` has time for; prints what came of each task."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every statement in every way, not a sample")
    parser.add_argument("--task", default="", help="only this task of the runs, for example load_intacct; with --all")
    parser.add_argument("--sync", choices=("expenses", "people"), help="only this sync")
    given = parser.parse_args()
    if given.all:
        os.environ["CRASH"] = "all"
    os.environ["CRASH_TASK"] = given.task
    folder = Path(__file__).parent
    tests = folder / f"test_{given.sync}.py" if given.sync else folder
    return int(pytest.main([str(tests), "-q", "-s", "--show-capture=no", "--tb=short", "-p", "no:logging"]))


if __name__ == "__main__":
    sys.exit(main())
