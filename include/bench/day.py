"""A day of the expense sync, task by task: what each costs, and how that grows with the day.

Every task runs by its own operator in a process of its own against a sandbox and a PostgreSQL of the benchmark's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from include.bench import profiling
from include.bench.measuring import Cost, Meter
from include.bench.profiling import ServerCounts
from include.bench.seeding import Seeded, seed_days
from include.bench.surroundings import (
    ROOT,
    Sandbox,
    child_environment,
    folder,
    running_database,
    running_sandbox,
)
from include.local.databases import CONNECTOR
from include.local.postgres import PostgresServer

GROWTH = (300, 1_000, 3_000, 10_000)
RUN_ID = "bench"
# What the shipped connector.yaml makes of reports: bills and card transactions.
LINES = ("APBILLITEM", "CCTRANSACTIONENTRY")


@dataclass(frozen=True)
class Day:
    """One day that was run. ``documents`` stand in Intacct, with the ``cents`` of their lines, whatever their currency."""

    seeded: Seeded
    costs: list[Cost]
    documents: int
    cents: int


class TaskFailed(Exception):
    """A task ended with an error; the text has it whole."""


def run_day(
    reports: int,
    *,
    latency: float = 0,
    profile: Path | None = None,
    receipts: bool = True,
    say: Callable[[Cost], None] = lambda _: None,
) -> Day:
    """Seeds a day and runs it.

    :param latency: seconds that each answer of both services takes longer
    :param profile: folder in which cProfile leaves a file of each task; the figures are then no measurement
    :param receipts: whether they are attached
    :param say: is told what a task cost as soon as it is done
    :raises TaskFailed: a task failed
    """
    day = datetime.now(tz=UTC).date() - timedelta(days=3)
    settings = profiling.POSTGRES if profile else {}
    with folder() as place, running_sandbox(place) as sandbox, running_database(place, settings) as server:
        seeded = seed_days(sandbox, reports, [day])
        sandbox.ask("POST", "settings", {"latency_ms": round(latency * 1000)})
        with workers(child_environment(sandbox, server, place, receipts=receipts), place) as team:
            costs = []
            for cost in _tasks(team, sandbox, server, day, profile):
                costs.append(cost)
                say(cost)
        documents, cents = posted(sandbox)
    return Day(seeded, costs, documents, cents)


def posted(sandbox: Sandbox) -> tuple[int, int]:
    """How many documents stand in Intacct, and the cents of their lines, whatever their currency."""
    lines = {name: sandbox.ask("GET", f"state/intacct/{name}")["records"] for name in LINES}
    documents = sum(len({line["RECORDKEY"] for line in of_kind}) for of_kind in lines.values())
    total = sum((Decimal(line["TRX_AMOUNT"]) for of_kind in lines.values() for line in of_kind), Decimal(0))
    return documents, int(total * 100)


def _tasks(team: Workers, sandbox: Sandbox, server: PostgresServer, day: date, profile: Path | None) -> Iterator[Cost]:
    load_id = None
    for task in team.tasks:
        assert server.pid is not None
        counts = ServerCounts(server.url(CONNECTOR)) if profile else None
        meter = Meter(sandbox, server.pid)
        figures = team.carry_out([task], run_id=RUN_ID, day=day, load_id=load_id, profile=profile)
        load_id = figures["results"]["open_load"]
        yield meter.cost(task, figures)
        if profile and counts:
            counts.write(profile / f"{task}.txt")


class Workers:
    """The process that carries tasks out (``include.bench.tasks``). ``tasks`` are their names, in the DAG's order."""

    def __init__(self, orders: IO[str], answers: IO[str], log: Path) -> None:
        """:raises TaskFailed: there are none, because the DAG could not be read; the text says why"""
        self._orders, self._answers, self._log = orders, answers, log
        self.tasks: list[str] = self._answer()

    def carry_out(
        self,
        tasks: Sequence[str],
        *,
        run_id: str,
        day: date,
        run_type: str = "manual",
        load_id: int | None = None,
        profile: Path | None = None,
    ) -> dict[str, Any]:
        """Carries tasks out one after the other, in one process; gives their ``results`` by name, and what they cost together.

        :param load_id: the load, where none of them opens one
        :raises TaskFailed: one of them failed
        """
        order = {
            "tasks": list(tasks),
            "run_id": run_id,
            "day": str(day),
            "run_type": run_type,
            "load_id": load_id,
            "profile": str(profile) if profile else None,
        }
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        figures: dict[str, Any] = self._answer()
        if "error" in figures:
            raise TaskFailed(f"{figures['error']}\n{figures.get('trace', '')}")
        return figures

    def _answer(self) -> Any:
        line = self._answers.readline()
        if not line:
            raise TaskFailed(f"The process that carries tasks out has ended:\n{self._log.read_text()}")
        return json.loads(line)


@contextmanager
def workers(environment: dict[str, str], place: Path) -> Iterator[Workers]:
    """Starts that process, and ends it."""
    log = place / "tasks.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "include.bench.tasks"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        yield Workers(process.stdin, process.stdout, log)


def days(sizes: Sequence[int], *, latency: float, profile: Path | None = None, receipts: bool = True) -> list[Day]:
    """Runs days of these sizes; prints a table of each line by line, and of several how the costs grow."""
    from include.bench import table

    if profile:
        profile = profile.resolve()
        profile.mkdir(parents=True, exist_ok=True)
    done: list[Day] = []
    for reports in sizes:
        print(table.headings(), flush=True)
        done.append(
            run_day(
                reports,
                latency=latency,
                profile=profile,
                receipts=receipts,
                say=lambda cost: print(table.row(cost), flush=True),
            )
        )
        print(table.end(done[-1], latency), flush=True)
    if len(done) > 1:
        print(table.growth_table(done))
    return done
