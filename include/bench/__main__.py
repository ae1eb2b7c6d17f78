"""``make bench``: what extraction costs beside a bare loop; with ``DAY=`` what a day of the expense sync costs task by task, with
``BACKFILL=`` how a backfill grows with its days, and with ``MACHINES=`` what a second Celery worker is worth."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from include.bench.backfill import LENGTHS, backfill
from include.bench.day import GROWTH, TaskFailed, days
from include.bench.extraction import ROUNDS, SIZES, extraction
from include.bench.machines import LATENCY, machines
from include.local.bootstrap import pip_environment
from include.local.environment import clean
from include.local.errors import StackError


def main(pip: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES), help="extraction: sizes of the list")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="extraction: how often each is read")
    parser.add_argument("--day", type=int, nargs="*", help="reports of a day to run instead; several: how it grows")
    parser.add_argument("--growth", action="store_true", help=f"days of {', '.join(map(str, GROWTH))} reports")
    parser.add_argument("--backfill", type=int, nargs="*", help="days after which a backfill is looked at")
    parser.add_argument(
        "--without-receipts", action="store_true", help="a day or a backfill: receipts are not attached"
    )
    parser.add_argument(
        "--machines", type=int, help="reports of a day: backfills ten of them with one worker, and with two"
    )
    parser.add_argument(
        "--latency", type=float, help=f"seconds that each call of a day takes longer; with --machines {LATENCY:g}"
    )
    parser.add_argument("--profile", type=Path, help="folder for a profile of each task of a day")
    options = parser.parse_args()
    receipts = not options.without_receipts
    try:
        if options.machines:
            machines(options.machines, latency=LATENCY if options.latency is None else options.latency)
        elif options.backfill is not None:
            backfill(options.backfill or LENGTHS, receipts=receipts, profile=options.profile)
        elif options.growth or options.day:
            latency = options.latency or 0
            days(options.day or GROWTH, latency=latency, profile=options.profile, receipts=receipts)
        else:
            extraction(options.rows, options.rounds, pip)
    except (TaskFailed, StackError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    of_pip = pip_environment()  # its mirrors and certificates are named in variables that reach nothing else
    clean()
    sys.exit(main(of_pip))
