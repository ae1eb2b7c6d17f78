"""Compares what Certify processed with what Intacct has, both read afresh: every cent must stand somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator, triggered_by
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.model.periods import Period

MARGIN = timedelta(days=1)


class ReconcileOperator(ConnectorOperator):
    """Reads the processed reports of the load's period from Certify and their documents from Intacct, and balances the two.

    The result is a row for each entity, currency, kind and bucket in ``ops.reconciliation``, with ``unassigned`` for what nobody can
    explain, and findings (orphans; altered, reversed and deleted documents) in ``ops.reconciliation_finding``.

    :param load_id: the load whose period is reconciled
    """

    template_fields: Sequence[str] = (
        *ConnectorOperator.template_fields,
        "load_id",
        "intacct_conn_id",
        "certify_conn_id",
    )
    ui_color = "#eeeeee"

    def __init__(
        self,
        *,
        load_id: Any,
        intacct_conn_id: str = "sage_intacct_default",
        certify_conn_id: str = "emburse_certify_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.intacct_conn_id = intacct_conn_id
        self.certify_conn_id = certify_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns whether it holds, how many reports were compared, and the number of findings of each kind."""
        from collections import Counter

        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.posting.posting_run import PostingRun
        from certify_intacct.reconciliation.reconciler import Reconciler, balance_table
        from certify_intacct.reconciliation.sealed import checked_and_sealed
        from certify_intacct.staging import reconciliation
        from certify_intacct.staging.manifest import advance, get_load

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
        hook, certify = SageIntacctHook(self.intacct_conn_id), CertifyHook(self.certify_conn_id)
        try:
            headers = self._headers(certify, load.period)
            run = PostingRun(
                hook=hook, database=self.database, configuration=self.configuration, load_id=load_id,
                run_id=context["run_id"], actor=triggered_by(context),
            )  # fmt: skip
            lines, findings = Reconciler(run).balance(headers)
            findings += checked_and_sealed(self.database)
        finally:
            hook.close()
            certify.close()
        kinds = Counter(found.finding for found in findings)
        holds = not findings
        with self.database.connection() as connection:
            reconciliation.store(connection, load_id, lines, findings)
            counts = {"reconciliation": {"holds": holds, "reports": len(headers), **kinds}}
            advance(connection, load_id, load.state if load.direction == "expense" else "loaded", counts)
        self.log.info("Reconciliation of %s\n%s", load.period, balance_table(lines))
        for found in findings:
            self.log.error("%s %s: %s", found.finding, readable(found.number, 200), readable(found.text, 1000))
        return {"holds": holds, "reports": len(headers), **kinds}

    def _headers(self, certify: CertifyHook, period: Period) -> list[dict[str, Any]]:
        pages = certify.pages("expensereports", startdate=period.start - MARGIN, enddate=period.end + MARGIN)
        days = {str(day) for day in period.dates()}
        return [record for page in pages for record in page.records if str(record.get("ProcessedDate"))[:10] in days]
