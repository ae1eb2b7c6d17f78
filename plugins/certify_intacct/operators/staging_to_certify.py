"""Carries a plan out at Emburse Certify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.operators.load_operator import LoadOperator
from certify_intacct.runs.announcing import announce

if TYPE_CHECKING:
    from airflow.sdk import Context


class StagingToCertifyOperator(LoadOperator):
    """Sends the changes of a load's plan to Certify, in the order lists, people, approvers, deactivations.

    Only one load writes to Certify at a time. A load that was opened as a preview is refused. A change whose target was
    changed by another run since it was planned is not sent, and its outcome names that run.

    :param intacct_conn_id: the Sage Intacct connection that the plan was made from
    """

    ui_color = "#f0e6f6"

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many changes were applied, refused, in doubt and so on.

        :raises GuardTripped: a preview, a load without a plan, a test company and a live one, or another entity; nothing was sent
        :raises ServiceUnavailable: when Certify does not answer; what was sent until then is recorded, and a retry goes on from there
        """
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.preflight.places import check_places
        from certify_intacct.provisioning.writer import CertifyWriter
        from certify_intacct.runs.run_notes import done
        from certify_intacct.staging.load_tally import load_tally
        from certify_intacct.staging.locks import exclusive
        from certify_intacct.staging.manifest import advance, get_load, require_no_preview, require_planned
        from certify_intacct.staging.plans import summary

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
        require_no_preview(load)
        require_planned(load)
        check_places(self.configuration, intacct_conn_id=self.intacct_conn_id, certify_conn_id=self.certify_conn_id)
        settings = self.configuration
        hook = CertifyHook(self.certify_conn_id, meter=self.meter(context, load_id))
        try:
            with exclusive(self.database, "certify") as lock:
                counts = CertifyWriter(
                    hook=hook,
                    database=self.database,
                    listed=settings.dimensions.listed(entities=settings.people.entities.source != "none"),
                    load_id=load_id,
                    run_id=context["run_id"],
                    lock=lock,
                    settle_seconds=settings.people.settle_seconds,
                ).run()
        finally:
            hook.close()
        with self.database.connection() as connection:
            advance(connection, load_id, "loaded", {"certify": counts})
            for row in summary(connection, load_id):
                self.log.info("%(subject)s %(action)s: %(changes)s %(result)s", row)
            self.tell(context, load, done(load, load_tally(connection, load_id)))
        announce(context, self.outlets, self.database, load_id)
        return counts
