"""Puts together what the oracle is told after a round: what both services hold, what was done, and what the connector itself says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from include.chaos import invoices, oracle, parameters
from include.chaos.actors import Actors
from include.chaos.choices import Choices
from include.chaos.environment import Sandbox
from include.chaos.kinds import EMPLOYEE, OBJECTS
from include.chaos.oracle_kept import Shelves, judge_kept
from include.chaos.oracle_missing import Roster, judge_missing
from include.chaos.oracle_people import Staff, judge_people
from include.chaos.oracle_receipts import Receipts, judge_receipts
from include.chaos.oracle_recovery import Calendar, InDoubt, Memory
from include.chaos.wire import Wire
from include.chaos.worlds import World, world

# What the connector tells its people. None of it decides what is wrong or undecidable; it is compared with that.
_WAITING = """
SELECT report_id, array_agg(DISTINCT trim(named)) AS rules
FROM ledger.open_item CROSS JOIN LATERAL unnest(string_to_array(rule || ',', ',')) AS named GROUP BY 1
"""
_IN_DOUBT = """
    SELECT d.report_id, d.number,
        extract(epoch FROM min(e.at) FILTER (WHERE e.after_state = 'sending'))::float AS sent_at,
        extract(epoch FROM max(e.at) FILTER (WHERE e.after_state = 'held'))::float AS given_up_at,
        array_agg(extract(epoch FROM e.at)::float ORDER BY e.at) FILTER (WHERE e.after_state = 'sending') AS claims
    FROM ledger.document d JOIN ledger.event e ON e.document_id = d.document_id AND e.revision = d.revision
    WHERE d.state IN ('sending', 'in_doubt', 'held')
    GROUP BY d.report_id, d.number HAVING bool_or(e.after_state = 'sending')
"""
_NOTICED = """
    SELECT number FROM ops.reconciliation_finding
    WHERE load_id = (SELECT max(load_id) FROM ops.load WHERE direction = 'expense') AND finding IN ('altered', 'reversed', 'deleted')
"""
_NAMED = """
    SELECT DISTINCT subject, key FROM plan.change_result
    WHERE load_id = (SELECT max(load_id) FROM ops.load WHERE direction = 'organization')
    AND (action IN ('hold', 'skip') OR result IN ('rejected', 'held', 'moved_on'))
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

    :param memory: what Intacct remembers of control IDs, and what was measured of it
    :param calm_runs: beginnings and ends (monotonic) of undisturbed runs over all dates
    :param people_synced: organization_sync was carried out to its end when nothing disturbed any more
    :param kills: moments (monotonic) at which something was killed
    :param written_again: records of Certify that were written though nothing was left to do
    :param payable: the list of vendors to make, where the company has one
    :param keeps: whether Certify keeps every field of a user that it takes
    """

    place: Place
    actors: Actors
    today: date
    days: Sequence[date]
    choices: Choices
    kills: Sequence[float]
    memory: Memory
    calm_runs: Sequence[tuple[float, float]]
    lists_before: Sequence[dict[str, Any]]
    people_synced: bool
    written_again: int = 0
    payable: Sequence[tuple[str, str]] | None = None
    keeps: bool = True

    def judge(self) -> tuple[oracle.Verdict, int]:
        """The verdict, and how many users were deactivated."""
        sandbox, actors = self.place.sandbox, self.actors
        worlds = [*actors.worlds, world(sandbox, self.today, actors.kept.objects)]
        waiting, in_doubt, noticed = query(self.place.owner_url, _WAITING, _IN_DOUBT, _NOTICED)
        told = oracle.Told(
            certify_company=parameters.COMPANY,
            versions={**actors.versions, **invoices.as_reports(sandbox)},
            touched=actors.touched,
            attempts=list(self.place.wire.attempts),
            kills=self.kills,
            memory=self.memory,
            days={str(day) for day in self.days},
            waiting={row["report_id"]: frozenset(row["rules"]) for row in waiting},
            in_doubt=_documents_in_doubt(in_doubt, self.place.wire.clock.since()),
            calendar=Calendar(self.calm_runs, parameters.LATE_SECONDS),
            noticed={row["number"] for row in noticed},
            again={**actors.again, **actors.invoices_again},
        )
        books = [one.books(today=str(self.today), choices=self.choices) for one in worlds]
        documents = {name: sandbox.state_of("intacct", name) for name in OBJECTS}
        verdict = oracle.judge_money(books, told, documents)
        judge_receipts(
            verdict,
            Receipts(
                certify_company=parameters.COMPANY,
                attachments=sandbox.state_of("intacct", "SUPDOC"),
                documents=[record for records in documents.values() for record in records],
                reports=sandbox.state_of("certify", "expensereports"),
                known={str(one["ID"]) for one in sandbox.state_of("certify", "receipts")},
                days=told.days,
            ),
        )
        unfinished = {
            str(seen[0]["EmployeeID"])
            for seen in actors.versions.values()
            if seen[0].get("EmployeeID") and not any(one["Processed"] for one in seen)
        }
        staff = Staff(
            before=worlds[0].users,
            after=sandbox.state_of("certify", "users"),
            employees=[one.employees for one in worlds],
            lists_before=self.lists_before,
            lists_after=sandbox.certify_lists(),
            today=self.today,
            by_hand=actors.deactivated,
            unfinished=unfinished,
        )
        if self.people_synced:
            roster = self._roster(worlds[-1], staff)
            judge_missing(verdict, roster)
            judge_kept(verdict, self._shelves(worlds, roster))
            if self.written_again:
                verdict.broken.append(
                    f"{self.written_again} records of Certify were written though nothing had changed"
                )
        return verdict, judge_people(verdict, staff)

    def _shelves(self, worlds: Sequence[World], roster: Roster) -> Shelves:
        return Shelves(
            kept=self.actors.kept,
            values=[one.values for one in worlds],
            rows=roster.lists,
            users=roster.users,
            employees=roster.employees,
            vendors=worlds[-1].vendors,
            named=roster.named,
            today=self.today,
            keeps=self.keeps,
            payable=self.payable,
            pays_vendors=any(payer == EMPLOYEE and kind.payee_field == "VENDORID" for payer, kind in self.choices.made),
        )

    def _roster(self, now: World, staff: Staff) -> Roster:
        (named,) = query(self.place.owner_url, _NAMED)
        return Roster(
            employees=now.employees,
            departments=now.departments,
            entities=now.entities,
            users=staff.after,
            lists=staff.lists_after,
            named={(row["subject"], row["key"]) for row in named},
            today=self.today,
        )


def _documents_in_doubt(rows: Iterable[dict[str, Any]], since: float) -> dict[str, dict[str, InDoubt]]:
    """By report and number; PostgreSQL's clock is that of the relay, which counts from `since`."""
    found: dict[str, dict[str, InDoubt]] = defaultdict(dict)
    for row in rows:
        given_up = row["given_up_at"]
        found[row["report_id"]][row["number"]] = InDoubt(
            row["sent_at"] - since,
            None if given_up is None else given_up - since,
            [claim - since for claim in row["claims"]],
        )
    return found
