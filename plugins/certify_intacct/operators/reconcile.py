"""Compares what Certify processed with what Intacct has, both read afresh: every cent must stand somewhere, on its line."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import triggered_by
from certify_intacct.operators.load_operator import LoadOperator
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReconcileOperator(LoadOperator):
    """Reads the processed reports of the load's period from Certify and their documents from Intacct, and balances the two.

    The result is a row for each entity, currency, kind and bucket in ``ops.reconciliation``, with ``unassigned`` for what nobody can
    explain, and findings in ``ops.reconciliation_finding``. Documents are compared line by line: all of them, or in a run of the
    DAG ``reconciliation`` that was not given dates those alone that changed since they were read last.

    :param load_id: the load whose period is reconciled
    """

    ui_color = "#eeeeee"

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns whether it holds, how many reports were compared, how many findings persons have decided about, the number of the
        others by kind, and why approvals were not compared with Airflow's record, where they were not."""
        with self.database.kept():
            return self._reconciled(context)

    def _reconciled(self, context: Context) -> dict[str, Any]:
        from collections import Counter

        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.certify.reports import CertifyReports
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.posting.posting_run import PostingRun
        from certify_intacct.reconciliation.approved import compared_with_airflow
        from certify_intacct.reconciliation.balance import balance_table
        from certify_intacct.reconciliation.findings import report_line
        from certify_intacct.reconciliation.reconciler import Reconciler
        from certify_intacct.reconciliation.sealed import checked_and_sealed
        from certify_intacct.staging import reconciliation_results, swept
        from certify_intacct.staging.manifest import advance, get_load

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            company = self.configuration.company.certify_company
            invoices = swept.posted_invoices(connection, company, load.period.start, load.period.end)
        by_itself = load.direction == "reconciliation" and not context["params"].get("period_start")
        meter = self.meter(context, load_id)
        hook = SageIntacctHook(self.intacct_conn_id, meter=meter)
        certify = CertifyReports(
            CertifyHook(self.certify_conn_id, meter=meter),
            invoices_since=self.configuration.posting.invoices.read_since,
            also=invoices,
        )
        try:
            run = PostingRun(
                hook=hook, database=self.database, configuration=self.configuration, load_id=load_id,
                run_id=context["run_id"], actor=triggered_by(context),
            )  # fmt: skip
            reports, lines, findings = Reconciler(run, certify, load.period, whole=not by_itself).reconcile()
            findings += checked_and_sealed(self.database)
            forged, not_compared = compared_with_airflow(self.database)
            findings += forged
        finally:
            hook.close()
            certify.close()
        kinds = Counter(found.finding for found in findings if not found.decided)
        decided = sum(found.decided for found in findings)
        outcome: dict[str, Any] = {"holds": not kinds, "reports": reports, **kinds} | (
            {"decided": decided} if decided else {}
        )
        if not_compared:
            self.log.warning("Approvals were %s", not_compared)
            outcome["approvals"] = not_compared
        with self.database.connection() as connection:
            reconciliation_results.store(connection, load_id, lines, findings)
            advance(
                connection,
                load_id,
                load.state if load.direction == "expense" else "loaded",
                {"reconciliation": outcome},
            )
        self.log.info("Reconciliation of %s\n%s", load.period, balance_table(lines))
        # In expense_sync, its report says what was posted.
        if load.direction == "reconciliation":
            self.tell(context, load, f"{reports:,} reports compared", f"{sum(kinds.values()):,} findings to look at")
        for found in findings:
            self.log.log(logging.INFO if found.decided else logging.ERROR, "%s", readable(report_line(found), 2000))
        return outcome
