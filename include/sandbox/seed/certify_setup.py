"""The seeded company in Certify: lists and users as they were before what Intacct says now."""

from __future__ import annotations

from collections.abc import Iterator

from include.sandbox.seed import coding
from include.sandbox.seed.company import CASH_ADVANCE, CATEGORIES, PERSONAL, TROUBLED_CATEGORIES, SeededCompany
from include.sandbox.seed.people import Person, before
from include.sandbox.seed.pools import dice, guid
from include.sandbox.store import Record


def certify_records(company: SeededCompany) -> Iterator[tuple[str, Record]]:
    """(resource, record) of the set-up in Certify: most of Intacct's, with what has drifted apart."""
    rng = dice(company.seed, "certify")
    for entity in company.entities:
        if entity.trouble != "missing_in_certify":
            name = f"Old {entity.name}" if entity.trouble == "renamed" else entity.name
            yield "empglds", {"ID": entity.gld, "EmpGLDIndex": 1, "Name": name, "Code": entity.id, "Active": 1}
    yield "empglds", {"ID": guid(rng), "EmpGLDIndex": 1, "Name": "Closed long ago", "Code": "999", "Active": 0}
    for department in company.departments:
        if department.trouble != "missing_in_certify":
            title = f"{department.title} (old)" if department.trouble == "renamed" else department.title
            inactive = department.trouble in ("inactive_in_certify",)
            yield (
                "departments",
                {
                    "ID": department.certify,
                    "Name": title,
                    "Code": department.id,
                    "Active": 0 if inactive else 1,
                    "LastModifiedDate": "2025-01-15",
                },
            )
    yield (
        "departments",
        {"ID": guid(rng), "Name": "Only in Certify", "Code": "ZZ", "Active": 1, "LastModifiedDate": "2025-01-15"},
    )
    for project, name in company.projects:
        yield "exprptglds", {"ID": guid(rng), "ExpRptGLDIndex": 1, "Name": name, "Code": project, "Active": 1}
    item = {"EmpGLDIndex": 3, "Name": "Rebillable expense", "Code": coding.ITEM, "Active": 1}
    yield "empglds", {"ID": guid(dice(company.seed, "item")), **item}
    for category, (account, type_id, _) in (CATEGORIES | TROUBLED_CATEGORIES).items():
        yield (
            "expensecategories",
            {
                "ID": guid(rng),
                "Name": category,
                "GLCode": account,
                "ExpenseTypeID": type_id,
                "Active": 1,
                "PersonalExpenses": int(category == PERSONAL),
                "CashAdvances": int(category == CASH_ADVANCE),
                "MaxAmount": "5000.00",
            },
        )
    rate = guid(rng)
    yield "mileagerates", {"ID": rate, "Name": "Standard", "FederalMileageRateType": 0}
    yield (
        "mileageratedetails",
        {"ID": guid(rng), "MileageRateID": rate, "EffectiveDate": "2026-01-01", "PrimaryRate": "0.70"},
    )
    yield "cpdlists", {"ID": guid(rng), "Name": "Domestic per diem", "Active": 1}


def certify_users(company: SeededCompany, everybody: list[Person]) -> Iterator[Record]:
    """The users that Certify has: everybody but new hires, as they were before what Intacct says now."""
    managers = {person.supervisor for person in everybody if person.supervisor is not None}
    accountant = guid(dice(company.seed, "accountant"))
    admin = guid(dice(company.seed, "admin"))
    yield _user(accountant, "Anna", "Accountant", "accountant@example.com", "") | {
        "Role": "Accountants",
        "Treasurer": 1,
    }
    yield _user(admin, "Certify", "Administrator", "certify.admin@example.com", "") | {
        "Role": "Executives",
        "FullAdministrator": 1,
        "UserAdministrator": 1,
        "AccountantID": accountant,
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
            yield record | {
                "ID": guid(rng),
                "Email": f"second.{record['Email']}",
                "UserName": f"second.{record['Email']}",
            }


def _user(identity: str, first: str, last: str, email: str, employee: str) -> Record:
    return {
        "ID": identity,
        "UserName": email,
        "FirstName": first,
        "LastName": last,
        "Email": email,
        "EmployeeID": employee,
        "Role": "Employees",
        "Culture": "en-US",
        "Language": "en",
        "Currency": "USD",
        "LastModifiedDate": "2026-01-15",
        "Active": 1,
        "WelcomeEmailSent": 1,
    }
