"""Section ``notifications`` of connector.yaml: who is told."""

from __future__ import annotations

from certify_intacct.model.configuration.section import Name, Section


class NotificationsConfiguration(Section):
    """Section ``notifications``.

    :param addresses: e-mail addresses of those who are told of failed runs, uncovered dates and new holds
    :param smtp_connection: Airflow's SMTP connection that the mail goes through; without that connection the news is only logged
    :param every_run: also send the report of runs that went well, as the vendor's integration report does
    """

    addresses: tuple[Name, ...] = ()
    smtp_connection: Name = "smtp_default"
    every_run: bool = False
