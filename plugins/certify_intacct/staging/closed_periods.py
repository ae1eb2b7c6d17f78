"""What Intacct refused because a period is closed: learnt from its answers, for it tells only in part what is closed."""

from __future__ import annotations

from datetime import date, timedelta

from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument

# How long a closed period that Intacct named is taken for closed without asking again: less than from one daily run to the next.
_BELIEVED = timedelta(hours=20)


def closed_through(connection: Connection, intacct_company: str) -> dict[tuple[str, str], date]:
    """A refused date closes its whole month: periods are months unless a company says otherwise, and are closed in order.

    Nothing tells that a period was opened again, so a refusal is believed for less than a day: the next day's run tries once more.
    A date in the future, of a mistyped year for example, was refused for another reason, and says nothing about those before it.
    """
    rows = connection.execute(
        """
        SELECT entity, subledger, max(day) AS day FROM ledger.closed_date
        WHERE intacct_company = %s AND learnt_at > now() - %s AND day <= current_date + 1 GROUP BY 1, 2
        """,
        [intacct_company, _BELIEVED],
    ).fetchall()
    return {(row["entity"], row["subledger"]): _end_of_month(row["day"]) for row in rows}


def learn(connection: Connection, document: LedgerDocument, subledger: str, message: str) -> None:
    """Remembers, from now on, that the period of a document's date is closed for its entity and subledger."""
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


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
