"""What is known of planned documents at the moment when they are claimed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from certify_intacct.model.documents import DocumentKind
from certify_intacct.staging.database import Connection
from certify_intacct.staging.locks import lock_key


@dataclass(frozen=True, kw_only=True)
class PlannedFacts:
    """Of a planned document.

    :param charges: the keys of its card charges
    :param released: the rules that persons had overruled for its report when it was planned
    """

    charges: frozenset[str]
    released: frozenset[str]


def claim_alone(connection: Connection, intacct_company: str) -> None:
    """Until the transaction ends nobody else claims documents: what is not in the ledger now is in no other run's either."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"claims {intacct_company}")])


def planned_facts(connection: Connection, load_id: int, numbers: Collection[str]) -> dict[str, PlannedFacts]:
    """By number."""
    rows = connection.execute(
        """
        SELECT d.number, d.charges, (
            SELECT released FROM plan.report r WHERE (r.load_id, r.report_id) = (d.load_id, d.report_id)
        ) AS released
        FROM plan.document d WHERE d.load_id = %s AND d.number = ANY(%s)
        """,
        [load_id, list(numbers)],
    ).fetchall()
    return {
        row["number"]: PlannedFacts(charges=frozenset(row["charges"]), released=frozenset(row["released"]))
        for row in rows
    }


def sent_so_far(connection: Connection, intacct_company: str) -> int:
    """How many documents were ever sent to the company and not refused."""
    row = connection.execute(
        "SELECT count(*) AS n FROM ledger.document WHERE intacct_company = %s AND state <> 'rejected'",
        [intacct_company],
    ).fetchone()
    return int(row["n"]) if row else 0


@dataclass(frozen=True, kw_only=True)
class SentBefore:
    """What was ever sent of a kind that is alike in what nobody publishes, by number.

    :param proven: one that was read back as it was sent
    :param wrong: one that was read back otherwise
    :param unread: one that Intacct has or may have, and that nobody has read yet
    """

    proven: str = ""
    wrong: str = ""
    unread: str = ""


def sent_before(
    connection: Connection, intacct_company: str, kind: DocumentKind, content: Mapping[str, Any], *, below_zero: bool
) -> SentBefore:
    """What was sent of a kind with this in its content, whatever else; ``below_zero``: of credits alone."""
    row = connection.execute(
        """
        SELECT coalesce(max(number) FILTER (WHERE proven), '') AS proven,
               coalesce(max(number) FILTER (WHERE NOT proven AND seen_at IS NOT NULL), '') AS wrong,
               coalesce(max(number) FILTER (WHERE NOT proven AND seen_at IS NULL), '') AS unread
        FROM (
            SELECT d.number, d.seen_at, f.document_id IS NOT NULL AS proven
            FROM ledger.document d LEFT JOIN ledger.first_read f ON (f.document_id, f.revision) = (d.document_id, d.revision)
            WHERE d.intacct_company = %s AND d.kind = %s AND (d.total < 0 OR NOT %s)
              AND d.state NOT IN ('rejected', 'reversed', 'deleted')
              AND convert_from(d.canonical, 'UTF8')::jsonb @> %s
        ) alike
        """,
        [intacct_company, kind.value, below_zero, Jsonb(dict(content))],
    ).fetchone()
    assert row is not None
    return SentBefore(**row)


def posted_before(connection: Connection, intacct_company: str) -> bool:
    """Whether the company was posted to by a version that sent as many documents as there were from its first run on."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM ledger.posted_before WHERE intacct_company = %s) AS it", [intacct_company]
    ).fetchone()
    return bool(row and row["it"])


def was_released(connection: Connection, certify_company: str, rule: str) -> bool:
    """Whether a person ever overruled a rule."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM ledger.released_rule WHERE (certify_company, rule) = (%s, %s)) AS it",
        [certify_company, rule],
    ).fetchone()
    return bool(row and row["it"])
