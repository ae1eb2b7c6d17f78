"""Asks both services for each right and fact that a run relies on: present, missing or cannot tell."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConfigurationError, ConnectorError, CredentialsRefused, PermissionDenied
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.preflight import mail, places
from certify_intacct.preflight.certify_probes import CertifyProbes
from certify_intacct.preflight.intacct_probes import IntacctProbes
from certify_intacct.rules.places import WRONG_ENVIRONMENT_CURE
from certify_intacct.rules.preflight import facts
from certify_intacct.staging.preflight import PreflightSubject

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.transport.metering import Meter

# A connection that is wrong as it stands is a row of the table; one that does not answer just now is tried again.
_WRONG = (ConfigurationError, CredentialsRefused, PermissionDenied)


class RightsAndFacts:
    """What a direction needs of both services.

    :param direction: ``organization`` or ``expense``
    :param meter: counts what is asked
    """

    def __init__(
        self,
        configuration: Configuration,
        direction: str,
        *,
        intacct_conn_id: str,
        certify_conn_id: str,
        meter: Meter | None = None,
    ) -> None:
        self.configuration = configuration
        self.direction = direction
        self.intacct_conn_id = intacct_conn_id
        self.certify_conn_id = certify_conn_id
        self.meter = meter

    def ask(self) -> list[PreflightRow]:
        """Asks both services, and Airflow for the mail. Nothing is written to either."""
        wrong = places.problems(
            self.configuration, intacct_conn_id=self.intacct_conn_id, certify_conn_id=self.certify_conn_id
        )
        if wrong:
            # What else is true of the wrong place is of no interest, and none of our business.
            return [
                PreflightRow(
                    area="Airflow",
                    item="Connections",
                    outcome=Outcome.MISSING,
                    detail=detail,
                    where_to_click=WRONG_ENVIRONMENT_CURE,
                )
                for detail in wrong
            ]
        intacct: SageIntacctHook = SageIntacctHook(self.intacct_conn_id, meter=self.meter)
        certify = CertifyHook(self.certify_conn_id, meter=self.meter)
        used: set[str] = set()
        signed_in = PreflightRow(area=facts.INTACCT, item="Sign-in", outcome=Outcome.PRESENT)
        key = PreflightRow(area=facts.CERTIFY, item="API key", outcome=Outcome.PRESENT)
        try:
            try:
                probes = CertifyProbes(certify, self.configuration, self.direction)
                used = probes.entities_used()
                theirs = [key, *probes.rows()]
            except _WRONG as error:
                theirs = [_unreachable(facts.CERTIFY, key.item, error)]
            try:
                ours = [signed_in, *IntacctProbes(intacct, self.configuration, self.direction).rows(used)]
            except _WRONG as error:
                ours = [_unreachable(facts.INTACCT, signed_in.item, error)]
        finally:
            intacct.close()
            certify.close()
        return [*ours, *theirs, *mail.rows(self.configuration.notifications)]

    def subject(self, *, preview: bool) -> PreflightSubject:
        """What the check is about: while it stays the same, a good check is good for a day.

        :param preview: whether it is asked before a preview, whose check is no check of a run that sends
        """
        return PreflightSubject(
            direction=self.direction,
            config_hash=self.configuration.hash,
            fingerprint=self._fingerprint(preview),
            code_version=version("certify-intacct"),
        )

    def _fingerprint(self, preview: bool) -> str:
        """A digest of what the check is for, and where both connections lead and as whom. No password takes part in it;
        Certify's key does, since nothing else tells one company of Certify from another.
        """
        identity = {
            self.intacct_conn_id: ("company_id", "sender_id", "entity_id", "environment"),
            self.certify_conn_id: ("api_key", "environment"),
        }
        places: list[Any] = ["preview" if preview else "sync"]
        for conn_id, names in identity.items():
            connection = BaseHook.get_connection(conn_id)
            extra = connection.extra_dejson
            places.append([connection.schema, connection.host, connection.port, connection.login])
            places.append([extra.get(name) for name in names])
        return hashlib.sha256(json.dumps(places, default=str).encode()).hexdigest()


def _unreachable(area: str, item: str, problem: ConnectorError) -> PreflightRow:
    """The row about a service that refuses the connection as it stands."""
    return PreflightRow(
        area=area, item=item, outcome=Outcome.MISSING, detail=problem.message, where_to_click=problem.cure or ""
    )
