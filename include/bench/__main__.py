"""``make bench``: what extraction costs beside a bare loop, or with ``DAY=`` what a day of the expense sync costs task by task."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from include.bench.day import GROWTH, days
from include.bench.extraction import ROUNDS, SIZES, extraction
from include.local.environment import clean


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES), help="extraction: sizes of the list")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="extraction: how often each is read")
    parser.add_argument("--day", type=int, nargs="*", help="reports of a day to run instead; several: how it grows")
    parser.add_argument("--growth", action="store_true", help=f"days of {', '.join(map(str, GROWTH))} reports")
    parser.add_argument("--latency", type=float, default=0, help="seconds that each call of a day takes longer")
    parser.add_argument("--profile", type=Path, help="folder for a cProfile of each task of a day")
    options = parser.parse_args()
    if options.growth or options.day:
        days(options.day or GROWTH, latency=options.latency, profile=options.profile)
    else:
        extraction(options.rows, options.rounds)
    return 0


if __name__ == "__main__":
    clean()
    sys.exit(main())
