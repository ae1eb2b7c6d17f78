"""The seeded company's set-up in Intacct: entities, departments, accounts, cards and the like."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.sandbox.intacct.permissions import POLICIES
from include.sandbox.seed import coding
from include.sandbox.seed.company import (
    CARDS,
    CATEGORIES,
    EMPLOYEE_TYPE,
    OTHER_ACCOUNTS,
    STAMP,
    SUPPLIER_TYPE,
    Entity,
    SeededCompany,
    entity_card_of,
)
from include.sandbox.store import Record


def roles(user: str) -> Iterator[tuple[str, Record]]:
    """(object, record) of the role of the web services user, as the connector's installation has one made, and of what it permits."""
    name, stamps = "Certify Integration", {"WHENCREATED": STAMP, "WHENMODIFIED": STAMP}
    yield "ROLES", stamps | {"RECORDNO": "1", "NAME": name, "TYPE": "Enterprise", "APPLYTO": "Login Only"}
    yield "USERROLES", stamps | {"TYPE": "User", "ROLEKEY": "1", "ROLENAME": name, "U_O_GKEY": "1", "USERID": user}
    for number, (application, policy) in enumerate(sorted(set(POLICIES.values())), start=1):
        right = {"ROLEKEY": "1", "POLICYKEY": str(number), "POLICYNAME": policy, "MODULE": application}
        yield "ROLEPOLICYASSIGNMENT", stamps | right | {"RIGHTS": "List|View|Add|Edit|Delete"}


def intacct_records(company: SeededCompany, today: date) -> Iterator[tuple[str, Record]]:
    """(object, record) of the set-up in Intacct."""
    stamps = {"WHENCREATED": STAMP, "WHENMODIFIED": STAMP}
    for number, entity in enumerate(company.entities, start=1):
        status = "inactive" if entity.trouble == "inactive" else "active"
        if company.single:
            yield (
                "LOCATION",
                _place(entity, stamps) | {"RECORDNO": str(number), "LOCATIONID": entity.id, "NAME": entity.name},
            )
            continue
        yield (
            "LOCATIONENTITY",
            {
                "RECORDNO": str(number),
                "LOCATIONID": entity.id,
                "NAME": entity.name,
                "REPORTPRINTAS": entity.name,
                "STATUS": status,
                "CURRENCY": entity.currency,
                "STARTDATE": "01/01/2015",
                "OPCOUNTRY": entity.country,
                "HAS_IE_RELATION": "false",
                "FIRSTMONTH": "January",
            },
        )
        yield (
            "LOCATION",
            stamps
            | {
                "RECORDNO": str(number),
                "LOCATIONID": entity.id,
                "NAME": entity.name,
                "STATUS": status,
                "ENTITY": entity.id,
                "ENTITYNAME": entity.name,
                "CURRENCY": entity.currency,
                "LOCATIONTYPE": "E",
                "ISROOT": "false",
            },
        )
    if not company.single:
        yield from _between_entities(company)
    yield from _offices(company, stamps)
    keys = {department.id: str(number) for number, department in enumerate(company.departments, start=1)}
    titles = {department.id: department.title for department in company.departments}
    for department in company.departments:
        parent = department.parent if department.parent in keys else ""
        yield (
            "DEPARTMENT",
            stamps
            | {
                "RECORDNO": keys[department.id],
                "DEPARTMENTID": department.id,
                "TITLE": department.title,
                "PARENTID": parent,
                "PARENTKEY": keys.get(parent, ""),
                "PARENTNAME": titles.get(parent, ""),
                "STATUS": "inactive" if department.trouble == "inactive" else "active",
            },
        )
    yield from _ledger(company, stamps)
    yield from _cards(company, stamps)
    yield from _dimensions(company, stamps)
    yield from _periods(today)


def _between_entities(company: SeededCompany) -> Iterator[tuple[str, Record]]:
    """A basic configuration of inter-entity transactions: every entity has its accounts."""
    yield "INTERENTITYSETUP", {"RECORDNO": "1", "IEMAPPLAN": "BASIC"}
    for number, entity in enumerate(company.entities, start=1):
        yield (
            "ENTITYACCTDEFAULT",
            {
                "RECORDNO": str(number),
                "SETUPKEY": "1",
                "ENTITYID": entity.id,
                "ENTITYNAME": entity.name,
                "ENTITYSTATUS": "T",
                "IEPAYABLEACCTNO": "2610",
                "IERECEIVABLEACCTNO": "1610",
            },
        )


def _offices(company: SeededCompany, stamps: Record) -> Iterator[tuple[str, Record]]:
    number = len(company.entities)
    for parent_key, entity in enumerate(company.entities, start=1):
        for office in entity.offices:
            number += 1
            yield (
                "LOCATION",
                _place(entity, stamps)
                | {
                    "RECORDNO": str(number),
                    "LOCATIONID": office,
                    "NAME": f"{entity.name} office {office}",
                    "PARENTID": entity.id,
                    "PARENTKEY": str(parent_key),
                    "PARENTNAME": entity.name,
                }
                | ({} if company.single else {"ENTITY": entity.id, "ENTITYNAME": entity.name}),
            )


def _place(entity: Entity, stamps: Record) -> Record:
    """A location that is no entity."""
    return stamps | {"STATUS": "active", "CURRENCY": entity.currency, "LOCATIONTYPE": "L", "ISROOT": "false"}


def _ledger(company: SeededCompany, stamps: Record) -> Iterator[tuple[str, Record]]:
    accounts = {account: f"{name} Expense" for name, (account, _, _) in CATEGORIES.items()} | OTHER_ACCOUNTS
    for account, title in accounts.items():
        balance = account < "5000"
        yield (
            "GLACCOUNT",
            stamps
            | {
                "ACCOUNTNO": account,
                "TITLE": title,
                "ACCOUNTTYPE": "balancesheet" if balance else "incomestatement",
                "NORMALBALANCE": "credit" if account.startswith("2") else "debit",
                "CLOSINGTYPE": "non-closing account" if balance else "closing account",
                "STATUS": "inactive" if account == "6900" else "active",
                "REQUIREDEPT": "true" if account in ("6210", "6220", "6330") else "false",
                "REQUIRELOC": "false",
            }
            | ({"REQUIREGLDIMBRAND": "true"} if company.brands and account in coding.BRANDED_ACCOUNTS else {}),
        )
    for name, (account, _, _) in CATEGORIES.items():
        label = {"ACCOUNTLABEL": name, "DESCRIPTION": name, "GLACCOUNTNO": account, "STATUS": "active"}
        yield "EEACCOUNTLABEL", label
        yield "APACCOUNTLABEL", label
    for symbol, title in (
        ("GJ", "General Journal"),
        ("APJ", "Accounts Payable Journal"),
        ("CMJ", "Cash Management Journal"),
        ("EEJ", "Employee Expense Journal"),
    ):
        yield "GLJOURNAL", {"SYMBOL": symbol, "TITLE": title, "STATUS": "active", "ADJ": "false"}
    for name, days in (("N30", "30"), ("N14", "14"), ("Due on receipt", "0")):
        yield "APTERM", {"NAME": name, "DESCRIPTION": f"Due in {days} days", "STATUS": "active", "DUEDATE": days}
    yield "VENDTYPE", {"NAME": EMPLOYEE_TYPE, "STATUS": "active"}
    yield "VENDTYPE", {"NAME": SUPPLIER_TYPE, "STATUS": "active"}
    for name in ("Intacct Daily Rate", "Monthly Average"):
        yield (
            "EXCHANGERATETYPES",
            {"ID": name, "NAME": name, "ISDEFAULT": "true" if name.startswith("Intacct") else "false"},
        )
    yield (
        "EXPENSEPAYMENTTYPE",
        {
            "NAME": "Company card",
            "DESCRIPTION": "Paid by the company",
            "NONREIMBURSABLE": "true",
            "OFFSETACCTNO": "2050",
            "OFFSETACCTTITLE": OTHER_ACCOUNTS["2050"],
            "STATUS": "active",
        },
    )
    yield (
        "EXPENSEPAYMENTTYPE",
        {
            "NAME": "Out of pocket",
            "DESCRIPTION": "Paid by the employee",
            "NONREIMBURSABLE": "false",
            "STATUS": "active",
        },
    )
    yield from _taxes()


def _taxes() -> Iterator[tuple[str, Record]]:
    for solution, rates in {
        "Australia - GST": {"GST AU": "10"},
        "United Kingdom - VAT": {"VAT UK 20": "20", "VAT UK 0": "0"},
        "Canadian Sales Tax - SYS": {"HST CA 13": "13", "PST CA 7": "7", "CA 0": "0"},
        "South Africa - VAT": {"VAT ZA": "15"},
    }.items():
        yield "TAXSOLUTION", {"SOLUTIONID": solution, "DESCRIPTION": solution, "STATUS": "active"}
        for detail, rate in rates.items():
            yield (
                "TAXDETAIL",
                {
                    "DETAILID": detail,
                    "TAXUID": f"{detail} purchase",
                    "DESCRIPTION": detail,
                    "TAXTYPE": "Purchase",
                    "VALUE": rate,
                    "GLACCOUNT": "2300",
                    "STATUS": "active",
                    "REVERSECHARGE": "false",
                    "TAXSOLUTIONID": solution,
                },
            )


def _cards(company: SeededCompany, stamps: Record) -> Iterator[tuple[str, Record]]:
    common = stamps | {
        "EXP_MONTH": "December",
        "EXP_YEAR": "2031",
        "STATUS": "active",
        "LIABILITYTYPE": "Credit",
        "LIABACCTNO": "2050",
        "COMMCARD": "true",
    }
    for name, (card, kind) in CARDS.items():
        yield "CREDITCARD", common | {"CARDID": card, "DESCRIPTION": name, "CARDTYPE": kind}
    owners = [] if company.single else company.entities[:3]
    for number, entity in enumerate(owners, start=1):
        name, card = entity_card_of(entity)
        yield (
            "CREDITCARD",
            common
            | {
                "CARDID": card,
                "DESCRIPTION": name,
                "CARDTYPE": "Mastercard",
                "CURRENCY": entity.currency,
                "LOCATION": entity.id,
                "MEGAENTITYID": entity.id,
                "MEGAENTITYKEY": str(number),
                "MEGAENTITYNAME": entity.name,
            },
        )


def _dimensions(company: SeededCompany, stamps: Record) -> Iterator[tuple[str, Record]]:
    for number, (project, name) in enumerate(company.projects, start=1):
        customer = coding.customer_of(number)
        yield "CUSTOMER", stamps | {"CUSTOMERID": customer, "NAME": name.removesuffix(" roll-out"), "STATUS": "active"}
        yield (
            "PROJECT",
            stamps
            | {
                "PROJECTID": project,
                "NAME": name,
                "PROJECTCATEGORY": "Contract",
                "PROJECTTYPE": coding.type_of(number, len(company.projects)),
                "CUSTOMERID": customer,
                "PROJECTSTATUS": "In Progress",
                "STATUS": "active",
            },
        )
        for task, title in coding.TASKS.items():
            yield (
                "TASK",
                stamps
                | {
                    "TASKID": task,
                    "NAME": title,
                    "PROJECTID": project,
                    "PROJECTKEY": str(number),
                    "PROJECTNAME": name,
                    "TASKSTATUS": "In Progress",
                },
            )
        yield "CLASS", stamps | {"CLASSID": coding.class_of(number), "NAME": f"Class {number}", "STATUS": "active"}
    for identity, name in coding.BRANDS.items() if company.brands else ():
        yield coding.BRAND.upper(), {"ID": identity, "NAME": name}
    yield (
        "ITEM",
        stamps | {"ITEMID": coding.ITEM, "NAME": "Rebillable expense", "ITEMTYPE": "Non-Inventory", "STATUS": "active"},
    )


def _periods(today: date) -> Iterator[tuple[str, Record]]:
    for year in (today.year - 1, today.year, today.year + 1):
        for month in range(1, 13):
            start = date(year, month, 1)
            end = date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
            yield (
                "REPORTINGPERIOD",
                {
                    "NAME": f"Month Ended {start:%B %Y}",
                    "HEADER1": "Month Ended",
                    "HEADER2": f"{start:%B %Y}",
                    "START_DATE": f"{start:%m/%d/%Y}",
                    "END_DATE": f"{end:%m/%d/%Y}",
                    "BUDGETING": "true",
                    "STATUS": "active",
                },
            )
