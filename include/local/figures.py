"""What a demo achieved, in figures: read from the connector's database by SQL and from what the sandbox holds.

The sandbox is asked as the judge of what was posted: it knows nothing of the connector's own books.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.local.sandbox import SandboxClient

# The field of each posted object that holds the connector's document number.
NUMBER_FIELDS = {"APBILL": "RECORDID", "CCTRANSACTION": "RECORDID"}

# A cleared run opens a load of its own: only its last one counts.
_LOADS = """
    SELECT DISTINCT ON (dag_id, run_id) load_id FROM ops.load
    WHERE opened_at >= %s AND NOT dry_run ORDER BY dag_id, run_id, load_id DESC
"""


@dataclass(frozen=True)
class Figures:
    """The figures of the loads since one moment; lists hold dicts whose keys are the columns of the demo's table."""

    changes: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    documents: dict[str, int]
    posted_twice: int
    answers_lost: int

    @property
    def refused(self) -> int:
        """How many planned changes a service refused or left in doubt."""
        return sum(row["count"] for row in self.changes if row["result"] in ("refused", "in_doubt"))


def database_clock(url: str) -> datetime:
    """Return the time by the clock of the database."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def read(url: str, since: datetime, sandbox: SandboxClient) -> Figures:
    """Return the figures of all loads opened since ``since``.

    :param url: the analyst's URL of the connector's database.
    """
    documents, posted_twice = _posted(sandbox)
    with psycopg.connect(url, row_factory=dict_row) as connection:
        loads = [row["load_id"] for row in connection.execute(_LOADS, [since])]
        return Figures(
            changes=_changes(connection, loads),
            quarantined=_quarantined(connection, loads),
            holds=_holds(connection, loads),
            documents=documents,
            posted_twice=posted_twice,
            answers_lost=sandbox.faults_struck(),
        )


def _changes(connection: psycopg.Connection[dict[str, Any]], loads: list[int]) -> list[dict[str, Any]]:
    return connection.execute(
        """
        SELECT subject, action, coalesce(result, 'not sent') AS result, count(*) AS count
        FROM plan.change_result WHERE load_id = ANY(%s) AND action NOT IN ('hold', 'skip')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        [loads],
    ).fetchall()


def _quarantined(connection: psycopg.Connection[dict[str, Any]], loads: list[int]) -> list[dict[str, Any]]:
    # A record that stands in quarantine in each of four runs is one record.
    return connection.execute(
        """
        SELECT stream, rule, count(DISTINCT key) AS count
        FROM quality.quarantine WHERE load_id = ANY(%s) GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
        """,
        [loads],
    ).fetchall()


def _holds(connection: psycopg.Connection[dict[str, Any]], loads: list[int]) -> list[dict[str, Any]]:
    return connection.execute(
        """
        SELECT subject, action, rule, count(DISTINCT key) AS count
        FROM plan.change WHERE load_id = ANY(%s) AND action IN ('hold', 'skip')
        GROUP BY 1, 2, 3 ORDER BY 2, 1, 4 DESC, 3
        """,
        [loads],
    ).fetchall()


def _posted(sandbox: SandboxClient) -> tuple[dict[str, int], int]:
    """Count the documents that the sandbox's Intacct holds under a number of ours, and those that stand there twice."""
    documents: dict[str, int] = {}
    twice = 0
    for name, field in NUMBER_FIELDS.items():
        numbers = Counter(record[field] for record in sandbox.state("intacct", name) if record.get(field))
        documents[name] = sum(numbers.values())
        twice += sum(times - 1 for times in numbers.values())
    return documents, twice
