"""A backfill by its operators alone: what it has cost after so many of its days, and how that grows with them.

Each day is a run of ``expense_sync`` in a process of its own. What grows faster than the days reads again what earlier runs have left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from include.bench import profiling
from include.bench.day import workers
from include.bench.measuring import Meter
from include.bench.profiling import ServerCounts
from include.bench.seeding import seed_days
from include.bench.surroundings import child_environment, folder, running_database, running_sandbox
from include.bench.table import LEAST_SECONDS, exponent
from include.local.databases import CONNECTOR

LENGTHS = (30, 100, 300)
REPORTS_A_DAY = 3
_COLUMNS = "{:<10} {:>9} {:>9} {:>9} {:>13} {:>11} {:>12} {:>14} {:>17}"
_HEADINGS = (
    "days", "documents", "seconds", "CPU", "CPU Postgres", "statements", "rows read", "Certify calls", "Intacct requests",
)  # fmt: skip
_READ = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"


@dataclass
class Spent:
    """What a backfill has cost since it began, after ``days`` of it."""

    days: int = 0
    documents: int = 0
    seconds: float = 0
    cpu: float = 0
    postgres_cpu: float = 0
    statements: int = 0
    rows_read: int = 0
    certify_calls: int = 0
    intacct_requests: int = 0


def backfill(
    lengths: Sequence[int], *, receipts: bool = True, reports: int = REPORTS_A_DAY, profile: Path | None = None
) -> list[Spent]:
    """Runs as many days as the longest has, and prints what they have cost after each length, and the exponents.

    :param reports: of each day
    :param receipts: whether they are attached
    :param profile: folder in which a file of each length says what PostgreSQL has read of each table until then
    :raises TaskFailed: a task failed
    """
    if profile:
        profile.mkdir(parents=True, exist_ok=True)
    print(_COLUMNS.format(*_HEADINGS), flush=True)
    told = []
    for spent in _after(sorted(lengths), reports, receipts=receipts, profile=profile):
        print(_COLUMNS.format(*(_text(value) for value in astuple(spent))), flush=True)
        told.append(spent)
    if len(told) > 1:
        print(_COLUMNS.format("exponents", *(_text(one) for one in exponents(told))))
    return told


def exponents(told: Sequence[Spent]) -> list[float | None]:
    """By column the power of the days with which it grows; None where there is too little."""
    columns = list(zip(*map(astuple, told), strict=True))
    return [exponent(columns[0], values, LEAST_SECONDS) for values in columns[1:]]


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def _after(lengths: Sequence[int], reports: int, *, receipts: bool, profile: Path | None) -> Iterator[Spent]:
    settings = profiling.POSTGRES if profile else {}
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    days = [yesterday - timedelta(days=back) for back in reversed(range(1, lengths[-1] + 1))]
    with folder() as place, running_sandbox(place) as sandbox, running_database(place, settings) as server:
        seed_days(sandbox, reports, days)
        with workers(child_environment(sandbox, server, place, receipts=receipts), place) as team:
            assert server.pid is not None
            counts, spent = ServerCounts(server.url(CONNECTOR)), Spent()
            for day in days:
                meter = Meter(sandbox, server.pid)
                figures = team.carry_out(team.tasks, run_id=f"backfill {day}", day=day, run_type="backfill")
                cost = meter.cost(str(day), figures)
                spent.days += 1
                spent.seconds += cost.seconds
                spent.cpu += cost.cpu
                spent.postgres_cpu += cost.postgres_cpu
                spent.statements += figures["statements"]
                spent.certify_calls += cost.certify_calls
                spent.intacct_requests += cost.intacct_requests
                if spent.days in lengths:
                    spent.documents, spent.rows_read = _counted(server.url(CONNECTOR))
                    if profile:
                        counts.write(profile / f"days-{spent.days}.txt")
                    yield Spent(**vars(spent))


def _counted(url: str) -> tuple[int, int]:
    """Documents in the ledger, and rows that PostgreSQL has read of all tables."""
    time.sleep(1)  # a session that ends tells its counts a moment later
    with psycopg.connect(url) as connection:
        read = connection.execute(_READ).fetchone()
        documents = connection.execute("SELECT count(*) FROM ledger.document").fetchone()
    assert read is not None
    assert documents is not None
    return documents[0], int(read[0])
