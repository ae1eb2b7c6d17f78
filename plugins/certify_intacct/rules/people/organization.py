"""The whole plan of organization_sync, in the order in which it is carried out.

Departments, entities, people, approvers, deactivated people, and last the departments and entities that nobody uses any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from certify_intacct.model.changes import Change
from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.model.people import (
    CertifyItem,
    CertifyOrganization,
    CertifyUser,
    IntacctOrganization,
    Releases,
    UserLink,
)
from certify_intacct.rules.people.approvers import plan_approvers
from certify_intacct.rules.people.deactivation import plan_deactivations
from certify_intacct.rules.people.departments import compare_departments
from certify_intacct.rules.people.entities import compare_entities
from certify_intacct.rules.people.lists import plan_leaving
from certify_intacct.rules.people.planning import PeopleSnapshot, plan_people


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What earlier runs left: the links, how many users they created, and what people have released."""

    links: tuple[UserLink, ...] = ()
    created: int = 0
    releases: Releases = field(default_factory=Releases)


def plan_organization(
    intacct: IntacctOrganization,
    certify: CertifyOrganization,
    memory: Memory,
    settings: PeopleConfiguration,
    *,
    employee_vendor_types: Iterable[str],
    today: date,
) -> list[Change]:
    """Every change that makes Certify agree with Intacct, and every refusal with its reason.

    :param employee_vendor_types: the vendor types whose vendors are employees (``posting.vendors.employee_vendor_types``)
    :param today: the company-local date
    """
    departments = compare_departments(intacct.departments, certify.departments)
    entities = compare_entities(intacct.entities, certify.glds)
    known = PeopleSnapshot(
        intacct=intacct,
        certify=certify,
        links=memory.links,
        created=memory.created,
        releases=memory.releases,
        settings=settings,
        employee_vendor_types=frozenset(employee_vendor_types),
        today=today,
        departments=departments.ids,
        entities=entities.ids,
    )
    people = plan_people(known)
    approvers = plan_approvers(known, people)
    leaving = plan_deactivations(known, people, approvers.users)
    department_uses, entity_uses = uses(certify, leaving.users.values())
    return [
        *departments.changes,
        *(() if settings.entities.source == "none" else entities.changes),
        *people.changes,
        *approvers.changes,
        *leaving.changes,
        *plan_leaving(departments, department_uses),
        *(() if settings.entities.source == "none" else plan_leaving(entities, entity_uses)),
    ]


def uses(certify: CertifyOrganization, users: Iterable[CertifyUser]) -> tuple[dict[str, str], dict[str, str]]:
    """Who uses the departments and the entities: Certify ID to a phrase such as ``2 active users, 1 unprocessed report``.

    :param users: the users, as they are or as a plan leaves them

    A report names its department by name only, so that every department of that name counts as used.
    """
    active = [user for user in users if user.active]
    by_department = Counter(user.department_id for user in active if user.department_id)
    by_entity = Counter(user.gld_id for user in active if user.gld_id)
    named = Counter(report.department_name.strip() for report in certify.unprocessed)
    coded = Counter(report.entity_code for report in certify.unprocessed)
    departments = _phrases(
        certify.departments, by_department, {item.id: named[item.name.strip()] for item in certify.departments}
    )
    return departments, _phrases(certify.glds, by_entity, {item.id: coded[item.code] for item in certify.glds})


def _phrases(items: Iterable[CertifyItem], users: Mapping[str, int], reports: Mapping[str, int]) -> dict[str, str]:
    said: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if count := users.get(item.id, 0):
            said[item.id].append(f"{count} active user{'s' if count > 1 else ''}")
        if count := reports.get(item.id, 0):
            said[item.id].append(f"{count} unprocessed report{'s' if count > 1 else ''}")
    return {item_id: ", ".join(parts) for item_id, parts in said.items()}
