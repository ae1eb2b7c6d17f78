"""What extraction into staging costs beside a bare loop that downloads and parses the same pages.

Both read every DEPARTMENT of the local sandbox, in turn, each in a process of its own. What is printed are medians of rows a
second, their ratio pair by pair, and peak memory: seconds alone say little on a shared machine.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

from include.bench.surroundings import ROOT, Sandbox, child_environment, folder, running_database, running_sandbox

SIZES = (10_000, 200_000)
ROUNDS = 3
CHUNK = 5_000
COLUMNS = "{:>9}  {:>12}  {:>14}  {:>12}  {:>14}  {:>16}"


def extraction(sizes: list[int], rounds: int) -> None:
    """Prints the table.

    :param sizes: how many departments
    :param rounds: how often each is read in each way
    """
    with folder() as place, running_sandbox(place) as sandbox, running_database(place) as server:
        environment = child_environment(sandbox, server, place)
        print(COLUMNS.format("rows", "bare rows/s", "staged rows/s", "staged/bare", "peak MiB bare", "peak MiB staged"))
        for rows in sizes:
            fill(sandbox, rows)
            pairs = [(child("bare", environment), child("staged", environment)) for _ in range(rounds)]
            print(line(rows, pairs), flush=True)


def line(rows: int, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    """A line of the table."""
    for pair in pairs:
        for figures in pair:
            if figures["rows"] != rows:
                raise SystemExit(f"{figures['rows']} rows came where {rows} exist: the figures would mean nothing.")
    bare, staged = ([pair[side]["rows_per_second"] for pair in pairs] for side in (0, 1))
    ratio = statistics.median(s / b for b, s in zip(bare, staged, strict=True))
    memory = [max(pair[side]["peak_mib"] for pair in pairs) for side in (0, 1)]
    rates = [round(statistics.median(side)) for side in (bare, staged)]
    return COLUMNS.format(rows, *rates, f"{ratio:.2f}", *memory)


def child(kind: str, environment: dict[str, str]) -> dict[str, Any]:
    """Runs one measurement in a process of its own, so that its peak memory is its own too."""
    result = subprocess.run(
        [sys.executable, "-m", "include.bench.reading", kind], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if result.returncode:
        raise SystemExit(f"The measurement {kind} failed:\n{result.stdout}{result.stderr}")
    figures: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return figures


def fill(sandbox: Sandbox, rows: int) -> None:
    """Puts ``rows`` departments into an empty company."""
    sandbox.ask("POST", "reset", {"scale": "empty"})
    for start in range(0, rows, CHUNK):
        records = [
            {"DEPARTMENTID": f"D{number:07}", "TITLE": f"Department {number} & <Söhne>", "STATUS": "active"}
            for number in range(start, min(start + CHUNK, rows))
        ]
        sandbox.load("intacct", "DEPARTMENT", records)
