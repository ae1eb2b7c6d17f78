"""Section ``notifications`` of connector.yaml: who is told what."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from certify_intacct.model.configuration.section import Name, Section

# An address alone, without a name before it: nothing in it can become a second one, or a header of a mail.
_ADDRESS = re.compile(r"""[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\]+""")


def _address(text: str) -> str:
    if not text.isprintable() or not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not an e-mail address such as payables@example.com")
    return text


Address = Annotated[Name, AfterValidator(_address)]
#: Who can act, in the words of the catalogue of rules (``model.rules.Desk``); a test compares the two.
Owner = Literal["Certify administrator", "accounts payable", "Intacct administrator", "owner of connector.yaml"]


class EscalationConfiguration(Section):
    """Section ``notifications.escalation``: who is told, besides, of what waits for long: reports, people, rows of lists, findings.

    :param days: what waits as many whole days, or longer
    :param addresses: empty: nobody
    """

    days: int = Field(default=7, ge=1, le=3650)
    addresses: tuple[Address, ...] = ()


def _time_of_day(value: object) -> object:
    # Without quotes, YAML takes 17:30 for a number.
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)):
        raise ValueError(f'{value!r} is no time of day. Write hours and minutes, in quotes: "07:00"')
    return value


class NotificationsConfiguration(Section):
    """Section ``notifications``.

    :param addresses: who gets the report of each run, is told of failed tasks, and of runs that wait for an approval
    :param smtp_connection: Airflow's SMTP connection that the mail goes through; without that connection the news is only logged
    :param posted_by: a time of the day in the company's zone; when the day's expenses are not posted by then, they are told
    :param when: after which runs the report is mailed. ``always``; ``something``: it posted or changed anything, or something waits of
        which nobody was told; ``trouble``: only the latter
    :param owners: by who can act the addresses that get what these can act on
    :param backfills: whether the runs of a backfill mail a report as well
    :param names: whether mails name people; otherwise they have codes and IDs, and no reason
    """

    addresses: tuple[Address, ...] = ()
    smtp_connection: Name = "smtp_default"
    posted_by: Annotated[str | None, BeforeValidator(_time_of_day)] = None
    when: Literal["always", "something", "trouble"] = "something"
    owners: dict[Owner, tuple[Address, ...]] = {}
    escalation: EscalationConfiguration = EscalationConfiguration()
    backfills: bool = False
    names: bool = True

    @field_validator("owners", mode="after")
    @classmethod
    def _without_nobody(cls, owners: dict[Owner, tuple[Address, ...]]) -> dict[Owner, tuple[Address, ...]]:
        # As if it were not written, so that it changes nothing about what the file means.
        return {owner: addresses for owner, addresses in owners.items() if addresses}

    @property
    def tells_somebody(self) -> bool:
        """Whether any mail is ever sent."""
        return bool(self.everybody)

    @property
    def everybody(self) -> frozenset[str]:
        """All who are told anything."""
        owners = (address for addresses in self.owners.values() for address in addresses)
        return frozenset((*self.addresses, *owners, *self.escalation.addresses))
