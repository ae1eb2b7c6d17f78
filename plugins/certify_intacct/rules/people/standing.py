"""Where a person of Intacct stands: is to have a Certify user, has left, is none of our business, or is left alone for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.model.people import Person, PersonKind
from certify_intacct.rules.likeness import compared, visible


class Standing(StrEnum):
    """What a record of Intacct means for Certify.

    Only ``LEFT`` may lead to a deactivation. ``LATER`` (starts in some weeks), ``OUT`` (not selected) and ``FROZEN`` (quarantined, or
    not clear) change nothing.
    """

    PRESENT = "present"
    LEFT = "left"
    LATER = "later"
    OUT = "out"
    FROZEN = "frozen"


@dataclass(frozen=True)
class PersonStanding:
    """A standing with its reason and, where a person can do something, the cure.

    :param spoken_for: whether another record speaks for the same person
    """

    standing: Standing
    reason: str = ""
    cure: str = ""
    spoken_for: bool = False


def has_left(person: Person, settings: PeopleConfiguration, today: date) -> str:
    """How Intacct says that somebody has left; empty when it does not say so.

    This is the only definition. It is judged before the content of the record, so that a fault in it keeps nobody's login alive; a
    status or an end date that cannot be read says nothing.
    """
    if person.active is False:
        return "is inactive in Intacct"
    if person.end_date and person.end_date + timedelta(days=settings.deactivation.grace_days) < today:
        return f"has the end date {person.end_date} in Intacct"
    return ""


def starts_later(person: Person, settings: PeopleConfiguration, today: date) -> str:
    """Why it is too early for a user; empty when it is not."""
    days = settings.start_days_before
    if person.start_date and person.start_date - timedelta(days=days) > today:
        return f"starts on {person.start_date}, and gets a Certify user {days} days before"
    return ""


def is_judged(
    person: Person, settings: PeopleConfiguration, employee_vendor_types: frozenset[str], today: date
) -> bool:
    """Whether a record may stand for somebody who is to have a user, so that faults of its content count.

    Others are nobody's double: neither the record of a leaver whose address somebody else has by now, nor that of a supplier.
    """
    source = settings.source(person.kind)
    if source is None or _stranger(person, settings, employee_vendor_types):
        return False
    if has_left(person, settings, today) or starts_later(person, settings, today):
        return False
    return not (source.sync_field and person.wanted is False) and not (source.role_field and not person.role)


def standing_of(
    person: Person,
    settings: PeopleConfiguration,
    employee_vendor_types: frozenset[str],
    today: date,
    *,
    here: bool = False,
) -> PersonStanding:
    """The standing of one record by itself.

    :param here: whether the record has an active user already, which is kept in step whenever the person starts
    """
    source = settings.source(person.kind)
    stranger = _stranger(person, settings, employee_vendor_types)
    if source is None or stranger:
        return PersonStanding(Standing.OUT, stranger)
    if left := has_left(person, settings, today):
        return PersonStanding(Standing.LEFT, left)
    if person.frozen:
        return PersonStanding(Standing.FROZEN, person.frozen, "Correct the record in Intacct.")
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
    if not here and (later := starts_later(person, settings, today)):
        return PersonStanding(Standing.LATER, later)
    return _complete(person)


def _complete(person: Person) -> PersonStanding:
    """Whether the record has what every user needs."""
    for name, value in (("EmployeeID", person.employee_id), ("e-mail address", person.email)):
        if not visible(value):
            return PersonStanding(Standing.FROZEN, f"has no {name} in Intacct", "Fill it in in Intacct.")
    if not visible(person.first_name) or not visible(person.last_name):
        return PersonStanding(
            Standing.FROZEN, "has no first or no last name in Intacct", "Fill in both in Intacct's contact."
        )
    return PersonStanding(Standing.PRESENT)


def standings(
    people: Iterable[Person],
    settings: PeopleConfiguration,
    employee_vendor_types: frozenset[str],
    today: date,
    here: frozenset[str] = frozenset(),
) -> dict[str, PersonStanding]:
    """The standing of every record, by ``Person.key``.

    :param here: the records that have an active user already

    Where two kinds of record stand for one person (the same ID or e-mail), the kind that is configured first speaks for the
    person, whatever it says; the other is left out. So the vendor record of an employee who left keeps nobody in Certify.
    """
    ranks: Mapping[PersonKind, int] = {source.kind: rank for rank, source in enumerate(settings.sources)}
    known: dict[tuple[str, str], tuple[int, str]] = {}
    verdicts: dict[str, PersonStanding] = {}
    for person in sorted(people, key=lambda one: (ranks.get(one.kind, len(ranks)), one.employee_id, one.key)):
        verdicts[person.key] = standing_of(person, settings, employee_vendor_types, today, here=person.key in here)
        if _stranger(person, settings, employee_vendor_types):
            continue  # a supplier whose number is by chance somebody's EmployeeID speaks for nobody
        rank = ranks[person.kind]
        names = _names(person)
        earlier = next((known[name] for name in names if name in known and known[name][0] < rank), None)
        if earlier:
            reason = f"stands for the same person as {earlier[1]}"
            verdicts[person.key] = PersonStanding(Standing.OUT, reason, spoken_for=True)
        else:
            known |= {name: (rank, person.label) for name in names if name not in known}
    return verdicts


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
    names = [("id", person.employee_id), ("email", compared(person.email))]
    return [name for name in names if name[1]]
