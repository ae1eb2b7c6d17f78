"""Answers, before a run begins, for each right and fact that it relies on: present, missing or cannot tell."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConfigurationError, CredentialsRefused, PermissionDenied
from certify_intacct.operators.base import ConnectorOperator, triggered_by

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.preflight import Finding
    from certify_intacct.staging.preflight import PreflightSubject

FORCE_PARAM = "force"
# A connection that is wrong as it stands is a row of the table; one that does not answer just now is tried again.
_WRONG = (ConfigurationError, CredentialsRefused, PermissionDenied)


class PreflightOperator(ConnectorOperator):
    """Checks rights and facts at both services, shows them as one table in the task's log and keeps them in ``ops.preflight``.

    A check that passed is good for a day, for the same configuration, connections and version of the code. A check that failed
    never is, and the param ``force`` asks in any case.

    :param direction: ``organization`` or ``expense``: whose needs are checked
    :param force: ask both services although a good check is at hand
    :param intacct_conn_id: the Sage Intacct connection
    :param certify_conn_id: the Emburse Certify connection
    """

    ui_color = "#f2f2e0"

    def __init__(
        self,
        *,
        direction: str,
        force: bool = False,
        intacct_conn_id: str = "sage_intacct_default",
        certify_conn_id: str = "emburse_certify_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.direction = direction
        self.force = force
        self.intacct_conn_id = intacct_conn_id
        self.certify_conn_id = certify_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many rows there are of each outcome. Nothing is written to either service.

        :raises PermissionDenied: rights are missing that the configured kinds of document need
        :raises ConfigurationError: the database's schema, a connection, or a fact is not as the run needs it
        """
        from certify_intacct.rules.preflight import verdict
        from certify_intacct.staging import preflight
        from certify_intacct.staging.migrate import newest_revision

        subject = self._subject()
        with self.database.connection() as connection:
            preflight.check_schema(connection, newest_revision())
            known = None if self._forced(context) else preflight.valid_check(connection, subject)
        if known is not None:
            self.log.info(
                "Checked on %s, and good for a day (check %s).\n%s",
                f"{known.checked_at:%Y-%m-%d %H:%M %Z}",
                known.check_id,
                verdict.table(known.findings),
            )
            return verdict.counts(known.findings)
        findings = tuple(self._ask())
        problem = verdict.error(findings, self.direction)
        with self.database.connection() as connection:
            check_id = preflight.store_check(
                connection,
                subject,
                findings,
                passed=problem is None,
                dag_id=context["dag_run"].dag_id,
                run_id=context["run_id"],
                actor=triggered_by(context),
            )
        self.log.info("Preflight of %s (check %s)\n%s", self.direction, check_id, verdict.table(findings))
        if problem is not None:
            raise problem
        return verdict.counts(findings)

    def _forced(self, context: Context) -> bool:
        return self.force or bool(context["params"].get(FORCE_PARAM))

    def _ask(self) -> list[Finding]:
        from certify_intacct.certify.hook import CertifyHook
        from certify_intacct.intacct.hook import SageIntacctHook
        from certify_intacct.model.preflight import Finding, Outcome
        from certify_intacct.preflight import places
        from certify_intacct.preflight.probes import CertifyProbes, IntacctProbes, unreachable
        from certify_intacct.rules.places import WRONG_ENVIRONMENT_CURE
        from certify_intacct.rules.preflight import facts

        wrong = places.problems(
            self.configuration, intacct_conn_id=self.intacct_conn_id, certify_conn_id=self.certify_conn_id
        )
        if wrong:
            # What else is true of the wrong place is of no interest, and none of our business.
            return [
                Finding(
                    area="Airflow",
                    item="Connections",
                    outcome=Outcome.MISSING,
                    detail=detail,
                    where_to_click=WRONG_ENVIRONMENT_CURE,
                )
                for detail in wrong
            ]
        intacct: SageIntacctHook = SageIntacctHook(self.intacct_conn_id)
        certify = CertifyHook(self.certify_conn_id)
        used: set[str] = set()
        signed_in = Finding(area=facts.INTACCT, item="Sign-in", outcome=Outcome.PRESENT)
        key = Finding(area=facts.CERTIFY, item="API key", outcome=Outcome.PRESENT)
        try:
            try:
                probes = CertifyProbes(certify, self.configuration, self.direction)
                used = probes.entities_used()
                theirs = [key, *probes.findings()]
            except _WRONG as error:
                theirs = [unreachable(facts.CERTIFY, key.item, error)]
            try:
                ours = [signed_in, *IntacctProbes(intacct, self.configuration, self.direction).findings(used)]
            except _WRONG as error:
                ours = [unreachable(facts.INTACCT, signed_in.item, error)]
        finally:
            intacct.close()
            certify.close()
        return [*ours, *theirs]

    def _subject(self) -> PreflightSubject:
        from certify_intacct.staging.preflight import PreflightSubject

        return PreflightSubject(
            direction=self.direction,
            config_hash=self.configuration.hash,
            fingerprint=self._fingerprint(),
            code_version=version("certify-intacct"),
        )

    def _fingerprint(self) -> str:
        """A digest of where both connections lead and as whom. No password takes part in it; Certify's key does, since nothing else
        tells one company of Certify from another.
        """
        identity = {
            self.intacct_conn_id: ("company_id", "sender_id", "entity_id", "environment"),
            self.certify_conn_id: ("api_key", "environment"),
        }
        places: list[Any] = []
        for conn_id, names in identity.items():
            connection = BaseHook.get_connection(conn_id)
            extra = connection.extra_dejson
            places.append([connection.schema, connection.host, connection.port, connection.login])
            places.append([extra.get(name) for name in names])
        return hashlib.sha256(json.dumps(places, default=str).encode()).hexdigest()
