"""The seeded people in Intacct: contact, employee, vendor and sometimes user; suppliers and service users beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from include.sandbox.seed import coding
from include.sandbox.seed.company import EMPLOYEE_TYPE, STAMP, SUPPLIER_TYPE, SeededCompany
from include.sandbox.seed.people import SUPPLIERS, Person
from include.sandbox.seed.pools import dice
from include.sandbox.store import Record


def contacts(everybody: Iterable[Person]) -> Iterator[Record]:
    """CONTACT of each person."""
    for person in everybody:
        yield _stamped(
            {
                "RECORDNO": str(person.number + 1),
                "CONTACTNAME": person.contact,
                "FIRSTNAME": person.first,
                "LASTNAME": person.last,
                "PRINTAS": f"{person.first} {person.last}",
                "STATUS": "active",
                "EMAIL1": "" if person.trouble == "no_email" else person.email,
                "VISIBLE": "true",
                "MAILADDRESS.COUNTRYCODE": person.entity.country,
            }
        ) | _owner(person)


def employees(
    company: SeededCompany,
    everybody: list[Person],
    locations: dict[str, str],
    departments: dict[str, str],
    today: date,
) -> Iterator[Record]:
    """EMPLOYEE of each person. `locations` and `departments` are record numbers by ID."""
    joined = {"rehired": "03/01/2026", "wrong_vendor_type": f"{today:%m/%d/%Y}"}
    for person in everybody:
        inactive = person.trouble in ("terminated", "gone")
        ended = inactive or person.trouble == "ended"
        office = person.entity.offices[0] if person.entity.offices and person.number % 10 == 9 else person.entity.id
        location = "" if person.trouble == "no_entity" else office
        department = "" if person.trouble == "no_department" else person.department.id
        boss = everybody[person.supervisor] if person.supervisor is not None else None
        yield _stamped(
            {
                "RECORDNO": str(person.number + 1),
                "EMPLOYEEID": person.id,
                "TITLE": _title(person),
                "LOCATIONID": location,
                "LOCATIONKEY": locations.get(location, ""),
                "DEPARTMENTID": department,
                "DEPARTMENTKEY": departments.get(department, ""),
                "SUPERVISORID": boss.id if boss else "",
                "SUPERVISORNAME": boss.contact if boss else "",
                "PARENTKEY": str(boss.number + 1) if boss else "",
                "STARTDATE": joined.get(person.trouble, "01/15/2020"),
                "ENDDATE": "01/31/2026" if ended else "",
                "TERMINATIONTYPE": "voluntary" if inactive else "",
                "STATUS": "inactive" if inactive else "active",
                "CONTACT_NAME": person.contact,
                "PERSONALINFO.CONTACTNAME": person.contact,
                "CONTACTKEY": str(person.number + 1),
                "CURRENCY": person.entity.currency,
                "CLASSID": coding.class_of_employee(company, person.number),
                "GENERIC": "false",
                "ENTITY": f"E{person.id}",
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
                "VENDORID": person.id,
                "NAME": f"{person.first} {person.last}"[:100],
                "DISPLAYCONTACT.CONTACTNAME": person.contact,
                "CURRENCY": person.entity.currency,
                "TERMNAME": "N30",
                "VENDTYPE": SUPPLIER_TYPE if person.trouble == "wrong_vendor_type" else EMPLOYEE_TYPE,
                "STATUS": "inactive" if inactive else "active",
                "ISINDIVIDUAL": "true",
                "ONETIME": "false",
                "ONHOLD": "true" if person.trouble == "vendor_on_hold" else "false",
                "TOTALDUE": "0",
                "OBJECTRESTRICTION": "Unrestricted",
                "PAYMENTPRIORITY": "normal",
                "DONOTCUTCHECK": "false",
                "ENTITY": f"V{person.id}",
            }
        ) | _owner(person, ("private_vendor", "private_employee"))


def suppliers(company: SeededCompany, first_contact: int) -> Iterator[tuple[str, Record]]:
    """Ordinary suppliers with their contacts; their numbers look like EmployeeIDs."""
    rng = dice(company.seed, "suppliers")
    for number in range(SUPPLIERS):
        name = rng.choice(company.pools[rng.choice(list(company.pools))].companies)
        vendor = str(20000 + number)
        contact = f"{name} (V{vendor})"
        yield (
            "CONTACT",
            _stamped(
                {
                    "RECORDNO": str(first_contact + number),
                    "CONTACTNAME": contact,
                    "COMPANYNAME": name,
                    "PRINTAS": name,
                    "EMAIL1": f"billing.{vendor}@supplier.example",
                    "STATUS": "active",
                }
            ),
        )
        yield (
            "VENDOR",
            _stamped(
                {
                    "VENDORID": vendor,
                    "NAME": name,
                    "DISPLAYCONTACT.CONTACTNAME": contact,
                    "VENDTYPE": SUPPLIER_TYPE,
                    "STATUS": "inactive" if number % 17 == 16 else "active",
                    "ONHOLD": "false",
                    "ISINDIVIDUAL": "false",
                    "ONETIME": "false",
                    "TERMNAME": "N30",
                    "TOTALDUE": "0",
                    "OBJECTRESTRICTION": "Unrestricted",
                    "ENTITY": f"V{vendor}",
                }
            ),
        )


def users(everybody: Iterable[Person]) -> Iterator[Record]:
    """USERINFO: every third person and every manager may log in to Intacct."""
    for person in everybody:
        if person.number % 3 and not person.manages:
            continue
        yield _stamped(
            {
                "LOGINID": person.email.split("@")[0],
                "DESCRIPTION": f"{person.first} {person.last}",
                "USERTYPE": "employee user" if person.number % 2 else "business user",
                "ADMIN": "Off",
                "STATUS": "inactive" if person.trouble in ("terminated", "gone") else "active",
                "LOGINDISABLED": "false",
                "CONTACTINFO.CONTACTNAME": person.contact,
                "CONTACTKEY": str(person.number + 1),
                "USERLOCATIONS": person.entity.id if person.number % 2 else "",
                "UNRESTRICTED": "true",
            }
        )


def service_users(user: str) -> list[Record]:
    """The users of Intacct that are no people: the web services user and the administrator."""
    contact = {"CONTACTINFO.EMAIL1": "intacct.admin@example.com"}
    return [
        _stamped(
            {
                "LOGINID": user,
                "DESCRIPTION": "Web services user",
                "USERTYPE": "business user",
                "ADMIN": "Off",
                "STATUS": "active",
                "LOGINDISABLED": "true",
                "CONTACTINFO.CONTACTNAME": user,
            }
            | contact
        ),
        _stamped(
            {
                "LOGINID": "admin",
                "DESCRIPTION": "Administrator",
                "USERTYPE": "business user",
                "ADMIN": "Full",
                "STATUS": "active",
                "LOGINDISABLED": "false",
                "CONTACTINFO.CONTACTNAME": "admin",
            }
            | contact
        ),
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
