"""Plans a load: reads what validation passed and what the ledger knows, and stores what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from certify_intacct.posting.planner import ExpensePlan, ExpensePlanner, LedgerSnapshot, alarm
from certify_intacct.staging import (
    approvals,
    decisions,
    expenses,
    frozen_reports,
    known_sources,
    ledger_reads,
    report_plans,
    run_limits,
)
from certify_intacct.staging.plans import store_plan
from certify_intacct.staging.references import references

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.run_limits import AboveLimit

log = logging.getLogger(__name__)


def plan_load(connection: Connection, configuration: Configuration, load: Load) -> tuple[ExpensePlan, list[AboveLimit]]:
    """Plans the reports of a load and stores the plan, with its open items where it is no preview.

    :returns: the plan, and its limits that it is above
    """
    company = configuration.company
    staged = expenses.staged_reports(connection, load.load_id)
    ids = [item.report.id for item in staged]
    given = decisions.released(connection, company.certify_company, ids)
    own = decisions.only_decided_by(connection, company.certify_company, approvals.opened_by(connection, load.load_id))
    for report_id, source_hash, rule in sorted(own & _flat(given)):
        # The right to trigger is not the right to post.
        log.warning(
            "Report %s: %s was released by the one who triggered this run, so it counts in the next run that the schedule "
            "or somebody else starts.",
            report_id,
            rule,
        )
        given[report_id, source_hash] -= {rule}
    planner = ExpensePlanner(
        configuration=configuration,
        references=references(connection, load.load_id, company.intacct_company_id, configuration.dimensions),
        known=LedgerSnapshot(
            documents=ledger_reads.documents_of_reports(connection, company.certify_company, ids),
            frozen=frozen_reports.frozen(connection, company.certify_company, ids),
            releases=given,
        ),
        today=datetime.now(tz=UTC).astimezone(company.zone).date(),
        entities=load.entities,
    )
    plan = planner.run(staged, expenses.quarantined_reports(connection, load.load_id))
    plan.changes += [alarm(row) for row in report_plans.alarms(connection, load.load_id)]
    store_plan(connection, load.load_id, plan.changes)
    report_plans.store_reports(connection, load.load_id, plan.reports, configuration.hash)
    above = run_limits.above_limits(connection, load.load_id, configuration.posting.limits)
    run_limits.keep_above(connection, load.load_id, above)
    if not load.dry_run:
        known_sources.remember(connection, load.load_id, configuration)
        for item in plan.open:
            report_plans.keep_open(
                connection,
                certify_company=company.certify_company,
                load_id=load.load_id,
                report_id=item.report_id,
                state=item.state,
                rule=item.rule,
                reason=item.reason,
                label=item.label,
                processed_date=item.processed_date,
                source_hash=item.source_hash,
            )
        report_plans.close_open(connection, company.certify_company, plan.closed)
    return plan, above


def _flat(releases: Mapping[tuple[str, str], Collection[str]]) -> set[tuple[str, str, str]]:
    return {(report_id, source_hash, rule) for (report_id, source_hash), rules in releases.items() for rule in rules}
