"""Where a person of Intacct stands: is to have a Certify user, has left, is none of our business, or is left alone for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.model.people import Person, PersonKind


class Standing(StrEnum):
    """What a record of Intacct means for Certify.

    Only ``LEFT`` may lead to a deactivation. ``OUT`` (not selected) and ``FROZEN`` (quarantined, or not clear) change nothing.
    """

    PRESENT = "present"
    LEFT = "left"
    OUT = "out"
    FROZEN = "frozen"


@dataclass(frozen=True)
class PersonStanding:
    """A standing with its reason and, where a person can do something, the cure."""

    standing: Standing
    reason: str = ""
    cure: str = ""


def standing_of(
    person: Person, settings: PeopleConfiguration, employee_vendor_types: frozenset[str], today: date
) -> PersonStanding:
    """The standing of one record by itself."""
    source = settings.source(person.kind)
    stranger = _stranger(person, settings, employee_vendor_types)
    if source is None or stranger:
        return PersonStanding(Standing.OUT, stranger)
    if person.frozen:
        return PersonStanding(Standing.FROZEN, person.frozen, "Correct the record in Intacct.")
    if not person.active:
        return PersonStanding(Standing.LEFT, "is inactive in Intacct")
    if person.end_date and person.end_date + timedelta(days=settings.deactivation.grace_days) < today:
        return PersonStanding(Standing.LEFT, f"has the end date {person.end_date} in Intacct")
    if source.sync_field and not person.wanted:
        return PersonStanding(Standing.OUT, f"does not have {source.sync_field} ticked in Intacct")
    if source.role_field and not person.role:
        return PersonStanding(Standing.OUT, f"has no role in {source.role_field}")
    if source.role_field and person.role not in settings.role_map:
        return PersonStanding(
            Standing.FROZEN,
            f"{source.role_field} says {person.role!r}, which is not in people.role_map",
            "Correct the role in Intacct or add it to people.role_map in connector.yaml.",
        )
    for name, value in (("EmployeeID", person.employee_id), ("e-mail address", person.email)):
        if not value.strip():
            return PersonStanding(Standing.FROZEN, f"has no {name} in Intacct", "Fill it in in Intacct.")
    if not person.first_name.strip() or not person.last_name.strip():
        return PersonStanding(
            Standing.FROZEN, "has no first or no last name in Intacct", "Fill in both in Intacct's contact."
        )
    return PersonStanding(Standing.PRESENT)


def standings(
    people: Iterable[Person], settings: PeopleConfiguration, employee_vendor_types: frozenset[str], today: date
) -> dict[str, PersonStanding]:
    """The standing of every record, by ``Person.key``.

    Where two kinds of record stand for one person (the same ID or e-mail), the kind that is configured first speaks for the
    person, whatever it says; the other is left out. So the vendor record of an employee who left keeps nobody in Certify.
    """
    ranks: Mapping[PersonKind, int] = {source.kind: rank for rank, source in enumerate(settings.sources)}
    known: dict[tuple[str, str], tuple[int, str]] = {}
    verdicts: dict[str, PersonStanding] = {}
    for person in sorted(people, key=lambda one: (ranks.get(one.kind, len(ranks)), one.employee_id, one.key)):
        verdicts[person.key] = standing_of(person, settings, employee_vendor_types, today)
        if _stranger(person, settings, employee_vendor_types):
            continue  # a supplier whose number is by chance somebody's EmployeeID speaks for nobody
        rank = ranks[person.kind]
        names = _names(person)
        earlier = next((known[name] for name in names if name in known and known[name][0] < rank), None)
        if earlier:
            verdicts[person.key] = PersonStanding(Standing.OUT, f"stands for the same person as {earlier[1]}")
        else:
            known |= {name: (rank, person.label) for name in names if name not in known}
    return verdicts


def folded(email: str) -> str:
    """An e-mail address as it is compared."""
    return email.strip().casefold()


def _stranger(person: Person, settings: PeopleConfiguration, employee_vendor_types: frozenset[str]) -> str:
    """Why a record is no employee's at all; empty when it is."""
    if settings.source(person.kind) is None:
        return f"{person.kind}s are no source of users"
    if person.kind is not PersonKind.VENDOR:
        return ""
    if person.vendor_type not in employee_vendor_types:
        return f"has the vendor type {person.vendor_type!r}, which is none of employees"
    if settings.individuals_only and not person.individual:
        return "is not marked as an individual"
    return ""


def _names(person: Person) -> list[tuple[str, str]]:
    names = [("id", person.employee_id), ("email", folded(person.email))]
    return [name for name in names if name[1]]
