"""The seeded company's people: in Intacct contact, employee, vendor and sometimes user; in Certify a user.

The link is Certify's EmployeeID = Intacct's VENDORID of a vendor of the type Employee = EMPLOYEEID. A few people carry one
trouble each, by name; everybody else is in order in both services.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from include.sandbox.seed.company import Department, Entity, SeededCompany
from include.sandbox.seed.pools import ascii_of, dice, guid

SPAN = 8  # how many people report to one
SUPPLIERS = 60

# What may be wrong with a person, and what that means.
TROUBLES = {
    "leading_zeros": "the EmployeeID is 000…: two IDs that are one number are two people",
    "strange_name": "accents, &, <, an emoji and letters of three scripts in the name",
    "renamed": "another last name in Intacct than in Certify; the e-mail agrees",
    "email_changed": "another e-mail in Intacct than in Certify; the name agrees",
    "moved": "another department and entity in Intacct than in Certify",
    "new_hire": "active in Intacct, not in Certify",
    "terminated": "inactive in Intacct with an end date, still active in Certify",
    "ended": "active in Intacct, but the end date has passed; still active in Certify",
    "gone": "inactive in both",
    "rehired": "active again in Intacct, inactive in Certify",
    "same_email": "two employees with one e-mail address",
    "same_employee_id": "two users in Certify with one EmployeeID",
    "supplier_number": "the EmployeeID is the vendor number of an ordinary supplier",
    "missing_vendor": "an employee in Intacct without a vendor",
    "inactive_vendor": "the vendor is inactive",
    "vendor_on_hold": "the vendor is on hold",
    "wrong_vendor_type": "the vendor has the type Supplier; the employee joins on the day on which the company is filled",
    "private_vendor": "the vendor is private to another entity",
    "private_employee": "employee and vendor are private to their entity",
    "no_email": "no e-mail address in Intacct",
    "no_supervisor": "no supervisor in Intacct",
    "supervisor_loop": "two people who are each other's supervisor",
    "self_supervisor": "the supervisor is the person",
    "supervisor_gone": "the supervisor is inactive",
    "no_department": "no department in Intacct",
    "inactive_department": "the department is inactive",
    "closed_entity": "the entity's books are closed",
    "inactive_entity": "the entity is inactive",
    "new_entity": "the entity is not in Certify yet",
    "no_entity": "no location in Intacct",
}
# What only entities make possible.
OF_ENTITIES = frozenset({"private_vendor", "private_employee", "closed_entity", "inactive_entity", "new_entity"})
FEW = {
    "new_hire": 4,
    "leading_zeros": 2,
    "strange_name": 2,
    "same_email": 2,
    "supervisor_loop": 2,
    "moved": 2,
    "terminated": 2,
}


@dataclass(slots=True)
class Person:
    """One person. `certify` is the user's GUID; `supervisor` the number of another person or None."""

    number: int
    id: str
    first: str
    last: str
    email: str
    entity: Entity
    department: Department
    supervisor: int | None
    trouble: str
    certify: str

    @property
    def contact(self) -> str:
        """The name of the contact in Intacct, which is unique."""
        return f"{self.last}, {self.first} ({self.id or self.number})"

    @property
    def manages(self) -> bool:
        """Whether anybody could report to this person by number."""
        return self.number == 0


def people(company: SeededCompany, count: int) -> list[Person]:
    """Everybody, the head first. The troubles go to the last people, if there are enough people for them."""
    possible = [trouble for trouble in TROUBLES if not (company.single and trouble in OF_ENTITIES)]
    troubles = [trouble for trouble in possible for _ in range(FEW.get(trouble, 1))]
    times = max(1, count // 6000)
    troubles = (troubles * times)[: count // 4]
    sound = company.sound_entities() or company.entities
    departments = company.sound_departments() or company.departments
    rng = dice(company.seed, "people")
    found: list[Person] = []
    for number in range(count):
        from_end = count - 1 - number
        trouble = troubles[from_end] if from_end < len(troubles) else ""
        found.append(_person(number, trouble, rng, company, sound, departments))
    _troubled_links(found)
    return found


def _person(
    number: int,
    trouble: str,
    rng: random.Random,
    company: SeededCompany,
    sound: list[Entity],
    departments: list[Department],
) -> Person:
    entity, department = rng.choice(sound), rng.choice(departments)
    if trouble in ("closed_entity", "inactive_entity", "new_entity"):
        wanted = {"closed_entity": "closed", "inactive_entity": "inactive", "new_entity": "missing_in_certify"}[trouble]
        entity = company.entity(wanted) or entity
    if trouble == "inactive_department":
        department = company.department("inactive") or department
    words = company.pools[entity.locale]
    first, last = rng.choice(words.first_names), rng.choice(words.last_names)
    if trouble == "strange_name":
        first, last = ("Zoë 😀", "O'Brien & <Söhne>") if number % 2 else ("Łukasz", "Ναβ\u200f עלי 李小龍")
    local = f"{ascii_of(first) or 'person'}.{ascii_of(last) or 'x'}"
    identity = f"E{10001 + number}"
    if trouble == "leading_zeros":
        identity = f"{70000 + number:08}"
    elif trouble == "supplier_number":
        identity = str(20000 + number % SUPPLIERS)
    email = f"{local}.{number}@example.com"
    supervisor = None if number == 0 else (number - 1) // SPAN
    return Person(number, identity, first, last, email, entity, department, supervisor, trouble, guid(rng))


def _troubled_links(found: list[Person]) -> None:
    """The troubles that take two people."""
    by_trouble: dict[str, list[Person]] = {}
    for person in found:
        by_trouble.setdefault(person.trouble, []).append(person)
    for trouble, group in by_trouble.items():
        for person, other in zip(group[::2], group[1::2], strict=False):
            if trouble == "same_email":
                other.email = person.email
            elif trouble == "supervisor_loop":
                person.supervisor, other.supervisor = other.number, person.number
    for person in by_trouble.get("no_supervisor", ()):
        person.supervisor = None
    for person in by_trouble.get("self_supervisor", ()):
        person.supervisor = person.number
    gone = by_trouble.get("terminated") or by_trouble.get("gone")
    for person in by_trouble.get("supervisor_gone", ()):
        person.supervisor = gone[0].number if gone else person.supervisor


def before(person: Person, company: SeededCompany) -> Person:
    """The person as Certify still knows them."""
    if person.trouble == "renamed":
        return replace(person, last=f"{person.last}-Before")
    if person.trouble in ("email_changed", "same_email"):
        return replace(person, email=f"former.{person.number}@example.com")
    if person.trouble == "moved":
        entities, departments = company.sound_entities(), company.sound_departments()
        entity = next((entity for entity in entities if entity is not person.entity), person.entity)
        department = next((one for one in departments if one is not person.department), person.department)
        return replace(person, entity=entity, department=department)
    return person
