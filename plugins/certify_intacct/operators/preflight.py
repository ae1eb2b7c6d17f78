"""Answers, before a run begins, for each right and fact that it relies on: present, missing or cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator, triggered_by

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.preflight import PreflightRow
    from certify_intacct.transport.metering import Meter


class PreflightOperator(ConnectorOperator):
    """Checks rights and facts at both services, shows them as one table in the task's log and keeps them in ``ops.preflight``.

    A check that passed is good for a day, for the same configuration, connections and version of the code; then only the sign-in is
    tried. A check that failed never is, and what a preview found counts for previews alone.

    :param direction: ``organization`` or ``expense``: whose needs are checked
    :param preview: whether it begins a preview
    :param force: ask both services although a good check is at hand
    :param intacct_conn_id: the Sage Intacct connection
    :param certify_conn_id: the Emburse Certify connection
    """

    ui_color = "#f2f2e0"

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "intacct_conn_id", "certify_conn_id")

    def __init__(
        self,
        *,
        direction: str,
        preview: bool = False,
        force: bool = False,
        intacct_conn_id: str = "sage_intacct_default",
        certify_conn_id: str = "emburse_certify_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.direction = direction
        self.preview = preview
        self.force = force
        self.intacct_conn_id = intacct_conn_id
        self.certify_conn_id = certify_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many rows there are of each outcome. Nothing is written to either service.

        :raises CredentialsRefused: Intacct does not let us in any more
        :raises PermissionDenied: rights are missing that the configured kinds of document need
        :raises ConfigurationError: the database's schema, a connection, or a fact is not as the run needs it, or an expectation of
            the company's own cannot be used
        """
        from certify_intacct.preflight import pools
        from certify_intacct.preflight.check import RightsAndFacts
        from certify_intacct.rules.preflight import verdict
        from certify_intacct.staging import preflight
        from certify_intacct.staging.migrate import newest_revision

        self._own_expectations()
        meter = self.meter(context)
        check = RightsAndFacts(
            self.configuration,
            self.direction,
            intacct_conn_id=self.intacct_conn_id,
            certify_conn_id=self.certify_conn_id,
            meter=meter,
        )
        subject = check.subject(preview=self.preview)
        with self.database.connection() as connection:
            preflight.check_schema(connection, newest_revision())
            known = None if self.force else preflight.valid_check(connection, subject)
        # Airflow's pools are asked for each time: a person changes them by a click, and a run stands still.
        waiting = pools.rows(self.direction, preview=self.preview)
        if known is not None:
            rows = (*(one for one in known.rows if one.item != pools.ITEM), *waiting)
            self.log.info(
                "Checked on %s, and good for a day (check %s).\n%s",
                f"{known.checked_at:%Y-%m-%d %H:%M %Z}",
                known.check_id,
                verdict.table(rows),
            )
            self._sign_in(meter)
            if problem := verdict.error(rows, self.direction):
                raise problem
            return verdict.counts(rows)
        rows = (*check.ask(), *waiting)
        rows += tuple(self._of_what_is_known(rows, meter))
        problem = verdict.error(rows, self.direction)
        with self.database.connection() as connection:
            check_id = preflight.store_check(
                connection,
                subject,
                rows,
                passed=problem is None,
                dag_id=context["dag_run"].dag_id,
                run_id=context["run_id"],
                actor=triggered_by(context),
            )
        self.log.info("Preflight of %s (check %s)\n%s", self.direction, check_id, verdict.table(rows))
        if problem is not None:
            raise problem
        return verdict.counts(rows)

    def _of_what_is_known(self, rows: Sequence[PreflightRow], meter: Meter) -> Iterator[PreflightRow]:
        """The rows that our own database tells, or is needed for; none about a company that is not ours."""
        from certify_intacct.preflight import api_meter, dimension_words, earlier_dates
        from certify_intacct.rules.preflight.facts import COMPANY

        if not any(row.item == COMPANY and row.fine for row in rows):
            return
        if renamed := dimension_words.learn(
            self.database, self.configuration.company.intacct_company_id, self.intacct_conn_id, meter
        ):
            self.log.info("Dimensions by the company's own words: %s", renamed)
        if self.direction == "expense":
            yield earlier_dates.ask(self.database, self.configuration)
            if not any(row.stops for row in rows):
                yield api_meter.compared(self.database, self.configuration, self.intacct_conn_id, meter)
        yield api_meter.calls(self.database, self.configuration, self.direction)

    def _own_expectations(self) -> None:
        """Refuses files that validation could not use, before anything is read. Only who has any pays for the library's import."""
        from certify_intacct.runs.own_expectations import own_expectations

        if expectations := own_expectations(self.configuration):
            from certify_intacct.quality.own.judging import check

            check(expectations)
            self.log.info("%s expectations of the company's own are judged with ours.", len(expectations))

    def _sign_in(self, meter: Meter) -> None:
        """Signs in at Intacct once: the tasks that follow all do so together, and a wrong password tried so often locks a user out."""
        from certify_intacct.intacct.hook import SageIntacctHook

        hook: SageIntacctHook = SageIntacctHook(self.intacct_conn_id, meter=meter)
        try:
            hook.get_conn().sign_in()
        finally:
            hook.close()
