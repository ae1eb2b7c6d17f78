"""Section ``company`` of connector.yaml: who we are and since when we post."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator, model_validator

from certify_intacct.model.configuration.section import CountFromOne, Name, Section

#: Of which of Certify's amounts a company posts.
BaseAmounts = Literal["plain", "converted"]


class PreviousConnector(Section):
    """What posted to Intacct before this project did; live posting refuses to start without being told.

    :param posted: ``nothing``, or ``until``: every report processed on or before ``until`` is in Intacct already
    """

    posted: Literal["nothing", "until"]
    until: date | None = None

    @model_validator(mode="after")
    def _date_belongs(self) -> PreviousConnector:
        if (self.posted == "until") != (self.until is not None):
            raise ValueError("give `until: YYYY-MM-DD` with `posted: until`, and only then")
        return self


class CompanyConfiguration(Section):
    """Section ``company``.

    :param time_zone: IANA name; the days of every period are days of this zone
    :param certify_company: a short name of the Certify company; part of every document's identity, so it is never changed
    :param intacct_company_id: the Intacct company that may be posted to; a connection to another one stops the run
    :param intacct_entity: the entity in which the connection works; empty for the top level
    :param entities: whether the company of Intacct has entities: ``found`` (as Intacct shows it) or ``none`` (none are asked for)
    :param environment: what both companies are; a connection to a company of the other kind stops the run
    :param base_currency: the currency of entities that have none of their own in Intacct, and of a company without entities
    :param base_amounts: ``plain`` (Amount, ReimAmount, Currency) or ``converted`` (ConvertedAmount, ConvertedReimAmount,
        ConvertedCurrency)
    :param first_post_date: the first processed date that is ours to post
    :param api_tier: how many API transactions a month Intacct's performance tier has; None: nobody is warned
    :param configuration_owners: who edits connector.yaml, and so may not decide about what it holds
    :param deciders: who decides about what waits, by their names in Airflow; empty: whoever may edit the DAG ``decisions``
    """

    time_zone: Name
    certify_company: Name
    intacct_company_id: Name
    intacct_entity: str = ""
    entities: Literal["found", "none"] = "found"
    environment: Literal["live", "test"] = "live"
    base_currency: str = ""
    base_amounts: BaseAmounts = "plain"
    first_post_date: date | None = None
    previous_connector: PreviousConnector | None = None
    api_tier: CountFromOne | None = None
    configuration_owners: tuple[Name, ...] = ()
    deciders: tuple[Name, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no IANA time zone such as Europe/Berlin or America/New_York") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
