"""Decisions of persons to post what a rule holds. They are added and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from certify_intacct.staging.database import Connection

# Rules about a document of the ledger, not about the content of the report.
_ONCE = ("held_document", "post_again")


def given(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """The rules that persons released, by report ID and the hash of its content at that moment.

    What was released because of how a document stands in Intacct counts once: a document that was held, reversed or deleted since is
    another case, and nobody has looked at that one.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(
        """
        SELECT r.report_id, r.source_hash, r.rule FROM ledger.release r
        WHERE r.certify_company = %s AND r.report_id = ANY(%s) AND NOT (r.rule = ANY(%s) AND EXISTS (
            SELECT 1 FROM ledger.document d JOIN ledger.event e USING (document_id)
            WHERE d.certify_company = r.certify_company AND d.report_id = r.report_id
              AND e.after_state IN ('held', 'reversed', 'deleted') AND e.at >= r.released_at
        ))
        """,
        [certify_company, list(report_ids), list(_ONCE)],
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
