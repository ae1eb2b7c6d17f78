"""The company of the canary run: both services with people who have everything that must not be read, and reports to post."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests import shipped_config
from tests.expense_company import CATEGORIES, INTACCT, Company
from tests.people_company import contact, employee
from tests.postgres_fixture import Database

DAY = shipped_config.today() - timedelta(days=3)
ADDRESS = "finance@example.com"
# Fields that are never asked for, by object of Intacct and by resource of Certify.
BANNED = {
    "EMPLOYEE": ["SSN", "BIRTHDATE", "GENDER", "ACHBANKROUTINGNUMBER", "ACHACCOUNTNUMBER", "NAME1099"],
    "VENDOR": ["TAXID", "ACHBANKROUTINGNUMBER", "ACHACCOUNTNUMBER", "WIREBANKROUTINGNUMBER", "NAME1099"],
    "CONTACT": ["TAXID", "PHONE1", "CELLPHONE"],
    "USERINFO": ["SSO_FEDERATED_ID"],
    "users": ["SSN", "BirthDate", "Gender", "BankAccount", "TaxID"],
    "expensereports": ["BankAccount", "EmployeeTaxID"],
    "expenses": ["CardNumber", "BankAccount"],
}


def personal_canaries() -> dict[str, str]:
    """A value of its own for each banned field."""
    import secrets

    return {f"{owner}.{name}": secrets.token_hex(8) for owner, names in BANNED.items() for name in names}


def fill(sandbox: Any, database: Database, config: Path, personal: dict[str, str]) -> Company:
    """Both services, and connector.yaml at ``config``."""
    loader = _Loader(sandbox, personal)
    load = loader.load
    company = Company(loader, database, lambda **_: {}, config)
    # One document a request, so that refusing the first request leaves the others.
    company.configure(sending={"batch_size": 1})
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    content["notifications"] = {"addresses": [ADDRESS], "when": "always"}
    content["people"]["sources"] = [{"kind": "employee"}, {"kind": "user"}]
    config.write_text(yaml.safe_dump(content), encoding="utf-8")

    for name, records in INTACCT.items():
        load("intacct", name, records)
    people = {"DEPARTMENTID": "30", "LOCATIONID": "100"}
    load("intacct", "CONTACT", [contact(number) for number in (1, 2, 3)])
    load("intacct", "EMPLOYEE", [employee(number, **people) for number in (1, 2, 3)])
    load("intacct", "USERINFO", [{"LOGINID": "kim", "DESCRIPTION": "Kim", "STATUS": "active"}])
    load("certify", "expensecategories", CATEGORIES)
    administrator = {
        "Email": "admin@example.com",
        "FirstName": "Ad",
        "LastName": "Min",
        "Role": "Accountants",
        "FullAdministrator": 1,
    }
    somebody = {
        "Email": "p1@example.com",
        "FirstName": "Old",
        "LastName": "Name",
        "EmployeeID": "E1",
        "Role": "Employees",
    }
    load("certify", "users", [{**user, "Active": 1} for user in (administrator, somebody)])
    for number in (1, 2):
        company.report(number, ("100.10", "100.10"), ("20.00", "0.00"))
    load("certify", "expensereports", [{"ID": "00000000-0000-4000-8000-000000000099", "Processed": False}])
    return company


class _Loader:
    """Loads records as the sandbox of a test does, each with what must not be read of it."""

    def __init__(self, sandbox: Any, personal: dict[str, str]) -> None:
        self._sandbox = sandbox
        self._personal = personal

    def load(self, side: str, name: str, records: list[dict[str, Any]]) -> None:
        hidden = {field: self._personal[f"{name}.{field}"] for field in BANNED.get(name, ())}
        body = {"side": side, "object": name, "unknown_fields": "keep", "records": [{**r, **hidden} for r in records]}
        self._sandbox._control("POST", "load", body)
