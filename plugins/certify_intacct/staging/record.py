"""Whether the ledger is what was written into it: the chain of each document's events, the documents, and the seals.

The database computes hashes and seals (migration 0025). Whoever owns the database can rewrite all of it, but not the seals that were
mailed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What all events up to one came to, when it was made."""

    seal_id: int
    last_event: int
    events: int
    head: str
    sealed_at: datetime

    def __str__(self) -> str:
        return f"Seal {self.seal_id} of the ledger: {self.events} events, SHA-256 {self.head}"


def seal(connection: Connection) -> Seal:
    """Seals the ledger as it is now."""
    row = connection.execute("SELECT seal_id, last_event, events, head, sealed_at FROM ledger.seal()").fetchone()
    assert row is not None
    return Seal(**row)


def newest_seal(connection: Connection) -> Seal | None:
    """The seal that was made last."""
    row = connection.execute(
        "SELECT seal_id, last_event, events, head, sealed_at FROM ledger.seal ORDER BY seal_id DESC LIMIT 1"
    ).fetchone()
    return Seal(**row) if row else None


def has_seal(connection: Connection, head: str) -> bool:
    """Whether one of the seals has this SHA-256."""
    row = connection.execute("SELECT EXISTS (SELECT FROM ledger.seal WHERE head = %s) AS it", [head]).fetchone()
    return bool(row and row["it"])


# What a document says of itself stands in its canonical form, too, which its newest event has. (Whether that is the form whose hash it
# tells, is asked first: nothing else can be read.)
_UNLIKE_ITS_FORM = """
    CASE WHEN encode(sha256(d.canonical), 'hex') = d.sha256 THEN (
        SELECT (d.number, d.kind, d.currency, d.entity, d.session_entity, d.payee_id, d.posting_date, d.total) IS DISTINCT FROM (
            said ->> 'number', said ->> 'kind', said ->> 'currency', said ->> 'entity', said ->> 'session_entity', said ->> 'payee_id',
            (said ->> 'posting_date')::date, (
                SELECT sum((line ->> 'amount')::numeric + coalesce((
                    SELECT sum((tax ->> 'amount')::numeric) FROM jsonb_array_elements(line -> 'tax') tax), 0))
                FROM jsonb_array_elements(said -> 'lines') line))
        FROM (SELECT convert_from(d.canonical, 'UTF8')::jsonb AS said) form
    ) ELSE false END
"""


def altered(connection: Connection, *, after_event: int = 0, seals: int | None = None) -> Iterator[str]:
    """What is not as it was written, a sentence each.

    :param after_event: only events after this one are looked at, and the documents that they are about
    :param seals: so many of the newest seals are looked at; None: all
    """
    for row in connection.execute(
        """
        WITH chained_since AS (SELECT min(event_id) AS event_id FROM ledger.event WHERE hash IS NOT NULL)
        SELECT event_id, number, hash IS DISTINCT FROM ledger.event_digest(e) AS changed FROM (
            SELECT e, e.*, lag(e.hash) OVER (PARTITION BY e.document_id ORDER BY e.event_id) AS before FROM ledger.event e
            WHERE e.document_id IN (SELECT document_id FROM ledger.event WHERE event_id > %s)
        ) chained WHERE (hash IS NOT NULL OR event_id > (SELECT s.event_id FROM chained_since s)) AND event_id > %s
          AND (hash IS DISTINCT FROM ledger.event_digest(e) OR previous IS DISTINCT FROM before) ORDER BY event_id
        """,
        [after_event, after_event],
    ):
        what = (
            "is not what was written"
            if row["changed"]
            else "does not follow on the one before: one is missing, or was put in"
        )
        yield f"Event {row['event_id']} of {row['number']} {what}."
    for row in connection.execute(
        """
        SELECT e.number FROM ledger.event e WHERE e.event_id > %s
          AND NOT EXISTS (SELECT FROM ledger.document d WHERE d.document_id = e.document_id) GROUP BY e.number ORDER BY e.number
        """,
        [after_event],
    ):
        yield f"Document {row['number']} is not there any more, and its events are."
    for row in connection.execute(
        f"""
        SELECT d.number FROM ledger.document d LEFT JOIN LATERAL (
            SELECT * FROM ledger.event e WHERE e.document_id = d.document_id ORDER BY e.event_id DESC LIMIT 1
        ) e ON true
        WHERE (e.event_id IS NULL OR e.event_id > %s)
          AND ((e.number, e.after_state, e.revision, e.control_id, e.canonical, e.sha256, e.config_hash)
                   IS DISTINCT FROM (d.number, d.state, d.revision, d.control_id, d.canonical, d.sha256, d.config_hash)
               OR (e.record_no IS NOT NULL AND e.record_no IS DISTINCT FROM d.record_no) OR {_UNLIKE_ITS_FORM})
        ORDER BY d.number
        """,  # noqa: S608 - nothing of anybody's is in it
        [after_event],
    ):
        yield f"Document {row['number']} is not what its newest event says."
    for row in connection.execute(
        """
        SELECT seal_id, sealed_at FROM (SELECT * FROM ledger.seal ORDER BY seal_id DESC LIMIT %s) s
        WHERE head <> ledger.head(last_event) OR events <> (SELECT count(*) FROM ledger.event WHERE event_id <= last_event)
        ORDER BY seal_id
        """,
        [seals],
    ):
        when = f"{row['sealed_at']:%Y-%m-%d %H:%M %Z}"
        yield f"Seal {row['seal_id']} of {when} does not fit any more: events of before it were changed or removed."
