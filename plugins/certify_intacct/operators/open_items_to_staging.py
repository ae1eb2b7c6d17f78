"""Brings what earlier runs left unfinished into this run, and finds what no run has seen: nothing is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class OpenItemsToStagingOperator(ConnectorOperator):
    """Reads reports by their ID into a load whose period does not hold them: open items of earlier runs, and what a sweep finds.

    The sweep lists the headers of all reports processed from ``sweep_days`` ago into the future; of those of before first_post_date it
    keeps no more than that they were processed then. Reports that no run has planned, of dates that were covered already or lie in the
    future, are worked in this run; a posted report that is missing from the list, or no longer processed, is an alarm. Once a day
    lines of posted reports are compared too: those of the last posting.recheck_lines_days dates, and a seventh of the older ones. A
    run of a backfill does nothing of all this.

    :param load_id: the load
    :param sweep_days: how far back the sweep looks
    :param certify_conn_id: the Emburse Certify connection
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id", "certify_conn_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#e6f4ea"

    def __init__(
        self, *, load_id: Any, sweep_days: int = 62, certify_conn_id: str = "emburse_certify_default", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.sweep_days = sweep_days
        self.certify_conn_id = certify_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many reports were brought in, how many of them the sweep found, the alarms, the dates without a run, the dates
        whose lines were compared, and how many posted reports have other lines.

        :raises GuardTripped: the load is planned already
        """
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.certify.reports import CertifyReports
        from certify_intacct.posting.open_items import OpenItems, first_of_sweep
        from certify_intacct.staging import swept
        from certify_intacct.staging.manifest import begin_reading, get_load

        with self.database.connection() as connection:
            begin_reading(connection, get_load(connection, int(self.load_id)))
        hook = CertifyHook(self.certify_conn_id, meter=self.meter(context, int(self.load_id)))
        company = self.configuration.company
        first = first_of_sweep(company, self.sweep_days)
        with self.database.connection() as connection:
            posted = swept.posted_invoices(connection, company.certify_company, first)
        certify = CertifyReports(hook, invoices_since=self.configuration.posting.invoices.read_since, also=posted)
        try:
            return OpenItems(
                certify=certify,
                database=self.database,
                company=company,
                posting=self.configuration.posting,
                load_id=int(self.load_id),
            ).bring_in(self.sweep_days)
        finally:
            certify.close()
