"""Attaches receipts of Certify to documents that were posted to Sage Intacct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.operators.base import triggered_by
from certify_intacct.operators.load_operator import LoadOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReceiptsToIntacctOperator(LoadOperator):
    """Makes files of the receipts of posted reports: those of this load, late ones, and what earlier runs could not attach.

    It posts nothing, and no posting waits for it. Interrupted or tried again, it goes on where it was. Several may run at once: each
    attachment is worked on by one of them.

    """

    ui_color = "#f0e6f6"

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many receipts are attached since, left out for good, and still waiting.

        :raises GuardTripped: a preview, another run's load, a wrong place, or posting is stopped; nothing was sent
        :raises ServiceUnavailable: Certify or Intacct does not answer; what was done stands
        """
        if not self.configuration.posting.receipts.attach:
            self.log.info("No receipts are attached: posting.receipts.attach in connector.yaml is false.")
            return {}
        with self.database.kept():
            return self._attach(context)

    def _attach(self, context: Context) -> dict[str, int]:
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.posting.posting_run import PostingRun
        from certify_intacct.posting.receipts import Receipts
        from certify_intacct.preflight.places import check_places
        from certify_intacct.staging.manifest import get_load, require_no_preview

        with self.database.connection() as connection:
            load = get_load(connection, int(self.load_id))
        require_no_preview(load)
        check_places(self.configuration, intacct_conn_id=self.intacct_conn_id, certify_conn_id=self.certify_conn_id)
        meter = self.meter(context, load.load_id)
        certify = CertifyHook(self.certify_conn_id, meter=meter)
        hook = SageIntacctHook(self.intacct_conn_id, meter=meter)
        run = PostingRun(
            hook=hook,
            database=self.database,
            configuration=self.configuration,
            load_id=load.load_id,
            run_id=context["run_id"],
            actor=triggered_by(context),
        )
        try:
            # Airflow is asked for a connection by one thread.
            certify.get_conn()
            counts = Receipts(run, certify=certify).attach()
        finally:
            hook.close()
            certify.close()
        self.log.info("Receipts: %s.", counts or "nothing to attach")
        return counts
