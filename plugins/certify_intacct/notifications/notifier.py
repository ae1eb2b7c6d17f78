"""Tells people something in a few lines: by mail through Airflow's SMTP connection when it is there, in the log otherwise."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from certify_intacct.rules.texts import readable as one_line

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.configuration.notifications import NotificationsConfiguration

log = logging.getLogger(__name__)

_LONGEST_LINE = 1000


class ConnectorNotifier(BaseNotifier):
    """A notice to ``notifications.addresses``.

    Nothing of it is a template: what stands in its texts was put there by whoever made it.

    :param subject: one line
    :param message: plain text, line by line
    :param link: an address of ours that it is about
    """

    def __init__(self, *, subject: str, message: str, link: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject = subject
        self.message = message
        self.link = link

    def __call__(self, *args: Any) -> None:
        """Sends it; there is nothing to render first."""
        self.notify(args[0])

    def notify(self, context: Context) -> None:
        """Sends the message; a mail that cannot be sent is logged and never fails the run."""
        from certify_intacct.notifications.mail import Mail, send
        from certify_intacct.notifications.rendering import rendered

        lines = [one_line(line, _LONGEST_LINE) for line in self.message.split("\n")]
        log.info("%s\n%s", one_line(self.subject, _LONGEST_LINE), "\n".join(lines))
        settings = settings_or_none()
        if settings is None or not settings.addresses:
            return
        text, html = rendered("notice", subject=self.subject, lines=lines, link=self.link)
        send(settings, Mail(to=settings.addresses, subject=self.subject, text=text, html=html))


def settings_or_none() -> NotificationsConfiguration | None:
    """Who is told what; None where connector.yaml cannot be read, which is said in the log."""
    from certify_intacct.model.configuration import config_path, load
    from certify_intacct.model.errors import ConfigurationError

    try:
        return load(config_path()).notifications
    except ConfigurationError as error:
        log.error("Nobody can be told: %s", error)
        return None
