"""What Intacct refused because a period is closed: learnt from its answers, for it tells only in part what is closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument

# How long a day that Intacct refused is taken for closed without asking again: less than from one daily run to the next.
_BELIEVED = timedelta(hours=20)
# A search for the first open day goes on from run to run, a day in each: from one daily run to the next, with some delay.
_SEARCHED = timedelta(hours=44)


def closed_days(
    connection: Connection, intacct_company: str, *, moving: bool
) -> dict[tuple[str, str], frozenset[date]]:
    """The days that Intacct refused, by entity and subledger: each for itself, for what a period is differs by company.

    Nothing tells that a period was opened again, so a refusal is believed for less than a day: the next day's run tries once more.

    :param moving: documents go to the first open day; as long as that is being looked for, nothing that was refused is forgotten
    """
    rows = connection.execute(
        """
        SELECT entity, subledger, day FROM (
            SELECT entity, subledger, day, learnt_at, max(learnt_at) OVER (PARTITION BY entity, subledger) AS latest
            FROM ledger.closed_date WHERE intacct_company = %(company)s
        ) AS refused
        WHERE learnt_at > now() - %(believed)s OR (%(moving)s AND latest > now() - %(searched)s)
        """,
        {"company": intacct_company, "believed": _BELIEVED, "moving": moving, "searched": _SEARCHED},
    ).fetchall()
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row in rows:
        days[row["entity"], row["subledger"]].add(row["day"])
    return {place: frozenset(found) for place, found in days.items()}


def learn(connection: Connection, document: LedgerDocument, subledger: str, message: str) -> None:
    """Remembers, from now on, that a document's date was refused for its entity and subledger."""
    key = [document.intacct_company, document.entity, subledger, document.posting_date]
    connection.execute(
        "DELETE FROM ledger.closed_date WHERE (intacct_company, entity, subledger, day) = (%s, %s, %s, %s)", key
    )
    connection.execute(
        """
        INSERT INTO ledger.closed_date (intacct_company, entity, subledger, day, message)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        [*key, message],
    )
