"""Looks at the reports that were read whether any was processed with a date of the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import earlier_dates
from certify_intacct.staging.backdated import backdated

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database

#: What was processed longer ago says nothing of how Certify is set up today.
DAYS = 60


def ask(database: Database, configuration: Configuration) -> PreflightRow:
    """One row, of what is staged."""
    zone = configuration.company.zone
    first = datetime.now(tz=zone).date() - timedelta(days=DAYS)
    with database.connection() as connection:
        found = backdated(connection, str(zone), first)
    shown = [
        (
            str(row["approval_code"] or "without approval code"),
            row["processed_date"],
            f"not there yet on {row['absent_at'].astimezone(zone):%Y-%m-%d}"
            if row["absent_at"]
            else f"and submitted {row['submitted_date']}",
        )
        for row in found.examples
    ]
    return earlier_dates.row(found.reports, found.looked_twice, shown)
