"""Whether a person has stopped posting. What stopped it, and who let it go on, is never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Stop:
    """That posting to a company is stopped."""

    reason: str
    decided_by: str
    decided_at: datetime


def stopped(connection: Connection, intacct_company: str) -> Stop | None:
    """Who has stopped posting to the company, when nobody let it go on since."""
    row = connection.execute(
        """
        SELECT stopped, reason, decided_by, decided_at FROM ledger.posting_switch WHERE intacct_company = %s
        ORDER BY switch_id DESC LIMIT 1
        """,
        [intacct_company],
    ).fetchone()
    if row is None or not row["stopped"]:
        return None
    return Stop(reason=row["reason"], decided_by=row["decided_by"], decided_at=row["decided_at"])


def turn(
    connection: Connection, intacct_company: str, *, stop: bool, reason: str, decided_by: str, user_id: str
) -> None:
    """Stops posting to a company, or lets it go on; when it was, the database says."""
    connection.execute(
        "INSERT INTO ledger.posting_switch (intacct_company, stopped, reason, decided_by, user_id) VALUES (%s, %s, %s, %s, %s)",
        [intacct_company, stop, reason, decided_by, user_id],
    )
