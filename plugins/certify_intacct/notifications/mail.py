"""A mail, as text and as HTML, over Airflow's SMTP connection."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING

from certify_intacct.rules.texts import readable as one_line

if TYPE_CHECKING:
    from certify_intacct.model.configuration.notifications import NotificationsConfiguration

log = logging.getLogger(__name__)

_LONGEST_SUBJECT = 250


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What somebody is told, twice: whoever's mail program shows no HTML reads the text."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str


def send(settings: NotificationsConfiguration, mail: Mail) -> bool:
    """Whether the mail server took it. That it did not is said in the log and fails nothing."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from certify_intacct.transport.redaction import Redactor, readable

    if not mail.to:
        return False
    connection, subject = settings.smtp_connection, one_line(mail.subject, _LONGEST_SUBJECT)
    redact = Redactor()
    try:
        redact.add(BaseHook.get_connection(connection).password)
        refused = _hand_over(connection, mail, subject)
    except AirflowNotFoundException:
        log.warning("There is no connection %s: %r was not mailed.", connection, subject)
        return False
    except Exception as error:
        # Whatever is wrong with the mail, it is not the run that failed.
        why = readable(f"{type(error).__name__}: {error}", redact, length=300)
        log.warning("%r was not mailed over %s: %s", subject, connection, why)
        return False
    for address, answer in refused.items():
        log.warning("The mail server does not take mail for %s: %s", address, readable(str(answer), redact, length=300))
    return True


def _hand_over(connection_id: str, mail: Mail, subject: str) -> dict[str, tuple[int, bytes]]:
    """Gives whom the mail server does not know, while it took the mail for others."""
    from smtplib import SMTP as Client

    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with SmtpHook(smtp_conn_id=connection_id) as hook:
        if not hook.from_email:
            raise ValueError("the connection has no from_email in its extras")
        # The hook itself sends HTML alone.
        client = hook._smtp_client
        assert isinstance(client, Client)
        return client.send_message(_message(mail, subject, hook.from_email))


def _message(mail: Mail, subject: str, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("<> ") or None)
    # So that nobody's absence is answered to a machine.
    message["Auto-Submitted"] = "auto-generated"
    # Not every server takes eight bits, and what is encoded whole looks like spam.
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message
