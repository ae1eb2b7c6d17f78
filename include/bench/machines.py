"""Ten days of the expense sync as a backfill of Airflow's own, on the deployment of docker-compose.yaml, with one and two workers.

What is waited for are the services: every answer takes ``latency`` longer. Each deployment is new and finds the same company.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from include.bench.day import posted
from include.bench.seeding import Seeded, seed_days
from include.bench.surroundings import CONFIG, MODULES, Sandbox, folder, running_sandbox
from include.deployment.processes import Deployment
from include.local.console import say, wait_for
from include.local.errors import StackError
from include.local.postgres import PostgresServer
from include.local.runs import last_complete_day
from include.local.settings import company_time_zone

DAYS = 10
WORKERS = (1, 2)
LATENCY = 0.5
# Tasks that a worker carries out at the same time. Few, since here two workers share a machine that others use as well.
TASKS_A_WORKER = 2
# What Intacct allows at once with a licence that nobody has extended, as runs that post at the same time, each with one sender.
SLOTS, REQUESTS_AT_ONCE = {"posting": 2, "receipts": 2}, 1
_SYNC = "expense_sync"
_LONGEST_SECONDS = 3600.0


@dataclass(frozen=True)
class Backfill:
    """A backfill that was run. ``documents`` stand in Intacct, with the ``cents`` of their lines.

    :param busy: share of the machine's CPU that somebody used, others included
    :param at_once: the most requests that Intacct had under way
    :param pools: seconds that tasks were in each pool
    """

    workers: int
    seconds: float
    busy: float
    seeded: Seeded
    documents: int
    cents: int
    at_once: int
    pools: dict[str, float]


def machines(reports: int, *, latency: float = LATENCY, workers: Sequence[int] = WORKERS) -> list[Backfill]:
    """Runs the backfill with so many workers each, and prints what it took.

    :param reports: of each day
    :param latency: seconds that each answer of both services takes longer
    :raises StackError: a part does not start, a run fails, or Intacct has other documents than were seeded
    """
    done = []
    for count in workers:
        done.append(_run(count, reports, latency))
        print(row(done[-1]), flush=True)
    print(conclusion(done, reports, latency), flush=True)
    return done


def _run(workers: int, reports: int, latency: float) -> Backfill:
    zone = company_time_zone(CONFIG)
    last = last_complete_day(zone)
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    with folder() as place, running_sandbox(place) as sandbox, _deployment(place, sandbox, workers) as deployment:
        seeded = seed_days(sandbox, reports, days)
        sandbox.ask("POST", "settings", {"latency_ms": round(latency * 1000)})
        say(
            f"{workers} {'worker' if workers == 1 else 'workers'}: backfill of {days[0]} to {days[-1]}, {seeded.documents} documents"
        )
        psutil.cpu_percent()
        seconds = _backfilled(deployment, days, ZoneInfo(zone))
        busy = psutil.cpu_percent() / 100
        documents, cents = posted(sandbox)
        if (documents, cents) != (seeded.documents, seeded.cents):
            raise StackError(
                f"Intacct has {documents} documents of {cents} cents; they are {seeded.documents} of {seeded.cents}."
            )
        at_once = sandbox.ask("GET", "at_once")["intacct"]
        return Backfill(workers, seconds, busy, seeded, documents, cents, at_once, _in_pools(deployment))


def configuration() -> str:
    """The shipped connector.yaml with as many senders as the benchmark has."""
    return CONFIG.read_text(encoding="utf-8").replace("requests_at_once: 2", f"requests_at_once: {REQUESTS_AT_ONCE}")


@contextmanager
def _deployment(place: Path, sandbox: Sandbox, workers: int) -> Iterator[Deployment]:
    config = place / "connector.yaml"
    config.write_text(configuration(), encoding="utf-8")
    postgres = PostgresServer(place / "postgres", log_file=place / "postgres.log")
    try:
        postgres.start()
        more = {"PYTHONPATH": MODULES, "CONNECTOR_CONFIG": str(config)}
        deployment = Deployment.beside(place, postgres, sandbox.url, more)
        try:
            _start(deployment, workers)
            yield deployment
        finally:
            deployment.processes.stop()
    finally:
        postgres.remove()


def _start(deployment: Deployment, workers: int) -> None:
    deployment.start_redis()
    prepared = deployment.run("init", deployment.command("init"))
    if prepared.returncode:
        raise StackError(f"init failed: {prepared.stdout[-1000:]}{prepared.stderr[-1000:]}")
    names = [f"worker-{number}" for number in range(1, workers + 1)]
    deployment.start_airflow(
        {name: ("--concurrency", str(TASKS_A_WORKER), "--celery-hostname", f"{name}@%h") for name in names}
    )
    api = deployment.api
    pools = _pools(deployment)
    api.set_pools({name: {**pools[name], "slots": slots} for name, slots in SLOTS.items()})
    ping = ["celery", "--app", "airflow.providers.celery.executors.celery_executor.app", "inspect", "ping", "--json"]
    wait_for(
        "the workers listen",
        lambda: deployment.alive() and sum(name in deployment.run("worker", ping).stdout for name in names) == workers,
        seconds=180,
    )
    wait_for("the DAG is read", lambda: _SYNC in {dag["dag_id"] for dag in api.get("dags")["dags"]}, seconds=180)


def _backfilled(deployment: Deployment, days: Sequence[date], zone: ZoneInfo) -> float:
    """Makes the backfill of a paused DAG, takes the pause away, and waits until all its runs have succeeded.

    :returns: the seconds from then on
    :raises StackError: a run fails
    """
    api = deployment.api
    first, last = (datetime(day.year, day.month, day.day, tzinfo=zone).isoformat() for day in (days[0], days[-1]))
    made = api.post("backfills", {"dag_id": _SYNC, "from_date": first, "to_date": last, "reprocess_behavior": "none"})
    began = time.monotonic()
    api.patch(f"dags/{_SYNC}", {"is_paused": False})

    def over() -> bool:
        deployment.alive()
        states = [run["state"] for run in _runs(deployment)]
        if "failed" in states:
            raise StackError(f"A run of the backfill failed: see {deployment.places['/opt/airflow/logs']}.")
        return states == ["success"] * len(days)

    wait_for(f"backfill {made['id']} of {_SYNC}", over, seconds=_LONGEST_SECONDS, pause=2)
    return time.monotonic() - began


def _runs(deployment: Deployment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = deployment.api.get(f"dags/{_SYNC}/dagRuns", run_type="backfill")["dag_runs"]
    return found


def _in_pools(deployment: Deployment) -> dict[str, float]:
    seconds: dict[str, float] = defaultdict(float)
    for run in _runs(deployment):
        path = f"dags/{_SYNC}/dagRuns/{run['dag_run_id']}/taskInstances"
        for task in deployment.api.get(path, limit=200)["task_instances"]:
            seconds[task["pool"]] += task["duration"] or 0
    return dict(seconds)


def _pools(deployment: Deployment) -> dict[str, dict[str, Any]]:
    named = ("slots", "description", "include_deferred")
    return {pool["name"]: {name: pool[name] for name in named} for pool in deployment.api.get("pools")["pools"]}


def row(backfill: Backfill) -> str:
    """A line about one backfill."""
    pools = ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(backfill.pools.items()))
    return (
        f"{backfill.workers} × {TASKS_A_WORKER} tasks: {backfill.seconds:.0f} s; the machine's CPU {backfill.busy:.0%} busy; "
        f"{backfill.documents} documents, each once; "
        f"at most {backfill.at_once} requests at once at Intacct; seconds of tasks by pool: {pools}"
    )


def conclusion(done: Sequence[Backfill], reports: int, latency: float) -> str:
    """The last line: what the last has over the first, and under which settings."""
    first, last = done[0], done[-1]
    slots = ", ".join(f"`{name}` {count}" for name, count in SLOTS.items())
    return (
        f"{DAYS} days of {reports} reports, {latency:g} s latency, slots of {slots}, "
        f"requests_at_once is {REQUESTS_AT_ONCE}: {last.workers} workers {first.seconds / last.seconds:.2f} × {first.workers}"
    )
