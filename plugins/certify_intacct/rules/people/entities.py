"""The entity that a person belongs to. In an Employee GLD of Certify it routes the person's reports."""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.model.configuration.people import PeopleEntities
from certify_intacct.model.people import Person


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
