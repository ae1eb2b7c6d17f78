"""The last step of a run: says in one place what happened and what a person has to do, and tells those who want to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.run_report import RunReport

_MOST = 50
_LONGEST_NAME, _LONGEST_TEXT = 200, 1000


class RunReportOperator(ConnectorOperator):
    """Writes the report of a run into its log, and mails it when there is news (or always, by configuration).

    :param load_id: the load
    """

    template_fields: Sequence[str] = ("load_id",)
    ui_color = "#eeeeee"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many items wait for a person, how many of them are new, and how many dates are uncovered."""
        from certify_intacct.operators.notifier import ConnectorNotifier
        from certify_intacct.staging.run_report import run_report

        with self.database.connection() as connection:
            report = run_report(connection, int(self.load_id), self._first_date())
        text = "\n".join(report_lines(report))
        self.log.info("%s", text)
        wanted = self.configuration.notifications.every_run or report.news or report.uncovered
        if wanted and not report.load.dry_run:
            subject = f"{report.load.dag_id} {report.load.period}: {len(report.news)} new to look at, {len(report.waiting)} in all"
            ConnectorNotifier(subject=subject, message=text).notify(context)
        return {"waiting": len(report.waiting), "new": len(report.news), "uncovered": len(report.uncovered)}

    def _first_date(self) -> date:
        first = self.configuration.company.first_post_date
        with self.database.connection() as connection:
            row = connection.execute("SELECT min(day) AS day FROM ops.covered_date").fetchone()
        earliest = row["day"] if row and row["day"] else date.max
        return max(first, earliest) if first else earliest


def report_lines(report: RunReport) -> Iterator[str]:
    """The report as text: figures, what waits and why, uncovered dates with the command that covers them."""
    load = report.load
    yield f"{load.dag_id}, {load.period}, load {load.load_id}{' (preview: nothing was sent)' if load.dry_run else ''}"
    for row in report.plan:
        yield f"  {row['subject']:<26}{row['action']:<12}{row['result']:<12}{row['changes']:>8}"
    if report.waiting:
        yield f"Waiting for a person: {len(report.waiting)}, of which {len(report.news)} new."
        ordered = sorted(report.waiting, key=lambda item: (item["rule"], item["reason"], item["cure"]))
        for (rule, reason, cure), items in groupby(
            ordered, key=lambda item: (item["rule"], item["reason"], item["cure"])
        ):
            # Texts of people stand in all of these: one with a line break must not look like a line of this report.
            names = [readable(item["what"], _LONGEST_NAME) for item in items]
            shown = ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
            yield f"  {rule}: {shown}\n      {readable(f'{reason} {cure}', _LONGEST_TEXT)}".rstrip()
    if report.uncovered:
        yield "Dates that no run has covered; this command covers them:"
        first, last = report.uncovered[0], report.uncovered[-1]
        yield f"  airflow backfill create --dag-id {load.dag_id} --from-date {first} --to-date {last}"
        yield "  " + ", ".join(map(str, report.uncovered[:_MOST]))
