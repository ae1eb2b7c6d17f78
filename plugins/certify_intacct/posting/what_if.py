"""What two configurations make of the same past reports: planned twice from what staging has of them, without asking anybody.

Both plans are stored as loads of their own, of which nothing is ever sent, so that pages and files show them as they show any plan.
Nothing else is written: what a plan reads, it reads in transactions in which the database refuses to write. The ledger is asked for
what persons decided and for who holds card charges; what it has of a report itself is left aside, since it would say of both plans
alike that the report is posted already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

from psycopg import sql

from certify_intacct.model.charges import asked
from certify_intacct.model.errors import BadInput
from certify_intacct.posting.charge_book import keys_of
from certify_intacct.posting.expense_plan import LedgerSnapshot
from certify_intacct.posting.left_out_before import part_left_out
from certify_intacct.posting.plan_load import AT_ONCE
from certify_intacct.posting.planner import ExpensePlanner
from certify_intacct.rules.expenses import charges
from certify_intacct.staging import (
    decisions,
    dimension_words,
    entities,
    expenses,
    history,
    left_out,
    manifest,
    open_reports,
    plans,
    report_plans,
)
from certify_intacct.staging.charges import PlannedCharges, holders
from certify_intacct.staging.references import references
from certify_intacct.staging.streams import STREAMS, configured, of_direction

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.periods import Period
    from certify_intacct.model.references import References
    from certify_intacct.staging.charges import ChargeHolder
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.expenses import QuarantinedReport, StagedReport
    from certify_intacct.staging.history import StagedDay
    from certify_intacct.staging.report_plans import PlannedReport

#: Under which DAG the loads of a what-if stand, whoever asked.
DAG = "expense_whatif"
# No load has this number, so a list that is taken from it is empty.
_NO_LOAD = 0
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Two plans over the same rows.

    :param today: the load that the rules of today planned, and ``changed`` that of the other configuration
    :param report_ids: the reports that were planned
    :param loads: the loads whose rows they are
    :param notes: what was not known, or not as it was then, for people
    """

    period: Period
    today: int
    changed: int
    report_ids: Collection[str]
    loads: Sequence[int]
    notes: Sequence[str]

    @property
    def reports(self) -> int:
        return len(self.report_ids)


def what_if(
    database: Database,
    today: Configuration,
    changed: Configuration,
    period: Period,
    *,
    run_id: str,
    actor: str,
) -> WhatIf:
    """Plans the reports of past dates twice.

    :param run_id: Airflow's run, or whatever tells who asked
    :raises BadInput: the other configuration is for another company, or staging has nothing of these dates
    """
    _require_one_company(today, changed)
    with ExitStack() as transactions:
        reading = [transactions.enter_context(database.connection()) for _ in range(2)]
        writing = transactions.enter_context(database.connection())
        _as_of_one_moment(reading)
        days, unread = history.staged_history(reading[0], period), history.unread_dates(reading[0], period)
        if not days:
            raise BadInput(
                f"Staging has no report that was processed from {period.start} to {period.end}.",
                where="the dates",
                cure="Choose dates that runs have read and retention.staging_days keeps, or run expense_preview for these first.",
            )
        sides = [
            _Side(connection, writing, _open(writing, one, period, run_id, actor), one, in_use=today)
            for connection, one in zip(reading, (today, changed), strict=True)
        ]
        for connection in reading:
            # From here on the database refuses whatever is not temporary.
            connection.execute("SET TRANSACTION READ ONLY")
        for day in days:
            for side in sides:
                side.begin(day)
            staged = (
                one for one in expenses.staged_reports(reading[0], day.load_id) if one.report.id in day.report_ids
            )
            while some := list(islice(staged, AT_ONCE)):
                for side in sides:
                    side.add(some)
        notes = [*_unread(unread), *dict.fromkeys(note for side in sides for note in side.notes())]
        for side in sides:
            side.end(notes)
    return WhatIf(
        period=period,
        today=sides[0].load_id,
        changed=sides[1].load_id,
        report_ids=frozenset().union(*(day.report_ids for day in days)),
        loads=[day.load_id for day in days],
        notes=notes,
    )


def _unread(days: Sequence[date]) -> Iterator[str]:
    if days:
        more = f" and {len(days) - _SHOWN} more" if len(days) > _SHOWN else ""
        yield f"Not in staging, and so not in this: {', '.join(map(str, days[:_SHOWN]))}{more}."


def _require_one_company(today: Configuration, changed: Configuration) -> None:
    for name in ("certify_company", "intacct_company_id"):
        mine, theirs = getattr(today.company, name), getattr(changed.company, name)
        if mine != theirs:
            raise BadInput(
                f"The other configuration is of company.{name} {theirs!r}, and what is staged of {mine!r}.",
                where="the other connector.yaml",
                cure="Start from this company's own connector.yaml.",
            )


def _as_of_one_moment(connections: Sequence[Connection]) -> None:
    """All of them see the database as the first does now."""
    first, *others = connections
    for connection in connections:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    row = first.execute("SELECT pg_export_snapshot() AS snapshot").fetchone()
    for connection in others:
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(row["snapshot"] if row else ""))


def _open(connection: Connection, configuration: Configuration, period: Period, run_id: str, actor: str) -> int:
    return manifest.open_load(
        connection,
        dag_id=DAG,
        run_id=run_id,
        run_type=history.WHAT_IF,
        direction="expense",
        period=period,
        preview=True,
        entities=(),
        config_hash=configuration.hash,
        code_version=version("certify-intacct"),
        actor=actor,
    )


@dataclass(kw_only=True)
class _ReadOf:
    """What a day's load read, as one configuration looks it up."""

    today: date
    listed: References
    quarantined: Mapping[str, QuarantinedReport]


@dataclass
class _Side:
    """The plan of one configuration, while it is made.

    :param reading: a transaction that only reads
    :param writing: where the plan is stored, under ``load_id``
    :param in_use: the connector.yaml of today
    """

    reading: Connection
    writing: Connection
    load_id: int
    configuration: Configuration
    in_use: Configuration
    position: int = 0
    left_out_before: int = 0
    elsewhere: defaultdict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    unread: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.charges = PlannedCharges(self.reading)
        words = dimension_words.known(self.reading, self.configuration.company.intacct_company_id)
        self.configuration = self.configuration.called_by(words)

    def begin(self, day: StagedDay) -> None:
        """Takes up what a load read."""
        settings, company = self.configuration, self.configuration.company
        single = entities.is_single(self.reading, day.load_id, company)
        self.read = _ReadOf(
            today=day.opened_at.astimezone(company.zone).date(),
            listed=references(
                self.reading,
                day.load_id,
                company.intacct_company_id,
                settings.dimensions,
                moving=settings.posting.closed_periods.policy == "next_open_day",
                single_entity=single,
                elsewhere=self._elsewhere(day.load_id),
            ),
            quarantined={one.report_id: one for one in expenses.quarantined_reports(self.reading, day.load_id)},
        )

    def add(self, staged: Sequence[StagedReport]) -> None:
        """Plans some reports of that load, those before them being planned."""
        planner = ExpensePlanner(
            configuration=self.configuration,
            references=self.read.listed,
            known=self._known(staged),
            today=self.read.today,
        )
        quarantined = [one for item in staged if (one := self.read.quarantined.get(item.report.id))]
        plan = planner.run(staged, quarantined)
        self.charges.add(plan.reports)
        self._note_left_out(plan.reports)
        before = self.position
        self.position = plans.append(self.writing, self.load_id, plan.changes, after=before)
        report_plans.store_reports(
            self.writing, self.load_id, plan.reports, self.configuration.hash, after=before
        )  # fmt: skip

    def _note_left_out(self, reports: Sequence[PlannedReport]) -> None:
        """Counts what a run would hold: both plans show what becomes of it, and so of what is new."""
        company = self.configuration.company.certify_company
        known = left_out.left_out(self.reading, company, {report.report_id for report in reports})
        self.left_out_before += sum(
            any(
                part_left_out(
                    known.get(report.report_id, ()), part.document.payer, part.content["lines"], part.content_hash
                )
                for part in report.parts
            )
            for report in reports
        )

    def end(self, notes: Sequence[str]) -> None:
        """Closes the load, with what a reader of its plan should know."""
        counts = {"plan": plans.counts_of(self.writing, self.load_id), "notes": notes}
        manifest.advance(self.writing, self.load_id, "previewed", counts)

    def notes(self) -> Iterator[str]:
        """Which lists are not those that a day's load read."""
        for (stream, other), loads in sorted(self.elsewhere.items()):
            yield f"{stream} is as load {other} read it: {_loads(loads)} did not, since connector.yaml did not use it so then."
        for stream, loads in sorted(self.unread.items()):
            yield (
                f"{stream} was read by no load, so what depends on it counts as not there ({_loads(loads)}). A run of "
                "expense_preview under a connector.yaml that uses it reads it."
            )
        if self.left_out_before:
            yield (
                f"Of {self.left_out_before} reports something was left out by connector.yaml when they were planned, and another "
                "would have it posted. A run of expense_sync holds that of these reports (left_out_before), and posts it of new ones."
            )

    def _elsewhere(self, load_id: int) -> Mapping[str, int]:
        """The lists that this configuration looks up and the load has not read, by the loads that have."""
        settings = self.configuration
        names, _ = of_direction("expense", settings.dimensions, settings.posting.kinds, settings.people)
        used, before = _read_as(names, settings), _read_as(names, self.in_use)
        found, unread = history.lists_elsewhere(self.reading, load_id, used, before)
        for stream, other in found.items():
            self.elsewhere[stream, other].append(load_id)
        for stream in unread:
            self.unread[stream].append(load_id)
        return {**found, **dict.fromkeys(unread, _NO_LOAD)}

    def _known(self, staged: Sequence[StagedReport]) -> LedgerSnapshot:
        connection, company = self.reading, self.configuration.company.certify_company
        ids = [item.report.id for item in staged]
        released: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        for (report_id, content_hash), rules in decisions.released(connection, company, ids).items():
            released[report_id][content_hash] = rules
        return LedgerSnapshot(
            released=released,
            closed=decisions.closed(connection, company, ids),
            held_before=open_reports.held_before(connection, company, ids),
            charges=[*self._holders(staged)],
        )

    def _holders(self, staged: Sequence[StagedReport]) -> Iterator[ChargeHolder]:
        """Who has the charges of these reports: the ledger first, then the plan so far."""
        lines = (line for item in staged for line in item.lines)
        keys = asked(keys_of(charges.charges(lines, self.configuration.posting)))
        yield from holders(self.reading, self.configuration.company.intacct_company_id, keys)
        yield from self.charges.holders(keys)


def _read_as(names: Iterable[str], settings: Configuration) -> dict[str, str]:
    """Of what the lists that a configuration uses are read."""
    streams = (configured(STREAMS[name], settings) for name in names)
    return {stream.name: stream.read_as for stream in streams if stream is not None}


def _loads(loads: Sequence[int]) -> str:
    return f"load {loads[0]}" if len(loads) == 1 else f"loads {loads[0]} to {loads[-1]}"
