"""``make bench``: what extraction into staging costs beside a bare loop that downloads and parses the same pages.

Both read every DEPARTMENT of the local sandbox, in turn, each in a process of its own. What is printed are medians of rows a
second, their ratio pair by pair, and peak memory: seconds alone say little on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from include.local import databases
from include.local.environment import clean
from include.local.postgres import PostgresServer
from include.local.sandbox import connections

ROOT = Path(__file__).parents[2]
SIZES = (10_000, 200_000)
ROUNDS = 3
CHUNK = 5_000
COLUMNS = "{:>9}  {:>12}  {:>14}  {:>12}  {:>14}  {:>16}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="connector-bench-"))
    folder.chmod(0o711)
    try:
        with running_sandbox(folder) as url, running_database(folder) as database_url:
            environment = child_environment(url, database_url)
            print(
                COLUMNS.format(
                    "rows", "bare rows/s", "staged rows/s", "staged/bare", "peak MiB bare", "peak MiB staged"
                )
            )
            for rows in options.rows:
                fill(url, rows)
                pairs = [(child("bare", environment), child("staged", environment)) for _ in range(options.rounds)]
                print(line(rows, pairs), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def line(rows: int, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
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
        [sys.executable, "-m", "include.bench.measure", kind], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if result.returncode:
        raise SystemExit(f"The measurement {kind} failed:\n{result.stdout}{result.stderr}")
    figures: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return figures


def child_environment(sandbox_url: str, database_url: str) -> dict[str, str]:
    named = {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps(connection) for name, connection in connections(sandbox_url).items()
    }
    return (
        os.environ
        | named
        | {
            "AIRFLOW_CONN_CONNECTOR_DB": database_url,
            "BENCH_SANDBOX": sandbox_url,
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        }
    )


@contextmanager
def running_sandbox(folder: Path) -> Iterator[str]:
    """A sandbox of its own with an empty company; yields its URL."""
    command = [
        sys.executable,
        "-m",
        "include.sandbox",
        "--port",
        "0",
        "--state",
        str(folder / "sandbox"),
        "--scale",
        "empty",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("sandbox: ").strip()
            adapter = requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(connect=20, backoff_factor=0.2))
            with requests.Session() as session:
                session.trust_env = False
                session.mount("http://", adapter)
                session.get(f"{url}/_sandbox/settings", timeout=30).raise_for_status()
            yield url
        finally:
            process.terminate()


@contextmanager
def running_database(folder: Path) -> Iterator[str]:
    """A migrated database of its own; yields the loader's URL."""
    server = PostgresServer(folder / "postgres", log_file=folder / "postgres.log")
    try:
        server.start()
        databases.make_roles(server)
        databases.make_connector_database(server, databases.CONNECTOR)
        subprocess.run(
            [sys.executable, "-m", "certify_intacct.staging.migrate"],
            check=True,
            cwd=ROOT,
            env=os.environ | {"CONNECTOR_DB_URL": server.url(databases.CONNECTOR, databases.OWNER)},
        )
        yield server.url(databases.CONNECTOR, databases.LOADER)
    finally:
        server.remove()


def fill(url: str, rows: int) -> None:
    """Puts ``rows`` departments into an empty company."""
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{url}/_sandbox/reset", json={"scale": "empty"}, timeout=300).raise_for_status()
        for start in range(0, rows, CHUNK):
            records = [
                {"DEPARTMENTID": f"D{number:07}", "TITLE": f"Department {number} & <Söhne>", "STATUS": "active"}
                for number in range(start, min(start + CHUNK, rows))
            ]
            session.post(
                f"{url}/_sandbox/load",
                json={"side": "intacct", "object": "DEPARTMENT", "records": records},
                timeout=300,
            ).raise_for_status()


if __name__ == "__main__":
    clean()
    sys.exit(main())
