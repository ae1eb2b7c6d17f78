"""Plans past dates twice, by connector.yaml as it is and by another one, from what is staged; nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator, triggered_by
from certify_intacct.pages.links import ComparisonLink
from certify_intacct.runs.run_params import WHAT_IF_PARAMS, refuse_unknown

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.periods import Period


class ExpenseWhatIfOperator(ConnectorOperator):
    """Compares what two configurations make of the reports of past dates; shows it in the log and on the page of the comparison."""

    operator_extra_links = (ComparisonLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        #: Known when it has run, for its link.
        self.load_id: int | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns both loads, how many reports were planned, and how they turned.

        :raises BadInput: the dates are wrong, or staging has nothing of them, or no such file may be read
        :raises ConfigurationError: something is wrong in the other connector.yaml
        """
        from certify_intacct.posting.what_if import what_if
        from certify_intacct.posting.what_if_report import what_if_lines, what_if_report
        from certify_intacct.runs.other_configuration import other_configuration

        params = context["params"]
        refuse_unknown(params, WHAT_IF_PARAMS)
        changed, name = other_configuration(params)
        found = what_if(
            self.database,
            self.configuration,
            changed,
            self._period(context),
            run_id=context["run_id"],
            actor=triggered_by(context),
        )
        with self.database.connection() as connection:
            report = what_if_report(connection, self.configuration.company.certify_company, found)
        self.log.info("%s", "\n".join(what_if_lines(found, report, name)))
        self.load_id = found.changed
        return {
            "load_id": found.changed, "against": found.today, "reports": found.reports, "alike": report.alike,
            "turns": dict(report.turns),
        }  # fmt: skip

    def _period(self, context: Context) -> Period:
        from certify_intacct.runs.period import resolve_period

        run = context["dag_run"]
        return resolve_period(
            params=context["params"],
            run_type="manual",
            interval_start=None,
            interval_end=None,
            now=run.run_after,
            time_zone=self.configuration.company.time_zone,
        )
