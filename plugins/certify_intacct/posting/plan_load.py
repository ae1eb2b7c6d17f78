"""Plans a load: reads what validation passed and what the ledger knows, and stores what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.model.charges import asked
from certify_intacct.posting.charge_book import keys_of
from certify_intacct.posting.expense_plan import ExpensePlan, LedgerSnapshot, alarm
from certify_intacct.posting.planner import ExpensePlanner
from certify_intacct.posting.releases import released_for
from certify_intacct.posting.retired import retire
from certify_intacct.rules.expenses import charges, hashing
from certify_intacct.staging import (
    compared_lines,
    decisions,
    entities,
    expenses,
    known_sources,
    ledger_reads,
    report_plans,
    run_limits,
)
from certify_intacct.staging.charges import holders
from certify_intacct.staging.plans import store_plan
from certify_intacct.staging.references import references

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.expenses import StagedReport
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.run_limits import AboveLimit


def plan_load(connection: Connection, configuration: Configuration, load: Load) -> tuple[ExpensePlan, list[AboveLimit]]:
    """Plans the reports of a load and stores the plan, with its open items where it is no preview.

    :returns: the plan, and its limits that it is above
    """
    company = configuration.company
    staged = expenses.staged_reports(connection, load.load_id)
    ids = [item.report.id for item in staged]
    closed = decisions.closed(connection, company.certify_company, ids)
    single = entities.is_single(connection, load.load_id, company)
    listed = references(
        connection,
        load.load_id,
        company.intacct_company_id,
        configuration.dimensions,
        moving=configuration.posting.closed_periods.policy == "next_open_day",
        single_entity=single,
    )
    lines = (line for item in staged for line in item.lines)
    keys = keys_of(charges.charges(lines, configuration.posting.company_paid, listed))
    planner = ExpensePlanner(
        configuration=configuration,
        references=listed,
        known=LedgerSnapshot(
            documents=ledger_reads.documents_of_reports(connection, company.certify_company, ids),
            released=released_for(connection, company.certify_company, load.load_id, ids),
            closed={key: kept.decision for key, kept in closed.items()},
            held_before=report_plans.held_before(connection, company.certify_company, ids),
            accepted=decisions.accepted(connection, company.certify_company, ids).keys(),
            charges=holders(connection, company.intacct_company_id, asked(keys)),
        ),
        today=datetime.now(tz=UTC).astimezone(company.zone).date(),
        entities=load.entities,
    )
    plan = planner.run(staged, expenses.quarantined_reports(connection, load.load_id))
    plan.changes += [alarm(row) for row in report_plans.alarms(connection, load.load_id)]
    store_plan(connection, load.load_id, plan.changes)
    report_plans.store_reports(connection, load.load_id, plan.reports, configuration.hash)
    above = run_limits.above_limits(connection, load.load_id, configuration)
    run_limits.keep_above(connection, load.load_id, above)
    if not load.dry_run:
        entities.remember(connection, company.intacct_company_id, single=single)
        known_sources.remember(connection, load.load_id, configuration)
        report_plans.keep_planned(
            connection, company.certify_company, load.load_id, plan.open, plan.reports, plan.planned
        )
        report_plans.close_decided(
            connection, company.certify_company, decisions.all_closed(connection, company.certify_company)
        )
        retire(connection, load, plan.retired)
        compared_lines.keep_settled(
            connection, company.certify_company, load.load_id, _settled(staged, plan, planner.known.documents)
        )
    return plan, above


def _settled(
    staged: Sequence[StagedReport], plan: ExpensePlan, documents: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    """The content of the posted reports of which nothing is open and nothing is to be sent, by their IDs."""
    waiting = {item.report_id for item in plan.open} | {report.report_id for report in plan.reports}
    settled = (documents.keys() & set(plan.planned)) - waiting
    return {
        item.report.id: hashing.business_content(item.report, item.lines)
        for item in staged
        if item.report.id in settled
    }
