"""``python -m tests.deployment.fresh_machine``: the two commands on machines of many kinds, each from an empty folder.

Every case downloads and runs everything; where the commands must work, that takes about seven minutes. Root can try all of them,
an ordinary user those that change neither account nor mounts. Exit status 0 only when each case that could be tried is as it must be.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.deployment.fresh_machine.cases import CASES, by_name
from tests.deployment.fresh_machine.machine import tried


def main() -> int:
    """Try the cases that are named, or all; print a line for each."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.deployment.fresh_machine", description=__doc__.splitlines()[0]
    )
    parser.add_argument("names", nargs="*", metavar="CASE", help=", ".join(case.name for case in CASES))
    given = parser.parse_args()
    wrong = 0
    for case in [by_name(name) for name in given.names] or CASES:
        print(f"{case.name:<11} {case.about}", flush=True)
        begun = time.monotonic()
        found = case.missing and f"not tried: {case.missing}"
        if not found:
            problem = tried(case)
            wrong += bool(problem)
            found = f"WRONG: {problem}" if problem else "refused in one line, as it must" if case.refused else "works"
        print(f"{'':<11} {found} ({time.monotonic() - begun:.0f} s)", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main())
