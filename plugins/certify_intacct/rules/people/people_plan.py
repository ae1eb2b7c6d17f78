"""What people are planned from, and what the plan of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from certify_intacct.model.changes import Change
from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.model.dimensions import CertifyPlace, PlaceKind
from certify_intacct.model.people import (
    CertifyOrganization,
    CertifyUser,
    IntacctOrganization,
    Releases,
    UserLink,
    gld_attribute,
)
from certify_intacct.rules.people import given
from certify_intacct.rules.people.standing import PersonStanding


@dataclass(frozen=True, kw_only=True)
class PeopleSnapshot:
    """What is known before people are planned.

    :param created: how many users this connector has created so far, lost answers included
    :param departments: DEPARTMENTID to the Certify ID (or stand-in) of the departments that people may be assigned to
    :param entities: likewise, LOCATIONID of entities
    :param glds: likewise, by number the codes of Employee GLDs that people are given
    :param told: what Certify took last, of fields that it may not keep
    :param entity_place: where in Certify entities stand; only those of an Employee GLD are assigned to people
    """

    intacct: IntacctOrganization
    certify: CertifyOrganization
    links: tuple[UserLink, ...]
    created: int
    releases: Releases
    settings: PeopleConfiguration
    employee_vendor_types: frozenset[str]
    today: date
    departments: Mapping[str, str]
    entities: Mapping[str, str]
    entity_place: CertifyPlace
    glds: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    told: given.Tellings = field(default_factory=dict)

    @property
    def entity_attribute(self) -> str:
        """The attribute of a user that holds the entity; empty where nobody is assigned one."""
        if self.settings.entities.source == "none" or self.entity_place.kind is not PlaceKind.EMPLOYEE_GLD:
            return ""
        return gld_attribute(self.entity_place.number)


@dataclass(frozen=True, kw_only=True)
class PeoplePlan:
    """What becomes of people, before approvers.

    :param changes: in the order in which they must be sent
    :param users: Certify ID (or stand-in) to the user as the plan leaves it
    :param managed: ``Person.key`` to the ID of the user that this connector keeps, for people who are present and clear
    :param found: ``Person.key`` to the ID of the user that a record is beyond doubt, whether or not it may be changed
    :param verdicts: the standing of each record
    :param claimed: IDs of users that a record which has not left stands for, however unclear
    :param adopted_leavers: links that the plan makes to users of people who have left, so that they can be deactivated
    """

    changes: tuple[Change, ...]
    users: Mapping[str, CertifyUser]
    managed: Mapping[str, str]
    found: Mapping[str, str]
    verdicts: Mapping[str, PersonStanding]
    claimed: frozenset[str]
    adopted_leavers: tuple[UserLink, ...]
