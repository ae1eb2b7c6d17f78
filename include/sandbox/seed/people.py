"""The seeded company's people: in Intacct contact, employee, vendor and sometimes user; in Certify a user.

The link is Certify's EmployeeID = Intacct's VENDORID of a vendor of the type Employee = EMPLOYEEID. A few people carry one
trouble each, by name; everybody else is in order in both services.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from include.sandbox.seed.company import EMPLOYEE_TYPE, STAMP, SUPPLIER_TYPE, Company, Department, Entity
from include.sandbox.seed.pools import ascii_of, dice, guid
from include.sandbox.store import Record

SPAN = 8  # how many people report to one
SUPPLIERS = 60

# What may be wrong with a person, and what that means. The person's reports are troubled too where `TROUBLED` says so.
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
    "wrong_vendor_type": "the vendor has the type Supplier",
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
TROUBLED = ("new_hire", "terminated", "ended", "gone", "rehired")  # never hand in a report
FEW = {"new_hire": 4, "leading_zeros": 2, "strange_name": 2, "same_email": 2, "supervisor_loop": 2, "moved": 2, "terminated": 2}


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


def people(company: Company, count: int) -> list[Person]:
    """Everybody, the head first. The troubles go to the last people, if there are enough people for them."""
    troubles = [trouble for trouble in TROUBLES for _ in range(FEW.get(trouble, 1))]
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
    number: int, trouble: str, rng: random.Random, company: Company, sound: list[Entity], departments: list[Department]
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


# -- Intacct -----------------------------------------------------------------------------------------------------------


def contacts(everybody: Iterable[Person]) -> Iterator[Record]:
    """CONTACT of each person."""
    for person in everybody:
        yield _stamped(
            {
                "RECORDNO": str(person.number + 1), "CONTACTNAME": person.contact, "FIRSTNAME": person.first,
                "LASTNAME": person.last, "PRINTAS": f"{person.first} {person.last}", "STATUS": "active",
                "EMAIL1": "" if person.trouble == "no_email" else person.email, "VISIBLE": "true",
                "MAILADDRESS.COUNTRYCODE": person.entity.country,
            }
        ) | _owner(person)


def employees(everybody: list[Person], locations: dict[str, str], departments: dict[str, str]) -> Iterator[Record]:
    """EMPLOYEE of each person. `locations` and `departments` are record numbers by ID."""
    for person in everybody:
        inactive = person.trouble in ("terminated", "gone")
        ended = inactive or person.trouble == "ended"
        office = person.entity.offices[0] if person.entity.offices and person.number % 10 == 9 else person.entity.id
        location = "" if person.trouble == "no_entity" else office
        department = "" if person.trouble == "no_department" else person.department.id
        boss = everybody[person.supervisor] if person.supervisor is not None else None
        yield _stamped(
            {
                "RECORDNO": str(person.number + 1), "EMPLOYEEID": person.id, "TITLE": _title(person),
                "LOCATIONID": location, "LOCATIONKEY": locations.get(location, ""), "DEPARTMENTID": department,
                "DEPARTMENTKEY": departments.get(department, ""), "SUPERVISORID": boss.id if boss else "",
                "SUPERVISORNAME": boss.contact if boss else "", "PARENTKEY": str(boss.number + 1) if boss else "",
                "STARTDATE": "03/01/2026" if person.trouble == "rehired" else "01/15/2020",
                "ENDDATE": "01/31/2026" if ended else "", "TERMINATIONTYPE": "voluntary" if inactive else "",
                "STATUS": "inactive" if inactive else "active", "CONTACT_NAME": person.contact,
                "PERSONALINFO.CONTACTNAME": person.contact, "CONTACTKEY": str(person.number + 1),
                "CURRENCY": person.entity.currency, "GENERIC": "false", "ENTITY": f"E{person.id}",
            }
        ) | _owner(person)


def vendors(everybody: list[Person]) -> Iterator[Record]:
    """VENDOR of each person that has one."""
    for person in everybody:
        if person.trouble in ("missing_vendor", "supplier_number"):
            continue
        inactive = person.trouble in ("inactive_vendor", "terminated", "gone")
        yield _stamped(
            {
                "VENDORID": person.id, "NAME": f"{person.first} {person.last}"[:100],
                "DISPLAYCONTACT.CONTACTNAME": person.contact, "CURRENCY": person.entity.currency, "TERMNAME": "N30",
                "VENDTYPE": SUPPLIER_TYPE if person.trouble == "wrong_vendor_type" else EMPLOYEE_TYPE,
                "STATUS": "inactive" if inactive else "active", "ISINDIVIDUAL": "true", "ONETIME": "false",
                "ONHOLD": "true" if person.trouble == "vendor_on_hold" else "false", "TOTALDUE": "0",
                "OBJECTRESTRICTION": "Unrestricted", "PAYMENTPRIORITY": "normal", "DONOTCUTCHECK": "false",
                "ENTITY": f"V{person.id}",
            }
        ) | _owner(person, ("private_vendor", "private_employee"))


def suppliers(company: Company, first_contact: int) -> Iterator[tuple[str, Record]]:
    """Ordinary suppliers with their contacts; their numbers look like EmployeeIDs."""
    rng = dice(company.seed, "suppliers")
    for number in range(SUPPLIERS):
        name = rng.choice(company.pools[rng.choice(list(company.pools))].companies)
        vendor = str(20000 + number)
        contact = f"{name} (V{vendor})"
        yield "CONTACT", _stamped({"RECORDNO": str(first_contact + number), "CONTACTNAME": contact, "COMPANYNAME": name,
                                   "PRINTAS": name, "EMAIL1": f"billing.{vendor}@supplier.example", "STATUS": "active"})
        yield "VENDOR", _stamped({"VENDORID": vendor, "NAME": name, "DISPLAYCONTACT.CONTACTNAME": contact,
                                  "VENDTYPE": SUPPLIER_TYPE, "STATUS": "inactive" if number % 17 == 16 else "active",
                                  "ONHOLD": "false", "ISINDIVIDUAL": "false", "ONETIME": "false", "TERMNAME": "N30",
                                  "TOTALDUE": "0", "OBJECTRESTRICTION": "Unrestricted", "ENTITY": f"V{vendor}"})


def users(everybody: Iterable[Person]) -> Iterator[Record]:
    """USERINFO: every third person and every manager may log in to Intacct."""
    for person in everybody:
        if person.number % 3 and not person.manages:
            continue
        yield _stamped(
            {
                "LOGINID": person.email.split("@")[0], "DESCRIPTION": f"{person.first} {person.last}",
                "USERTYPE": "employee user" if person.number % 2 else "business user", "ADMIN": "Off",
                "STATUS": "inactive" if person.trouble in ("terminated", "gone") else "active", "LOGINDISABLED": "false",
                "CONTACTINFO.CONTACTNAME": person.contact, "CONTACTKEY": str(person.number + 1),
                "USERLOCATIONS": person.entity.id if person.number % 2 else "", "UNRESTRICTED": "true",
            }
        )


def service_users(user: str) -> list[Record]:
    """The users of Intacct that are no people: the web services user and the administrator."""
    contact = {"CONTACTINFO.EMAIL1": "intacct.admin@example.com"}
    return [
        _stamped({"LOGINID": user, "DESCRIPTION": "Web services user", "USERTYPE": "business user", "ADMIN": "Off",
                  "STATUS": "active", "LOGINDISABLED": "true", "CONTACTINFO.CONTACTNAME": user} | contact),
        _stamped({"LOGINID": "admin", "DESCRIPTION": "Administrator", "USERTYPE": "business user", "ADMIN": "Full",
                  "STATUS": "active", "LOGINDISABLED": "false", "CONTACTINFO.CONTACTNAME": "admin"} | contact),
    ]


def _owner(person: Person, troubles: tuple[str, ...] = ("private_employee",)) -> Record:
    """A private record belongs to its entity."""
    if person.trouble not in troubles:
        return {}
    return {"MEGAENTITYID": person.entity.id, "MEGAENTITYNAME": person.entity.name}


def _stamped(record: Record) -> Record:
    return record | {"WHENCREATED": STAMP, "WHENMODIFIED": STAMP}


def _title(person: Person) -> str:
    return "Chief Executive" if person.number == 0 else "Manager" if person.number < 80 else "Specialist"


# -- Certify -----------------------------------------------------------------------------------------------------------


def certify_users(company: Company, everybody: list[Person]) -> Iterator[Record]:
    """The users that Certify has: everybody but new hires, as they were before what Intacct says now."""
    managers = {person.supervisor for person in everybody if person.supervisor is not None}
    accountant = guid(dice(company.seed, "accountant"))
    admin = guid(dice(company.seed, "admin"))
    yield _user(accountant, "Anna", "Accountant", "accountant@example.com", "") | {"Role": "Accountants", "Treasurer": 1}
    yield _user(admin, "Certify", "Administrator", "certify.admin@example.com", "") | {
        "Role": "Executives", "FullAdministrator": 1, "UserAdministrator": 1, "AccountantID": accountant,
    }
    rng = dice(company.seed, "certify users")
    for person in everybody:
        if person.trouble in ("new_hire", "new_entity", "no_email"):
            continue
        known_as = before(person, company)
        boss = everybody[person.supervisor] if person.supervisor is not None else None
        known = boss is not None and boss.trouble not in ("new_hire", "new_entity", "no_email") and boss is not person
        role = "Executives" if person.number == 0 else "Managers" if person.number in managers else "Employees"
        record = _user(person.certify, known_as.first, known_as.last, known_as.email, person.id) | {
            "Role": role,
            "DepartmentID": known_as.department.certify if known_as.department.trouble != "missing_in_certify" else "",
            "EmpGLD1ID": known_as.entity.gld if known_as.entity.trouble != "missing_in_certify" else "",
            "FirstApproverID": boss.certify if known and boss else "",
            "AccountantID": accountant,
            "Currency": known_as.entity.currency,
            "Culture": known_as.entity.locale.replace("_", "-"),
            "Language": known_as.entity.locale[:2],
            "Active": 0 if person.trouble in ("gone", "rehired") else 1,
        }
        yield record
        if person.trouble == "same_employee_id":
            yield record | {"ID": guid(rng), "Email": f"second.{record['Email']}", "UserName": f"second.{record['Email']}"}


def before(person: Person, company: Company) -> Person:
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


def _user(identity: str, first: str, last: str, email: str, employee: str) -> Record:
    return {"ID": identity, "UserName": email, "FirstName": first, "LastName": last, "Email": email, "EmployeeID": employee,
            "Role": "Employees", "Culture": "en-US", "Language": "en", "Currency": "USD", "LastModifiedDate": "2026-01-15",
            "Active": 1, "WelcomeEmailSent": 1}
