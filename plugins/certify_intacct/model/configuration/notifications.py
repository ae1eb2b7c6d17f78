"""Section ``notifications`` of connector.yaml: who is told."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from certify_intacct.model.configuration.section import Name, Section


def _time_of_day(value: object) -> object:
    # Without quotes, YAML takes 17:30 for a number.
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)):
        raise ValueError(f'{value!r} is no time of day. Write hours and minutes, in quotes: "07:00"')
    return value


class NotificationsConfiguration(Section):
    """Section ``notifications``.

    :param addresses: e-mail addresses of those who are told of failed runs, uncovered dates and new holds
    :param smtp_connection: Airflow's SMTP connection that the mail goes through; without that connection the news is only logged
    :param every_run: also send the report of runs that went well, as the vendor's integration report does
    :param posted_by: a time of the day in the company's zone; when the day's expenses are not posted by then, they are told
    """

    addresses: tuple[Name, ...] = ()
    smtp_connection: Name = "smtp_default"
    every_run: bool = False
    posted_by: Annotated[str | None, BeforeValidator(_time_of_day)] = None
