"""Says every morning whether the night's runs happened: a run that never was says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class DatesCoveredOperator(ConnectorOperator):
    """Tells of each sync whose last complete day no run has covered, by mail and in the log, and sets its gauges.

    :param load_id: the load of the run that looks, for its link
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#eeeeee"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many dates of the last month are uncovered, by DAG; those of a sync that is not in use are not counted."""
        from certify_intacct.notifications.notifier import ConnectorNotifier
        from certify_intacct.preflight.pools import in_the_way
        from certify_intacct.runs.coverage_text import age_seconds, coverage_lines
        from certify_intacct.runs.metrics import emit
        from certify_intacct.staging.coverage import coverage

        company = self.configuration.company
        last = datetime.now(tz=UTC).astimezone(company.zone).date() - timedelta(days=1)
        with self.database.connection() as connection:
            found = [
                covered
                for direction in ("expense", "organization")
                if (covered := coverage(connection, direction, last, company.first_post_date))
            ]
        for covered in found:
            dag_id = f"{covered.direction}_sync"
            age = age_seconds(covered.last_load)
            emit(
                {"dates_uncovered": len(covered.uncovered), **({} if age is None else {"last_load_age_seconds": age})},
                dag_id,
            )
            # What was missing before the last day, the report of the run after it told.
            if last in covered.uncovered:
                text = "\n".join(coverage_lines(covered, last, company.zone, in_the_way=in_the_way(covered.direction)))
                self.log.warning("%s", text)
                ConnectorNotifier(subject=f"{dag_id}: no run has covered {last}", message=text).notify(context)
        return {f"{covered.direction}_sync": len(covered.uncovered) for covered in found}
