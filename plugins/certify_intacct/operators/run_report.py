"""Says in one place what a run did and what a person has to do, and mails it to whom it concerns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class RunReportOperator(ConnectorOperator):
    """Writes the report of a run into its log, mails it to those whom ``notifications`` of connector.yaml names, and sets its metrics.

    :param load_id: the load
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#eeeeee"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many reports wait for a person, how many people and rows of lists, how many of this run's are new, and how many
        dates are uncovered."""
        from certify_intacct.notifications.telling import tell
        from certify_intacct.runs.metrics import emit, figures
        from certify_intacct.runs.report_text import report_lines, standing
        from certify_intacct.runs.run_notes import done
        from certify_intacct.staging import api_use
        from certify_intacct.staging.load_tally import load_tally
        from certify_intacct.staging.overview import first_date
        from certify_intacct.staging.record import newest_seal
        from certify_intacct.staging.run_report import run_report

        with self.database.connection() as connection:
            company = self.configuration.company
            first = first_date(connection, company.first_post_date)
            report = run_report(connection, company.certify_company, int(self.load_id), first, company.zone)
            seal = newest_seal(connection)
            tally = load_tally(connection, int(self.load_id))
            posts_or_changes = not report.load.preview and report.load.direction != "reconciliation"
            month = api_use.this_month(connection, company)
            measured = figures(connection, company, report, tally, month) if posts_or_changes else {}
        emit(measured, report.load.dag_id)
        self.tell(context, report.load, done(report.load, tally), *standing(report, measured))
        # Whoever keeps the mails can tell whether the ledger was rewritten since.
        text = "\n".join([*report_lines(report), *([str(seal)] if seal else [])])
        self.log.info("%s", text)
        self.log.log(logging.WARNING if month.exceeds else logging.INFO, "%s", month.words)
        tell(self.database, self.configuration, report, seal=str(seal or ""))
        return {
            "reports": report.reports,
            "others": report.others,
            "new": report.new,
            "uncovered": len(report.uncovered),
        }
