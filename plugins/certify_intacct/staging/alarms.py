"""What a load met while it worked and a person must look at; the report of its run shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One of them.

    :param what: what it is about, as the report names it
    :param rule: its name, the same in every run
    """

    what: str
    rule: str
    reason: str
    cure: str


def raise_alarms(connection: Connection, load_id: int, alarms: Iterable[Alarm]) -> None:
    """Adds alarms to a load; what it has already stands."""
    connection.cursor().executemany(
        "INSERT INTO ops.alarm (load_id, what, rule, reason, cure) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(load_id, alarm.what, alarm.rule, alarm.reason, alarm.cure) for alarm in alarms],
    )
