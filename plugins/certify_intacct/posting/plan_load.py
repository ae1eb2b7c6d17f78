"""Plans a load: reads what validation passed and what the ledger knows, and stores what comes of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from certify_intacct.model.ledger import LedgerState
from certify_intacct.posting.planner import ExpensePlan, ExpensePlanner, LedgerSnapshot, alarm
from certify_intacct.staging import (
    approvals,
    decisions,
    entities,
    expenses,
    known_sources,
    ledger,
    ledger_reads,
    report_plans,
    run_limits,
)
from certify_intacct.staging.plans import store_plan
from certify_intacct.staging.references import references

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
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
    closed = decisions.closed(connection, company.certify_company, ids)
    single = entities.is_single(connection, load.load_id, company)
    planner = ExpensePlanner(
        configuration=configuration,
        references=references(
            connection,
            load.load_id,
            company.intacct_company_id,
            configuration.dimensions,
            moving=configuration.posting.closed_periods.policy == "next_open_day",
            single_entity=single,
        ),
        known=LedgerSnapshot(
            documents=ledger_reads.documents_of_reports(connection, company.certify_company, ids),
            released=_released(connection, configuration, load, ids),
            closed={key: kept.decision for key, kept in closed.items()},
            held_before=report_plans.held_before(connection, company.certify_company, ids),
            accepted=decisions.accepted(connection, company.certify_company, ids).keys(),
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
        entities.remember(connection, company.intacct_company_id, single=single)
        known_sources.remember(connection, load.load_id, configuration)
        report_plans.keep_planned(
            connection, company.certify_company, load.load_id, plan.open, plan.reports, plan.planned
        )
        report_plans.close_decided(
            connection, company.certify_company, decisions.all_closed(connection, company.certify_company)
        )
        _retire(connection, load, plan.retired)
    return plan, above


def _released(
    connection: Connection, configuration: Configuration, load: Load, report_ids: Collection[str]
) -> dict[str, dict[str, frozenset[str]]]:
    """What persons overruled, by report and hash, without what nobody but the one who triggered this run did."""
    company = configuration.company.certify_company
    given = decisions.released(connection, company, report_ids)
    own = decisions.only_decided_by(connection, company, approvals.opened_by(connection, load.load_id))
    for report_id, content_hash, rule in sorted(own & _flat(given)):
        # The right to trigger is not the right to post.
        log.warning(
            "Report %s: %s was overruled by the one who triggered this run, so it counts in the next run that the schedule "
            "or somebody else starts.",
            report_id,
            rule,
        )
        given[report_id, content_hash] -= {rule}
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for (report_id, content_hash), rules in given.items():
        found[report_id][content_hash] = rules
    return dict(found)


def _retire(connection: Connection, load: Load, documents: Sequence[LedgerDocument]) -> None:
    """Notes of documents that were held that Intacct has not got them, as a person says who looked."""
    actor = approvals.opened_by(connection, load.load_id)
    for document in documents:
        ledger.move_from(
            connection, document.document_id, (LedgerState.HELD,), LedgerState.REJECTED, run_id=load.run_id, actor=actor,
            message="A person looked for it in Intacct and decided that it is not there.",
        )  # fmt: skip


def _flat(releases: Mapping[tuple[str, str], Collection[str]]) -> set[tuple[str, str, str]]:
    return {(report_id, source_hash, rule) for (report_id, source_hash), rules in releases.items() for rule in rules}
