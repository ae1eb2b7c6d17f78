"""Plans a load: reads what validation passed and what the ledger knows, and stores what comes of it, some reports at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from certify_intacct.model.charges import asked
from certify_intacct.model.errors import BadInput
from certify_intacct.model.rules import Rule
from certify_intacct.posting.charge_book import keys_of
from certify_intacct.posting.expense_plan import ExpensePlan, LedgerSnapshot, alarm
from certify_intacct.posting.planner import ExpensePlanner
from certify_intacct.posting.releases import released_for
from certify_intacct.posting.retired import retire
from certify_intacct.rules.expenses import charges, hashing
from certify_intacct.rules.near_misses import looks_like
from certify_intacct.staging import (
    approvals,
    compared_lines,
    decisions,
    dimension_words,
    entities,
    expense_places,
    expenses,
    known_sources,
    ledger_reads,
    left_out,
    open_reports,
    payee_links,
    plans,
    report_plans,
    run_limits,
    spelled_alike,
    statistics,
)
from certify_intacct.staging.charges import PlannedCharges, booked_by_hand, holders
from certify_intacct.staging.payee_links import LinkQuestion
from certify_intacct.staging.references import references
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.references import References
    from certify_intacct.staging.charges import ChargeHolder
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.expenses import StagedReport
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.open_reports import OpenReport
    from certify_intacct.staging.run_limits import AboveLimit

#: Memory holds so many reports, whatever the size of the load; its plan is the same whatever this is.
AT_ONCE = 200
_SHOWN = 10


def plan_load(connection: Connection, configuration: Configuration, load: Load) -> list[AboveLimit]:
    """Plans the reports of a load and stores the plan, with its open items where it is no preview, in the connection's transaction.

    :returns: the limits that the plan is above
    :raises BadInput: the run is for entities that Intacct does not have
    """
    work = _PlanOfLoad(connection, configuration, load)
    staged = expenses.staged_reports(connection, load.load_id)
    progress = Progress("Reports planned", expenses.staged_count(connection, load.load_id))
    while some := list(islice(staged, AT_ONCE)):
        work.add(some)
        progress.step(len(some))
    return work.end()


class _PlanOfLoad:
    """The plan of one load, while it is made."""

    def __init__(self, connection: Connection, configuration: Configuration, load: Load) -> None:
        self.connection = connection
        self.company = configuration.company
        configuration = configuration.called_by(dimension_words.known(connection, self.company.intacct_company_id))
        self.configuration = configuration
        self.load = load
        # Before anything is added to the open items.
        self.alarms = [alarm(row) for row in open_reports.alarms(connection, load.load_id)]
        self.quarantined = {one.report_id: one for one in expenses.quarantined_reports(connection, load.load_id)}
        self.single = entities.is_single(connection, load.load_id, self.company)
        self.listed = references(
            connection,
            load.load_id,
            self.company.intacct_company_id,
            configuration.dimensions,
            moving=configuration.posting.closed_periods.policy == "next_open_day",
            single_entity=self.single,
            opened_by=approvals.opened_by(connection, load.load_id),
        )
        _require_known(load, self.listed)
        self.today = datetime.now(tz=UTC).astimezone(self.company.zone).date()
        self.charges = PlannedCharges(connection)
        self.booked = [
            one.holder(keys)
            for one in booked_by_hand(connection, self.company.certify_company)
            if (keys := keys_of(charges.charges_of_content(one.content, configuration.posting)))
        ]
        self.twins = spelled_alike.in_load(connection, self.company.certify_company, load.load_id)
        self.position = 0
        self.retired: list[LedgerDocument] = []

    def add(self, staged: Sequence[StagedReport]) -> None:
        """Plans some reports, those before them being planned."""
        planner = ExpensePlanner(
            configuration=self.configuration,
            references=self.listed,
            known=self._known(staged),
            today=self.today,
            entities=self.load.entities,
        )
        ids = [item.report.id for item in staged]
        plan = planner.run(staged, [self.quarantined[one] for one in ids if one in self.quarantined])
        self.charges.add(plan.reports)
        self._store(plan)
        if not self.load.preview:
            self._keep(staged, plan, planner.known)

    def end(self) -> list[AboveLimit]:
        """What a plan has besides its reports; returns the limits that it is above."""
        connection, load = self.connection, self.load
        plans.append(connection, load.load_id, self.alarms, after=self.position)
        statistics.refresh_plan(connection, load.load_id)
        above = run_limits.above_limits(connection, load.load_id, self.configuration)
        run_limits.keep_above(connection, load.load_id, above)
        if not load.preview:
            entities.remember(connection, self.company.intacct_company_id, single=self.single)
            known_sources.remember(connection, load.load_id, self.configuration)
            open_reports.close_decided(connection, self.company.certify_company)
            retire(connection, load, self.retired)
        return above

    def _known(self, staged: Sequence[StagedReport]) -> LedgerSnapshot:
        connection, company = self.connection, self.company.certify_company
        ids = [item.report.id for item in staged]
        documents = ledger_reads.documents_of_reports(connection, company, ids)
        return LedgerSnapshot(
            documents=documents,
            released=released_for(connection, company, self.load.load_id, ids),
            closed=decisions.closed(connection, company, ids),
            held_before=open_reports.held_before(connection, company, ids),
            accepted=decisions.accepted(connection, company, ids).keys(),
            charges=[*self._holders(staged, documents)],
            booked=self.booked,
            twins=self.twins | spelled_alike.known(connection, company, ids),
            expenses=expense_places.places(
                connection,
                company,
                self.company.intacct_company_id,
                {line.id for item in staged for line in item.lines},
            ),
            left_out=left_out.left_out(connection, company, ids),
            first_processed=left_out.first_processed(connection, company, ids),
        )

    def _holders(
        self, staged: Sequence[StagedReport], documents: Mapping[str, Sequence[LedgerDocument]]
    ) -> Iterator[ChargeHolder]:
        """Who has the charges of these reports, and of what was posted of them: the ledger first, then the plan so far."""
        lines = (line for item in staged for line in item.lines)
        now = keys_of(charges.charges(lines, self.configuration.posting))
        posted = chain.from_iterable(one.charges for some in documents.values() for one in some)
        keys = asked({*now, *posted})
        yield from holders(self.connection, self.company.intacct_company_id, keys)
        yield from self.charges.holders(keys)

    def _store(self, plan: ExpensePlan) -> None:
        load_id, before = self.load.load_id, self.position
        self.position = plans.append(self.connection, load_id, plan.changes, after=before)
        report_plans.store_reports(self.connection, load_id, plan.reports, self.configuration.hash, after=before)

    def _keep(self, staged: Sequence[StagedReport], plan: ExpensePlan, known: LedgerSnapshot) -> None:
        connection, company, load_id = self.connection, self.company.certify_company, self.load.load_id
        report_plans.keep_planned(connection, company, load_id, plan.open, plan.reports, plan.planned)
        employees = {item.report.id: item.report.employee_id for item in staged}
        questions = [
            question for item in plan.open for question in self._asked(item, employees.get(item.report_id, ""))
        ]
        payee_links.ask(connection, self.company.intacct_company_id, company, questions)
        compared_lines.keep_settled(connection, company, load_id, _settled(staged, plan, known, self.configuration))
        # At the end: until then, what they hold is held for the reports that follow as it was for those before.
        self.retired += plan.retired

    def _asked(self, item: OpenReport, employee_id: str) -> Iterator[LinkQuestion]:
        """Whether the records to which an EmployeeID leads by now are the same person, where an open item asks that."""
        vendor, employee = self.listed.vendors.get(employee_id), self.listed.employees.get(employee_id)
        found = {
            Rule.VENDOR_LINK_CHANGED: ("VENDOR", vendor.record_no if vendor else ""),
            Rule.EMPLOYEE_LINK_CHANGED: ("EMPLOYEE", employee.record_no if employee else ""),
        }
        for rule, (name, record_no) in found.items():
            if record_no and rule in item.rule.split(", "):
                yield LinkQuestion(
                    object=name, employee_id=employee_id, record_no=record_no, report_id=item.report_id,
                    content_hash=item.part or item.source_hash,
                )  # fmt: skip


def _require_known(load: Load, listed: References) -> None:
    """A run for an entity that nobody has would leave every report as it is, and look as if there were none."""
    # Inside one entity, Intacct may show none.
    if not (listed.entities or listed.single_entity):
        return
    unknown = [code for code in load.entities if code not in listed.entities]
    if unknown:
        likes = "".join(looks_like(code, listed.entities) for code in unknown)
        some = f" (such as {', '.join(sorted(listed.entities)[:_SHOWN])})" if listed.entities else ""
        raise BadInput(
            f"This run is for {', '.join(map(repr, unknown))}, and Intacct has no such entity.{likes}",
            where="entities, a parameter of the run",
            cure=f"Trigger it anew with IDs of entities as Intacct has them{some}, or without any: for all.",
        )


def _settled(
    staged: Sequence[StagedReport], plan: ExpensePlan, known: LedgerSnapshot, configuration: Configuration
) -> dict[str, dict[str, Any]]:
    """The content of reports of which nothing waits or is to be sent (posted, left out, decided about), by their IDs."""
    waiting = {item.report_id for item in plan.open} | {report.report_id for report in plan.reports}
    settled = set(plan.planned) - waiting
    return {
        item.report.id: hashing.content_for(item.report, item.lines, configuration, known.released.get(item.report.id))
        for item in staged
        if item.report.id in settled
    }
