"""Puts together what the oracle is told after a round: what both services hold, what was done, and what the connector itself says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from include.chaos import dials, oracle
from include.chaos.arena import Sandbox
from include.chaos.clerks import Clerks
from include.chaos.oracle_people import Staff, judge_people
from include.chaos.wire import Wire
from include.chaos.worlds import world

# What the connector tells its people. None of it decides what is wrong or undecidable; it is compared with that.
_WAITING = "SELECT report_id, rule FROM ledger.open_item"
_DOUBTED = "SELECT DISTINCT report_id FROM ledger.document WHERE state IN ('sending', 'in_doubt', 'held')"
_NOTICED = """
    SELECT number FROM ops.reconciliation_finding
    WHERE load_id = (SELECT max(load_id) FROM ops.load WHERE direction = 'expense') AND finding IN ('altered', 'reversed', 'deleted')
"""


def query(url: str, *queries: str) -> list[list[dict[str, Any]]]:
    """The rows of each query, all of one moment."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return [connection.execute(text.encode()).fetchall() for text in queries]


class Place(Protocol):
    """Where a round was played."""

    @property
    def sandbox(self) -> Sandbox:
        """Both services."""

    @property
    def wire(self) -> Wire:
        """The relay in front of them."""

    @property
    def owner_url(self) -> str:
        """The connector's database as its owner."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A round that is over.

    :param replays_refused: it was measured, and it is true
    :param kills: moments (monotonic) at which something was killed
    """

    place: Place
    clerks: Clerks
    today: date
    days: Sequence[date]
    inside_entities: bool
    kills: Sequence[float]
    replays_refused: bool
    lists_before: Sequence[dict[str, Any]]

    def judge(self) -> tuple[oracle.Verdict, int]:
        """The verdict, and how many users were deactivated."""
        sandbox, clerks = self.place.sandbox, self.clerks
        worlds = [*clerks.worlds, world(sandbox)]
        waiting, doubted, noticed = query(self.place.owner_url, _WAITING, _DOUBTED, _NOTICED)
        told = oracle.Told(
            certify_company=dials.COMPANY,
            versions=clerks.versions,
            touched=clerks.touched,
            attempts=list(self.place.wire.attempts),
            kills=self.kills,
            replays_refused=self.replays_refused,
            days={str(day) for day in self.days},
            waiting={row["report_id"]: row["rule"] for row in waiting},
            doubted={row["report_id"] for row in doubted},
            noticed={row["number"] for row in noticed},
        )
        books = [one.books(today=str(self.today), inside_entities=self.inside_entities) for one in worlds]
        documents = {name: sandbox.state_of("intacct", name) for name in oracle.DOCUMENTS}
        verdict = oracle.judge_money(books, told, documents)
        unfinished = {
            str(seen[0]["EmployeeID"])
            for seen in clerks.versions.values()
            if seen[0].get("EmployeeID") and not any(one["Processed"] for one in seen)
        }
        staff = Staff(
            before=worlds[0].users,
            after=sandbox.state_of("certify", "users"),
            employees=[one.employees for one in worlds],
            lists_before=self.lists_before,
            lists_after=sandbox.certify_lists(),
            today=self.today,
            by_hand=clerks.deactivated,
            unfinished=unfinished,
        )
        return verdict, judge_people(verdict, staff)
