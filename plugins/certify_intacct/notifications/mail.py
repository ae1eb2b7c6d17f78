"""A mail, as text and as HTML, over Airflow's SMTP connection. To whom it did not come is noted, for a page to say so."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING

from certify_intacct.rules.texts import readable as one_line

if TYPE_CHECKING:
    from certify_intacct.model.configuration.notifications import NotificationsConfiguration
    from certify_intacct.transport.redaction import Redactor

log = logging.getLogger(__name__)

_LONGEST_SUBJECT = 250
_DATABASE = "connector_db"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What somebody is told, twice: whoever's mail program shows no HTML reads the text."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str


def send(settings: NotificationsConfiguration, mail: Mail) -> tuple[str, ...]:
    """For whom the mail server took it. That it did not take it for somebody, log and first page say, and it fails nothing."""
    from certify_intacct.transport.redaction import Redactor

    if not mail.to:
        return ()
    subject, redact = one_line(mail.subject, _LONGEST_SUBJECT), Redactor()
    failed = _failed(settings.smtp_connection, mail, subject, redact)
    reached = tuple(address for address in mail.to if address not in failed)
    _note(subject, failed, reached)
    return reached


def _failed(connection: str, mail: Mail, subject: str, redact: Redactor) -> dict[str, str]:
    """For whom the mail was not taken, and why."""
    from smtplib import SMTPRecipientsRefused

    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from certify_intacct.transport.redaction import readable

    try:
        redact.add(BaseHook.get_connection(connection).password)
        refused = _hand_over(connection, mail, subject)
    except AirflowNotFoundException:
        why = f"There is no connection {connection}"
        log.warning("%s: %r was not mailed.", why, subject)
        return dict.fromkeys(mail.to, f"{why}.")
    except SMTPRecipientsRefused as error:
        refused = error.recipients
    except Exception as error:
        # Whatever is wrong with the mail, it is not the run that failed.
        why = readable(f"{type(error).__name__}: {error}", redact, length=300)
        log.warning("%r was not mailed over %s: %s", subject, connection, why)
        return dict.fromkeys(mail.to, why)
    failed = {address: readable(_answer(answer), redact, length=300) for address, answer in refused.items()}
    for address, why in failed.items():
        log.warning("The mail server does not take mail for %s: %s (%r)", address, why, subject)
    return failed


def _answer(answer: tuple[int, bytes]) -> str:
    code, text = answer
    return f"{code} {text.decode('utf-8', 'replace')}"


def _note(subject: str, failed: Mapping[str, str], reached: tuple[str, ...]) -> None:
    """Notes what became of a mail where a page finds it. Whether that works changes nothing about the mail."""
    from airflow.sdk import BaseHook

    from certify_intacct.staging import unreached
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.time_limits import TimeLimits

    limits = TimeLimits(connect_timeout=2, statement_timeout=2, lock_timeout=1)
    try:
        with Database.of(BaseHook.get_connection(_DATABASE), most=limits).connection() as connection:
            unreached.keep(connection, subject, failed, reached)
    except Exception as error:
        # Not with its text, which may hold the address of a database: what is wrong with that one, other tasks say.
        log.info("What became of this mail is in this log alone: %s.", type(error).__name__)


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
