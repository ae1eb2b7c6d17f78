"""What was measured about a company of Intacct: what it answers to a replay, which deployment posts to it."""

from __future__ import annotations

import json
from typing import Any

from certify_intacct.staging.database import Connection


def fact(connection: Connection, intacct_company: str, name: str) -> Any:
    """What was measured about a company of Intacct; None when it was not."""
    row = connection.execute(
        "SELECT value FROM ledger.company_fact WHERE intacct_company = %s AND name = %s", [intacct_company, name]
    ).fetchone()
    return row["value"] if row else None


def store(connection: Connection, intacct_company: str, name: str, value: Any) -> None:
    """Stores what was measured, with its date."""
    connection.execute(
        """
        INSERT INTO ledger.company_fact (intacct_company, name, value) VALUES (%s, %s, %s)
        ON CONFLICT (intacct_company, name) DO UPDATE SET value = EXCLUDED.value, measured_at = now()
        """,
        [intacct_company, name, json.dumps(value)],
    )
