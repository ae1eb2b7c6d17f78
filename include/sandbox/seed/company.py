"""The seeded company's set-up: entities, departments, accounts, cards and the like in Intacct, and their likes in Certify."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from include.sandbox.seed.pools import COUNTRIES, DEPARTMENT_NAMES, Pool, dice, guid
from include.sandbox.seed.scale import Scale
from include.sandbox.store import Record

STAMP = "01/15/2024 08:00:00"
EMPLOYEE_TYPE, SUPPLIER_TYPE = "Employee", "Supplier"
TOP_LEVEL = ""

# Certify category: (GL account or "", Certify's ExpenseTypeID, name of that type).
CATEGORIES: dict[str, tuple[str, int, str]] = {
    "Airfare": ("6210", 6, "Travel"),
    "Hotel": ("6220", 3, "Lodging"),
    "Meals": ("6230", 4, "Meals"),
    "Entertainment": ("6235", 4, "Meals"),
    "Taxi and Ride Share": ("6240", 6, "Travel"),
    "Train": ("6245", 6, "Travel"),
    "Car Rental": ("6250", 5, "Rentals"),
    "Mileage": ("6260", 2, "Mileage"),
    "Parking and Tolls": ("6265", 1, "Cash Expense"),
    "Office Supplies": ("6310", 1, "Cash Expense"),
    "Software": ("6320", 1, "Cash Expense"),
    "Training": ("6330", 1, "Cash Expense"),
    "Telephone": ("6340", 1, "Cash Expense"),
    "Postage": ("6350", 1, "Cash Expense"),
}
# Categories that hurt: no account, an account that does not exist, an inactive account, not to be posted.
UNMAPPED, UNKNOWN_ACCOUNT, INACTIVE_ACCOUNT = "Gifts", "Visa Fees", "Legacy Travel"
PERSONAL, CASH_ADVANCE = "Personal Expense", "Cash Advance"
TROUBLED_CATEGORIES: dict[str, tuple[str, int, str]] = {
    UNMAPPED: ("", 1, "Cash Expense"),
    UNKNOWN_ACCOUNT: ("6999", 1, "Cash Expense"),
    INACTIVE_ACCOUNT: ("6900", 1, "Cash Expense"),
    PERSONAL: ("", 1, "Cash Expense"),
    CASH_ADVANCE: ("1150", 1, "Cash Expense"),
}
OTHER_ACCOUNTS = {"1000": "Cash", "1150": "Employee Advances", "2000": "Accounts Payable", "2050": "Credit Cards Payable",
                  "2300": "Sales Tax Payable", "6900": "Legacy Travel Expense"}


@dataclass(frozen=True)
class Entity:
    """A legal entity: Intacct's LOCATIONENTITY and Certify's Employee GLD 1."""

    id: str
    name: str
    locale: str
    country: str
    currency: str
    gld: str
    trouble: str = ""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    """A department of both services; `certify` is its GUID there."""

    id: str
    title: str
    certify: str
    parent: str = ""
    trouble: str = ""


@dataclass
class Company:
    """What people and reports refer to."""

    seed: int
    pools: dict[str, Pool]
    entities: list[Entity]
    departments: list[Department]
    projects: list[tuple[str, str]] = field(default_factory=list)

    def entity(self, trouble: str = "") -> Entity | None:
        """The first entity with this trouble ("" is none)."""
        return next((entity for entity in self.entities if entity.trouble == trouble), None)

    def sound_entities(self) -> list[Entity]:
        """The entities to which anything can be posted."""
        return [entity for entity in self.entities if entity.trouble in ("", "renamed")]

    def department(self, trouble: str) -> Department | None:
        """The first department with this trouble."""
        return next((department for department in self.departments if department.trouble == trouble), None)

    def sound_departments(self) -> list[Department]:
        """The departments that are active in both services."""
        return [department for department in self.departments if department.trouble in ("", "renamed")]


def found(seed: int, scale: Scale, words: dict[str, Pool]) -> Company:
    """The company of this seed and scale. Troubles are dealt to the last entities and departments, if there are enough."""
    rng = dice(seed, "company")
    entities = [_entity(number, scale.entities, words, rng) for number in range(scale.entities)]
    departments = [_department(number, scale.departments, rng) for number in range(scale.departments)]
    projects = [(f"P-{number:03}", f"{rng.choice(words['en_US'].companies)} roll-out") for number in range(1, 13)]
    return Company(seed, words, entities, departments, projects)


ENTITY_TROUBLES = ("closed", "inactive", "missing_in_certify", "renamed")  # of the last entities, from the end
DEPARTMENT_TROUBLES = ("inactive", "inactive_in_certify", "missing_in_certify", "missing_in_certify", "renamed")


def _trouble(number: int, count: int, troubles: tuple[str, ...]) -> str:
    from_end = count - 1 - number
    return troubles[from_end] if from_end < len(troubles) and count >= 2 * len(troubles) + 2 else ""


def _entity(number: int, count: int, words: dict[str, Pool], rng: random.Random) -> Entity:
    locale, country, currency = COUNTRIES[number % len(COUNTRIES)]
    identity = str(100 + 10 * number) if count <= 80 else str(1000 + number)
    name = f"{rng.choice(words[locale].companies)} {country}"
    if number == 2:
        name = "Müller & Söhne <Holding> GmbH"
    office = f"{identity}-1"
    return Entity(identity, f"{name} {identity}", locale, country, currency, guid(rng),
                  _trouble(number, count, ENTITY_TROUBLES), (office,))


def _department(number: int, count: int, rng: random.Random) -> Department:
    names = len(DEPARTMENT_NAMES)
    title = DEPARTMENT_NAMES[number] if number < names else f"{DEPARTMENT_NAMES[number % names]} {number // names + 1}"
    identity = "007" if number == 1 else str(100 + number)
    parent = "" if number < 4 else ("007" if number % 3 == 1 else str(100 + number % 3 * 2))
    return Department(identity, title, guid(rng), parent, _trouble(number, count, DEPARTMENT_TROUBLES))


# -- Intacct -----------------------------------------------------------------------------------------------------------


def intacct_records(company: Company, today: date) -> Iterator[tuple[str, Record]]:
    """(object, record) of the set-up in Intacct."""
    stamps = {"WHENCREATED": STAMP, "WHENMODIFIED": STAMP}
    for number, entity in enumerate(company.entities, start=1):
        status = "inactive" if entity.trouble == "inactive" else "active"
        yield "LOCATIONENTITY", {
            "RECORDNO": str(number), "LOCATIONID": entity.id, "NAME": entity.name, "REPORTPRINTAS": entity.name,
            "STATUS": status, "CURRENCY": entity.currency, "STARTDATE": "01/01/2015", "OPCOUNTRY": entity.country,
            "HAS_IE_RELATION": "false", "FIRSTMONTH": "January",
        }
        yield "LOCATION", stamps | {
            "RECORDNO": str(number), "LOCATIONID": entity.id, "NAME": entity.name, "STATUS": status, "ENTITY": entity.id,
            "ENTITYNAME": entity.name, "CURRENCY": entity.currency, "LOCATIONTYPE": "E", "ISROOT": "false",
        }
    yield from _offices(company, stamps)
    keys = {department.id: str(number) for number, department in enumerate(company.departments, start=1)}
    titles = {department.id: department.title for department in company.departments}
    for department in company.departments:
        parent = department.parent if department.parent in keys else ""
        yield "DEPARTMENT", stamps | {
            "RECORDNO": keys[department.id], "DEPARTMENTID": department.id, "TITLE": department.title, "PARENTID": parent,
            "PARENTKEY": keys.get(parent, ""), "PARENTNAME": titles.get(parent, ""),
            "STATUS": "inactive" if department.trouble == "inactive" else "active",
        }
    yield from _ledger(stamps)
    yield from _cards(company, stamps)
    yield from _dimensions(company, stamps)
    yield from _periods(today)


def _offices(company: Company, stamps: Record) -> Iterator[tuple[str, Record]]:
    number = len(company.entities)
    for parent_key, entity in enumerate(company.entities, start=1):
        for office in entity.offices:
            number += 1
            yield "LOCATION", stamps | {
                "RECORDNO": str(number), "LOCATIONID": office, "NAME": f"{entity.name} office {office}", "STATUS": "active",
                "PARENTID": entity.id, "PARENTKEY": str(parent_key), "PARENTNAME": entity.name, "ENTITY": entity.id,
                "ENTITYNAME": entity.name, "CURRENCY": entity.currency, "LOCATIONTYPE": "L", "ISROOT": "false",
            }


def _ledger(stamps: Record) -> Iterator[tuple[str, Record]]:
    accounts = {account: f"{name} Expense" for name, (account, _, _) in CATEGORIES.items()} | OTHER_ACCOUNTS
    for account, title in accounts.items():
        balance = account < "5000"
        yield "GLACCOUNT", stamps | {
            "ACCOUNTNO": account, "TITLE": title, "ACCOUNTTYPE": "balancesheet" if balance else "incomestatement",
            "NORMALBALANCE": "credit" if account.startswith("2") else "debit",
            "CLOSINGTYPE": "non-closing account" if balance else "closing account",
            "STATUS": "inactive" if account == "6900" else "active",
            "REQUIREDEPT": "true" if account in ("6210", "6220", "6330") else "false", "REQUIRELOC": "false",
        }
    for name, (account, _, _) in CATEGORIES.items():
        label = {"ACCOUNTLABEL": name, "DESCRIPTION": name, "GLACCOUNTNO": account, "STATUS": "active"}
        yield "EEACCOUNTLABEL", label
        yield "APACCOUNTLABEL", label
    for symbol, title in (("GJ", "General Journal"), ("APJ", "Accounts Payable Journal"), ("CMJ", "Cash Management Journal"),
                          ("EEJ", "Employee Expense Journal")):
        yield "GLJOURNAL", {"SYMBOL": symbol, "TITLE": title, "STATUS": "active", "ADJ": "false"}
    for name, days in (("N30", "30"), ("N14", "14"), ("Due on receipt", "0")):
        yield "APTERM", {"NAME": name, "DESCRIPTION": f"Due in {days} days", "STATUS": "active", "DUEDATE": days}
    yield "VENDTYPE", {"NAME": EMPLOYEE_TYPE, "STATUS": "active"}
    yield "VENDTYPE", {"NAME": SUPPLIER_TYPE, "STATUS": "active"}
    for name in ("Intacct Daily Rate", "Monthly Average"):
        yield "EXCHANGERATETYPES", {"ID": name, "NAME": name, "ISDEFAULT": "true" if name.startswith("Intacct") else "false"}
    yield "EXPENSEPAYMENTTYPE", {"NAME": "Company card", "DESCRIPTION": "Paid by the company", "NONREIMBURSABLE": "true",
                                 "STATUS": "active"}
    yield from _taxes()


def _taxes() -> Iterator[tuple[str, Record]]:
    for solution, rates in {"Australia - GST": {"GST AU": "10"}, "United Kingdom - VAT": {"VAT UK 20": "20", "VAT UK 0": "0"},
                            "South Africa - VAT": {"VAT ZA": "15"}}.items():
        yield "TAXSOLUTION", {"SOLUTIONID": solution, "DESCRIPTION": solution, "STATUS": "active"}
        for detail, rate in rates.items():
            yield "TAXDETAIL", {"DETAILID": detail, "TAXUID": f"{detail} purchase", "DESCRIPTION": detail, "TAXTYPE": "Purchase",
                                "VALUE": rate, "GLACCOUNT": "2300", "STATUS": "active", "REVERSECHARGE": "false",
                                "TAXSOLUTIONID": solution}


# Certify's PaymentCardName and Intacct's CARDID of the company cards at top level.
CARDS = {"Corporate Visa": ("CORP-VISA", "Visa"), "Corporate Amex": ("CORP-AMEX", "American Express")}
UNMAPPED_CARD = "Petty Cash Card"


def entity_card_of(entity: Entity) -> tuple[str, str]:
    """(PaymentCardName, CARDID) of a card that belongs to one entity and posts only in its session."""
    return f"Mastercard {entity.id}", f"MC-{entity.id}"


def _cards(company: Company, stamps: Record) -> Iterator[tuple[str, Record]]:
    common = stamps | {"EXP_MONTH": "December", "EXP_YEAR": "2031", "STATUS": "active", "LIABILITYTYPE": "Credit",
                       "LIABACCTNO": "2050", "COMMCARD": "true"}
    for name, (card, kind) in CARDS.items():
        yield "CREDITCARD", common | {"CARDID": card, "DESCRIPTION": name, "CARDTYPE": kind}
    for number, entity in enumerate(company.entities[:3], start=1):
        name, card = entity_card_of(entity)
        yield "CREDITCARD", common | {
            "CARDID": card, "DESCRIPTION": name, "CARDTYPE": "Mastercard", "CURRENCY": entity.currency,
            "LOCATION": entity.id, "MEGAENTITYID": entity.id, "MEGAENTITYKEY": str(number), "MEGAENTITYNAME": entity.name,
        }


def _dimensions(company: Company, stamps: Record) -> Iterator[tuple[str, Record]]:
    for number, (project, name) in enumerate(company.projects, start=1):
        customer = f"C-{number:03}"
        yield "CUSTOMER", stamps | {"CUSTOMERID": customer, "NAME": name.removesuffix(" roll-out"), "STATUS": "active"}
        yield "PROJECT", stamps | {"PROJECTID": project, "NAME": name, "PROJECTCATEGORY": "Contract", "CUSTOMERID": customer,
                                   "PROJECTSTATUS": "In Progress", "STATUS": "active"}
        yield "CLASS", stamps | {"CLASSID": f"CL{number:02}", "NAME": f"Class {number}", "STATUS": "active"}
    yield "ITEM", stamps | {"ITEMID": "EXP", "NAME": "Rebillable expense", "ITEMTYPE": "Non-Inventory", "STATUS": "active"}


def _periods(today: date) -> Iterator[tuple[str, Record]]:
    for year in (today.year - 1, today.year, today.year + 1):
        for month in range(1, 13):
            start = date(year, month, 1)
            end = date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
            yield "REPORTINGPERIOD", {
                "NAME": f"Month Ended {start:%B %Y}", "HEADER1": "Month Ended", "HEADER2": f"{start:%B %Y}",
                "START_DATE": f"{start:%m/%d/%Y}", "END_DATE": f"{end:%m/%d/%Y}", "BUDGETING": "true", "STATUS": "active",
            }


# -- Certify -----------------------------------------------------------------------------------------------------------


def certify_records(company: Company) -> Iterator[tuple[str, Record]]:
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
            yield "departments", {"ID": department.certify, "Name": title, "Code": department.id,
                                  "Active": 0 if inactive else 1, "LastModifiedDate": "2025-01-15"}
    yield "departments", {"ID": guid(rng), "Name": "Only in Certify", "Code": "ZZ", "Active": 1,
                          "LastModifiedDate": "2025-01-15"}
    for project, name in company.projects:
        yield "exprptglds", {"ID": guid(rng), "ExpRptGLDIndex": 1, "Name": name, "Code": project, "Active": 1}
    for category, (account, type_id, _) in (CATEGORIES | TROUBLED_CATEGORIES).items():
        yield "expensecategories", {
            "ID": guid(rng), "Name": category, "GLCode": account, "ExpenseTypeID": type_id, "Active": 1,
            "PersonalExpenses": int(category == PERSONAL), "CashAdvances": int(category == CASH_ADVANCE),
            "MaxAmount": str(Decimal("5000.00")),
        }
    rate = guid(rng)
    yield "mileagerates", {"ID": rate, "Name": "Standard", "FederalMileageRateType": 0}
    yield "mileageratedetails", {"ID": guid(rng), "MileageRateID": rate, "EffectiveDate": "2026-01-01", "Rate": "0.70"}
    yield "cpdlists", {"ID": guid(rng), "Name": "Domestic per diem", "Active": 1}
