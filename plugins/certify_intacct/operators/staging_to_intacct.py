"""Carries the plan of reports out at Sage Intacct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import triggered_by
from certify_intacct.operators.load_operator import LoadOperator
from certify_intacct.pages.links import IntacctRecordsLink, LoadLink
from certify_intacct.runs.announcing import announce

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.database import Connection


class StagingToIntacctOperator(LoadOperator):
    """Posts the documents of a load's plan, settles what is in doubt from earlier runs, and reads back what was accepted.

    A load that was opened as a preview is refused. Several loads may run at once: each report is sent by one of them.

    :param certify_conn_id: the Emburse Certify connection: reports are asked for once more at send time
    """

    operator_extra_links = (LoadLink(), IntacctRecordsLink())
    ui_color = "#f0e6f6"

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many reports were posted, refused, held, in doubt and so on.

        :raises GuardTripped: a preview, a load without a plan, the wrong company or entity, a test company and a live one, another
            deployment, a run above its limits that nobody approved; nothing was sent
        :raises ConfigurationError: it was not said since when, or what the previous connector has posted
        """
        with self.database.kept():
            try:
                counts = self._post(context)
            finally:
                self._tell(context)
            announce(context, self.outlets, self.database, int(self.load_id))
        return counts

    def _tell(self, context: Context) -> None:
        """What stands in Intacct by now, also of a load that failed half way."""
        from certify_intacct.model.errors import ConnectorError
        from certify_intacct.runs.run_notes import done, posted
        from certify_intacct.staging.load_tally import load_tally
        from certify_intacct.staging.manifest import get_load

        try:
            with self.database.connection() as connection:
                load, tally = get_load(connection, int(self.load_id)), load_tally(connection, int(self.load_id))
        except ConnectorError as error:
            self.log.warning("What was posted cannot be counted: %s", error)
            return
        self.log.info("Posted by this load: %s.", posted(tally))
        self.tell(context, load, done(load, tally))

    def _post(self, context: Context) -> dict[str, int]:
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.certify.reports import CertifyReports
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.intacct.sessions import IdleSessions
        from certify_intacct.posting.follow_up import FollowUp
        from certify_intacct.posting.guards import check_before_posting
        from certify_intacct.posting.poster import IntacctPoster
        from certify_intacct.posting.posting_run import PostingRun
        from certify_intacct.posting.recheck import Recheck
        from certify_intacct.preflight.places import check_places
        from certify_intacct.staging import dimension_words, statistics
        from certify_intacct.staging.manifest import advance, get_load, require_no_preview, require_planned

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            words = dimension_words.known(connection, self.configuration.company.intacct_company_id)
        require_no_preview(load)
        require_planned(load)
        check_places(self.configuration, intacct_conn_id=self.intacct_conn_id, certify_conn_id=self.certify_conn_id)
        meter = self.meter(context, load_id)
        certify = CertifyHook(self.certify_conn_id, meter=meter)
        at_once = self.configuration.posting.sending.requests_at_once
        idle = IdleSessions()
        hooks = [SageIntacctHook(self.intacct_conn_id, idle=idle, meter=meter) for _ in range(at_once)]
        common: dict[str, Any] = {"database": self.database, "configuration": self.configuration.called_by(words)}
        runs = [
            PostingRun(hook=hook, load_id=load_id, run_id=context["run_id"], actor=triggered_by(context), **common)
            for hook in hooks
        ]
        try:
            check_before_posting(load_id=load_id, actor=runs[0].actor, hook=hooks[0], **common)
            for hook in (certify, *hooks):
                # Airflow is asked for connections by one thread.
                hook.get_conn()
            reports = CertifyReports(certify, invoices_since=self.configuration.posting.invoices.read_since)
            counts = IntacctPoster(runs, recheck=Recheck(reports)).run()
            with self.database.connection() as connection:
                statistics.refresh_ledger(connection, load_id)
            read_back = FollowUp(runs[0], others=hooks[1:]).accepted()
        finally:
            for hook in hooks:
                hook.close()
            certify.close()
        with self.database.connection() as connection:
            self._learn_links(connection, load_id)
            advance(connection, load_id, "loaded", {"intacct": counts, "read_back": dict(read_back)})
        self.log.info("Reports: %s. Read back: %s.", counts or "nothing to send", dict(read_back))
        return counts

    def _learn_links(self, connection: Connection, load_id: int) -> None:
        """Remembers who the payees are of what was posted."""
        from certify_intacct.documents import KINDS
        from certify_intacct.staging import payee_links

        for person in {kind.person for kind in KINDS if kind.person}:
            kinds = [kind.kind.value for kind in KINDS if kind.person == person]
            payee_links.learn(connection, load_id, self.configuration.company.intacct_company_id, *person, kinds)
