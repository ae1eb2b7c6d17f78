"""What a demo achieved, in figures: read from the connector's database by SQL and from what the sandbox holds.

The sandbox is asked as the judge of what was posted: it knows nothing of the connector's own books.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.local.accounting import Accounts, settle
from include.local.sandbox import SandboxClient

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
    posted: list[dict[str, Any]]
    receipts: dict[str, int]
    accounts: Accounts
    answers_lost: int
    recovered: list[dict[str, Any]]


def database_clock(url: str) -> datetime:
    """Return the time by the clock of the database."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def read(url: str, since: datetime, days: Collection[str], sandbox: SandboxClient) -> Figures:
    """Return the figures of all loads opened since ``since``.

    :param url: the analyst's URL of the connector's database.
    :param days: the company-local days that were worked, YYYY-MM-DD.
    """
    with psycopg.connect(url, row_factory=dict_row) as connection:
        loads = [row["load_id"] for row in connection.execute(_LOADS, [since])]
        return Figures(
            changes=_changes(connection, loads),
            quarantined=_quarantined(connection, loads),
            holds=_holds(connection, loads),
            posted=_posted(connection, since),
            receipts=_receipts(connection, sandbox),
            accounts=settle(connection, sandbox, days),
            answers_lost=sandbox.faults_struck(),
            recovered=_recovered(connection, since),
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


def _posted(connection: psycopg.Connection[dict[str, Any]], since: datetime) -> list[dict[str, Any]]:
    # Total as text: an amount stays exact on its way into JSON.
    return connection.execute(
        """
        SELECT d.kind, d.currency, count(*) AS documents, sum(d.total)::text AS total
        FROM ledger.document d
        WHERE EXISTS (SELECT 1 FROM ledger.event e
                      WHERE e.document_id = d.document_id AND e.after_state = 'accepted' AND e.at >= %s)
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        [since],
    ).fetchall()


def _receipts(connection: psycopg.Connection[dict[str, Any]], sandbox: SandboxClient) -> dict[str, int]:
    """How many receipts became files by the ledger, were left out, and wait though their documents are posted; and how many files
    Intacct has."""
    row = connection.execute(
        """
        SELECT count(*) FILTER (WHERE left_out = '') AS attached, count(*) FILTER (WHERE left_out <> '') AS left_out,
               (SELECT count(*) FROM ledger.open_receipt o WHERE EXISTS (
                   SELECT FROM ledger.document d
                   WHERE d.token = o.attachment_id AND d.state IN ('accepted', 'in_gl', 'declined', 'altered')
               )) AS waiting
        FROM ledger.receipt
        """
    ).fetchone()
    files = sum(len(record["ATTACHMENTS"]) for record in sandbox.state("intacct", "SUPDOC"))
    return {**(row or {}), "in_intacct": files}


def _recovered(connection: psycopg.Connection[dict[str, Any]], since: datetime) -> list[dict[str, Any]]:
    """How many documents were in doubt after a lost answer, by what the ledger says of them now."""
    return connection.execute(
        """
        SELECT d.state, count(*) AS documents FROM ledger.document d
        WHERE EXISTS (SELECT 1 FROM ledger.event e
                      WHERE e.document_id = d.document_id AND e.after_state = 'in_doubt' AND e.at >= %s)
        GROUP BY 1 ORDER BY 1
        """,
        [since],
    ).fetchall()
