"""Once a day: whether the ledger is still what was written into it, and a seal over it as it is now."""

from __future__ import annotations

from datetime import timedelta

from certify_intacct.reconciliation.findings import made
from certify_intacct.staging import record
from certify_intacct.staging.database import Database
from certify_intacct.staging.ledger_reads import now
from certify_intacct.staging.reconciliation_results import ReconciliationFinding

FINDING = "record"
# A run that starts a little earlier than yesterday's seals all the same.
_DUE = timedelta(hours=20)


def checked_and_sealed(database: Database) -> list[ReconciliationFinding]:
    """What was not as it was written since the last seal; none when that is not a day old."""
    with database.connection() as connection:
        newest = record.newest_seal(connection)
        if newest is not None and now(connection) - newest.sealed_at < _DUE:
            return []
        after = newest.last_event if newest else 0
        found = [made(FINDING, "", text) for text in record.altered(connection, after_event=after, seals=1)]
    with database.connection() as connection:
        record.seal(connection)
    return found
