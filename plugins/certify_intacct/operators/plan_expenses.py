"""Plans what Intacct must get: documents ready to send, and every reason why something is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import PlanLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class IntacctPlanOperator(ConnectorOperator):
    """Plans the reports that validation passed, against the ledger, and freezes their documents. A preview ends here.

    :param load_id: the load
    """

    template_fields: Sequence[str] = ("load_id",)
    operator_extra_links = (PlanLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns how many reports are to be posted, held, skipped; the plan itself is shown in the task's log.

        :raises GuardTripped: the data are of another company of Certify, or not of the shape that they had until now
        """
        from collections import Counter

        from certify_intacct.posting.planner import ExpensePlanner, LedgerSnapshot, alarm
        from certify_intacct.preflight.sources import check_sources
        from certify_intacct.runs.plan_table import plan_table
        from certify_intacct.staging import (
            approvals,
            expenses,
            frozen_reports,
            known_sources,
            ledger_reads,
            releases,
            report_plans,
            run_limits,
        )
        from certify_intacct.staging.manifest import advance, get_load
        from certify_intacct.staging.plans import store_plan, summary

        load_id = int(self.load_id)
        company = self.configuration.company
        check_sources(self.database, self.configuration, load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            staged = expenses.staged_reports(connection, load_id)
            ids = [item.report.id for item in staged]
            given = releases.given(connection, company.certify_company, ids)
            own = releases.only_released_by(
                connection, company.certify_company, approvals.opened_by(connection, load_id)
            )
            for report_id, source_hash, rule in sorted(own & _flat(given)):
                # The right to trigger is not the right to post.
                self.log.warning(
                    "Report %s: %s was released by the one who triggered this run, so it counts in the next run that the schedule "
                    "or somebody else starts.",
                    report_id,
                    rule,
                )
                given[report_id, source_hash] -= {rule}
            planner = ExpensePlanner(
                configuration=self.configuration,
                references=expenses.references(connection, load_id, company.intacct_company_id),
                known=LedgerSnapshot(
                    documents=ledger_reads.documents_of_reports(connection, company.certify_company, ids),
                    frozen=frozen_reports.frozen(connection, company.certify_company, ids),
                    releases=given,
                ),
                today=datetime.now(tz=UTC).astimezone(company.zone).date(),
                entities=load.entities,
            )
            plan = planner.run(staged, expenses.quarantined_reports(connection, load_id))
            plan.changes += [alarm(row) for row in report_plans.alarms(connection, load_id)]
            store_plan(connection, load_id, plan.changes)
            report_plans.store_reports(connection, load_id, plan.reports, self.configuration.hash)
            above = run_limits.above_limits(connection, load_id, self.configuration.posting.limits)
            run_limits.keep_above(connection, load_id, above)
            if not load.dry_run:
                known_sources.remember(connection, load_id, company.certify_company, self.configuration.people)
                for item in plan.open:
                    report_plans.keep_open(
                        connection,
                        certify_company=company.certify_company,
                        load_id=load_id,
                        report_id=item.report_id,
                        state=item.state,
                        rule=item.rule,
                        reason=item.reason,
                        label=item.label,
                        processed_date=item.processed_date,
                        source_hash=item.source_hash,
                    )
                report_plans.close_open(connection, company.certify_company, plan.closed)
            counts = dict(Counter(change.action.value for change in plan.changes))
            counts["documents"] = sum(len(report.documents) for report in plan.reports)
            advance(connection, load_id, "previewed" if load.dry_run else "planned", {"plan": counts})
            self.log.info("Plan of load %s\n%s", load_id, plan_table(summary(connection, load_id), plan.changes))
            for one in above:
                self.log.warning("Needs a second person: %s", one)
        return counts


def _flat(releases: Mapping[tuple[str, str], Collection[str]]) -> set[tuple[str, str, str]]:
    return {(report_id, source_hash, rule) for (report_id, source_hash), rules in releases.items() for rule in rules}
