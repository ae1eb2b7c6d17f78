"""Tells people: by mail through Airflow's SMTP connection when it is there, in the log otherwise."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from certify_intacct.rules.texts import readable as one_line

if TYPE_CHECKING:
    from airflow.sdk import Context
    from jinja2 import Environment

log = logging.getLogger(__name__)

_LONGEST_SUBJECT = 250

# A run may be called anything: a line break in its name begins no line of ours.
FAILED_SUBJECT = "{{ dag.dag_id }}: run {{ run_id }} failed"
FAILED_MESSAGE = (
    "The run {{ run_id.split() | join(' ') }} of {{ dag.dag_id }} failed at task "
    "{{ ti.task_id.split() | join(' ') if ti else '(unknown)' }}. "
    "Its log says what is wrong, where, and what to do. Clear the whole run to start it again: nothing is written twice."
)


class ConnectorNotifier(BaseNotifier):
    """One notifier for everything this project has to say.

    :param subject: one line
    :param message: plain text
    """

    template_fields: Sequence[str] = ("subject", "message")

    def __init__(self, *, subject: str = FAILED_SUBJECT, message: str = FAILED_MESSAGE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject = subject
        self.message = message

    def __call__(self, *args: Any) -> None:
        """Renders and sends. One notifier serves every run of a DAG, so the texts are rendered in a copy."""
        super(ConnectorNotifier, copy(self)).__call__(*args)

    def get_template_env(self, dag: Any = None) -> Environment:
        """The DAG's environment; a plain one where Airflow hands over a DAG without any, as ``airflow dags test`` does."""
        return super().get_template_env(dag if hasattr(dag, "get_template_env") else None)

    def notify(self, context: Context) -> None:
        """Sends the message; a mail that cannot be sent is logged and never fails the run."""
        from airflow.sdk import BaseHook
        from airflow.sdk.exceptions import AirflowNotFoundException

        from certify_intacct.model.configuration import config_path, load
        from certify_intacct.model.errors import ConfigurationError
        from certify_intacct.transport.redaction import Redactor, readable

        subject, message = one_line(self.subject, _LONGEST_SUBJECT), _lines(self.message)
        log.info("%s\n%s", subject, message)
        try:
            settings = load(config_path()).notifications
        except ConfigurationError as error:
            log.error("Nobody can be told: %s", error)
            return
        if not settings.addresses:
            return
        redact = Redactor()
        try:
            redact.add(BaseHook.get_connection(settings.smtp_connection).password)
            self._mail(settings.smtp_connection, list(settings.addresses), subject, message)
        except AirflowNotFoundException:
            log.warning("There is no connection %s: the message above was not mailed.", settings.smtp_connection)
        except Exception as error:
            # Whatever is wrong with the mail, it is not the run that failed.
            why = readable(f"{type(error).__name__}: {error}", redact, length=300)
            log.warning("The message above was not mailed over %s: %s", settings.smtp_connection, why)

    def _mail(self, connection_id: str, addresses: list[str], subject: str, message: str) -> None:
        from html import escape

        from airflow.providers.smtp.hooks.smtp import SmtpHook

        with SmtpHook(smtp_conn_id=connection_id) as smtp:
            smtp.send_email_smtp(to=addresses, subject=subject, html_content=f"<pre>{escape(message)}</pre>")


def _lines(message: str) -> str:
    """The message without characters that are no text; its lines stay."""
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in message.split("\n"))
