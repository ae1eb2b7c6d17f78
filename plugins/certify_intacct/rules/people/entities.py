"""Entities of Intacct become rows of Certify's first Employee GLD, and a person belongs to one.

LOCATIONENTITY's LOCATIONID is Code, NAME is Name, STATUS is Active. Certify has no entities of its own: the Employee GLD labelled
``ENTITY`` is how the vendor's connector routes a report to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from certify_intacct.model.changes import Subject
from certify_intacct.model.configuration.people import PeopleEntities
from certify_intacct.model.people import CertifyGld, Entity, Person
from certify_intacct.rules.people.lists import ListKind, ListPlan, plan_list

ENTITIES = ListKind(
    noun="entity",
    plural="entities",
    subject=Subject.ENTITY,
    deactivation=Subject.ENTITY_DEACTIVATION,
    where="Configuration > General Ledger Dimensions > first Employee GLD",
)


def compare_entities(entities: Iterable[Entity], existing: Iterable[CertifyGld]) -> ListPlan:
    """What is to be created, updated and reactivated, and which entities leave."""
    return plan_list(ENTITIES, entities, existing)


def entity_of(person: Person, locations: Mapping[str, str], settings: PeopleEntities) -> str:
    """The LOCATIONID of the entity that a person belongs to; empty when there is none.

    :param locations: LOCATIONID to the LOCATIONID of its entity
    """
    if settings.source == "none":
        return ""
    if settings.source == "owner":
        return person.owner or settings.default
    if not person.location:
        return settings.default
    return locations.get(person.location, "")
