"""Reads Intacct's own meter of API calls and keeps it, to be compared with our own count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from certify_intacct.intacct import api_meter
from certify_intacct.intacct.api_meter import Metered
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight import api_use as said
from certify_intacct.staging import api_metered, api_use
from certify_intacct.staging.api_metered import MeteredCalls, Whose

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database
    from certify_intacct.transport.metering import Meter


def calls(database: Database, configuration: Configuration, direction: str) -> PreflightRow:
    """The row about what a run and this month are billed, by our own count."""
    with database.connection() as connection:
        expected = api_use.expected_reading(connection, direction)
        month = api_use.this_month(connection, configuration.company)
    return said.calls(expected.pages, expected.load_id, month)


def compared(database: Database, configuration: Configuration, intacct_conn_id: str, meter: Meter) -> PreflightRow:
    """Asks the meter, keeps what it tells beside what we counted until then, and gives the row about it.

    :raises ConnectorError: Intacct could not be asked (network, sign-in)
    """
    company = configuration.company.intacct_company_id
    today = datetime.now(tz=configuration.company.zone).date()
    with database.connection() as connection:
        since = api_metered.since(connection, company, today)
    hook = SageIntacctHook(intacct_conn_id, meter=meter)
    try:
        sender, user = hook.sender_id, hook.user_id
        # What was asked until now is written down first: the meter knows of it.
        meter.hand_over()
        reading = api_meter.read(hook, since)
        if reading.rows is None:
            return said.meter(reading.said, told=False)
        # Of a month of which it has forgotten days it tells too little.
        whole = max(since.replace(day=1), today - api_metered.KEPT)
        rows = _by_whom((row for row in reading.rows if row.day >= (whole if row.monthly else since)), sender, user)
        with database.connection() as connection:
            api_metered.keep(connection, company, rows, since)
    finally:
        hook.close()
    return said.meter(reading.said, told=True, whose="all" if any(row.whose == "all" for row in rows) else "")


def _by_whom(told: Iterable[Metered], sender: str, user: str) -> list[MeteredCalls]:
    """What it told, added up by day and by whether it was ours."""
    added: Counter[tuple[date, bool, Whose]] = Counter()
    for row in told:
        added[row.day, row.monthly, _whose(row, sender, user)] += row.calls
    return [
        MeteredCalls(day=day, monthly=monthly, whose=whose, calls=calls)
        for (day, monthly, whose), calls in added.items()
    ]


def _whose(row: Metered, sender: str, user: str) -> Whose:
    if row.sender is None and row.user is None:
        return "all"
    named = ((row.sender, sender), (row.user, user))
    ours = all(said is None or said.casefold() == own.casefold() for said, own in named)
    return "ours" if ours else "others"
