"""Decisions of persons to post what a rule holds. They are added and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from certify_intacct.staging.database import Connection


def given(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """The rules that persons released, by report ID and the hash of its content at that moment."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(
        "SELECT report_id, source_hash, rule FROM ledger.release WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(report_ids)],
    ):
        found[row["report_id"], row["source_hash"]].add(row["rule"])
    return {key: frozenset(rules) for key, rules in found.items()}


def only_released_by(connection: Connection, certify_company: str, person: str) -> set[tuple[str, str, str]]:
    """Releases of reports that nobody but this person gave: report ID, hash of its content, rule."""
    rows = connection.execute(
        """
        SELECT report_id, source_hash, rule FROM ledger.release WHERE certify_company = %s
        GROUP BY 1, 2, 3 HAVING bool_and(lower(btrim(released_by)) = lower(btrim(%s)))
        """,
        [certify_company, person],
    ).fetchall()
    return {(row["report_id"], row["source_hash"], row["rule"]) for row in rows}


def release(
    connection: Connection,
    *,
    certify_company: str,
    report_id: str,
    rule: str,
    source_hash: str,
    released_by: str,
    reason: str,
) -> None:
    """Records a person's decision to post what a rule holds."""
    connection.execute(
        """
        INSERT INTO ledger.release (certify_company, report_id, rule, source_hash, released_by, reason) VALUES (%s, %s, %s, %s, %s, %s)
        """,
        [certify_company, report_id, rule, source_hash, released_by, reason],
    )
