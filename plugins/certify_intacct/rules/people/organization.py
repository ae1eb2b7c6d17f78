"""The whole plan of organization_sync, in the order in which it is carried out.

The lists of dimensions, people, approvers, deactivated people, and last the rows of lists that nobody uses any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from certify_intacct.model.changes import Change
from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.dimensions import DEPARTMENT, ENTITY, PlaceKind
from certify_intacct.model.people import CertifyItem, CertifyOrganization, IntacctOrganization, Releases, UserLink
from certify_intacct.rules.people.approvers import plan_approvers
from certify_intacct.rules.people.deactivation import plan_deactivations
from certify_intacct.rules.people.given import Tellings
from certify_intacct.rules.people.lists import ListPlan, only, plan_leaving, plan_list
from certify_intacct.rules.people.offering import offers
from certify_intacct.rules.people.people_plan import PeopleSnapshot
from certify_intacct.rules.people.planning import plan_people
from certify_intacct.rules.people.user_fields import plan_user_fields
from certify_intacct.rules.people.uses import uses


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What earlier runs left: the links, how many users they created, what people have released, and what Certify was told last."""

    links: tuple[UserLink, ...] = ()
    created: int = 0
    releases: Releases = field(default_factory=Releases)
    told: Tellings = field(default_factory=dict)


def plan_organization(
    intacct: IntacctOrganization,
    certify: CertifyOrganization,
    memory: Memory,
    settings: PeopleConfiguration,
    dimensions: DimensionsConfiguration,
    *,
    employee_vendor_types: Iterable[str],
    today: date,
) -> list[Change]:
    """Every change that makes Certify agree with Intacct, and every refusal with its reason.

    :param dimensions: the dimensions that the company uses, and where in Certify they stand
    :param employee_vendor_types: the vendor types whose vendors are employees (``posting.vendors.employee_vendor_types``)
    :param today: the company-local date
    """
    listed = dimensions.listed(entities=settings.entities.source != "none", single_entity=intacct.single_entity)
    offered = offers(dimensions.in_company(single_entity=intacct.single_entity), intacct.lists)
    lists = {
        used.dimension.name: plan_list(used, offered[used.dimension.name], certify.lists.get(used.dimension.name, ()))
        for used in listed
    }
    known = PeopleSnapshot(
        intacct=intacct,
        certify=certify,
        links=memory.links,
        created=memory.created,
        releases=memory.releases,
        settings=settings,
        employee_vendor_types=frozenset(employee_vendor_types),
        today=today,
        departments=lists[DEPARTMENT.name].ids,
        entities=lists[ENTITY.name].ids if ENTITY.name in lists else {},
        entity_place=dimensions.entities.place,
        glds=_glds(lists.values(), certify),
        told=memory.told,
    )
    people = plan_people(known)
    approvers = plan_approvers(known, people)
    further = plan_user_fields(known, people, approvers.users)
    leaving = plan_deactivations(known, people, further.users)
    used_rows = uses(certify, leaving.users.values(), listed)
    return [
        *(change for plan in lists.values() for change in plan.changes),
        *people.changes,
        *approvers.changes,
        *further.changes,
        *leaving.changes,
        *(
            change
            for name, plan in lists.items()
            for change in plan_leaving(
                plan, used_rows[name], released=plan.used.dimension.certify_stream in memory.releases.lists
            )
        ),
    ]


def _glds(lists: Iterable[ListPlan], certify: CertifyOrganization) -> dict[int, Mapping[str, str]]:
    """By number of an Employee GLD the Certify ID (or stand-in) of each code that people may be given.

    Where a dimension's list is kept there, its codes are Intacct's; else they are Certify's own.
    """
    found: dict[int, Mapping[str, str]] = {}
    for number, rows in certify.glds.items():
        by_code: dict[str, list[CertifyItem]] = defaultdict(list)
        for row in rows:
            by_code[row.code].append(row)
        meant = {code: only(same) for code, same in by_code.items() if code}
        found[number] = {code: row.id for code, row in meant.items() if row and row.active and row.id}
    kept = {
        plan.used.settings.place.number: plan.ids
        for plan in lists
        if plan.used.settings.place.kind is PlaceKind.EMPLOYEE_GLD
    }
    return {**found, **kept}
