"""What people offices do: in Intacct (employees, vendors, departments, entities) and by hand in Certify (users, lists).

An employee is named by EMPLOYEEID, a vendor by VENDORID, a department by its code, an entity by LOCATIONID, a Certify user by
EmployeeID, e-mail or ID.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Any

from include.sandbox.actors.ledger import changed
from include.sandbox.actors.registry import CannotAct, act, the_one
from include.sandbox.certify.resources import USERS
from include.sandbox.core import Sandbox
from include.sandbox.store import Record


@act
def terminate(sandbox: Sandbox, *, employee: str, end_date: str = "", keep_active: bool = False) -> dict[str, Any]:
    """An employee leaves: end date (default today), inactive unless `keep_active`; the vendor becomes inactive too."""
    day = Date.fromisoformat(end_date) if end_date else sandbox.now().date()
    fields = {"ENDDATE": f"{day:%m/%d/%Y}"} | (
        {} if keep_active else {"STATUS": "inactive", "TERMINATIONTYPE": "voluntary"}
    )
    if not keep_active:
        for vendor in sandbox.store.find("intacct", "VENDOR", "VENDORID", employee):
            changed(sandbox, "VENDOR", vendor, {"STATUS": "inactive"})
    return changed(sandbox, "EMPLOYEE", _employee(sandbox, employee), fields)


@act
def rehire(sandbox: Sandbox, *, employee: str, start_date: str = "") -> dict[str, Any]:
    """An employee comes back: active, no end date, start date today unless given; the vendor is active again."""
    day = Date.fromisoformat(start_date) if start_date else sandbox.now().date()
    for vendor in sandbox.store.find("intacct", "VENDOR", "VENDORID", employee):
        changed(sandbox, "VENDOR", vendor, {"STATUS": "active"})
    fields = {"STATUS": "active", "ENDDATE": "", "TERMINATIONTYPE": "", "STARTDATE": f"{day:%m/%d/%Y}"}
    return changed(sandbox, "EMPLOYEE", _employee(sandbox, employee), fields)


@act
def rename_person(
    sandbox: Sandbox, *, employee: str, first: str = "", last: str = "", email: str = ""
) -> dict[str, Any]:
    """Change name or e-mail of an employee in Intacct: of the contact and of the vendor's name."""
    found = _employee(sandbox, employee)
    contact = the_one(sandbox.store, "intacct", "CONTACT", ("CONTACTNAME",), found["PERSONALINFO.CONTACTNAME"])
    first, last = first or contact.get("FIRSTNAME", ""), last or contact.get("LASTNAME", "")
    fields = {"FIRSTNAME": first, "LASTNAME": last, "PRINTAS": f"{first} {last}"} | ({"EMAIL1": email} if email else {})
    for vendor in sandbox.store.find("intacct", "VENDOR", "VENDORID", employee):
        changed(sandbox, "VENDOR", vendor, {"NAME": f"{first} {last}"})
    changed(sandbox, "EMPLOYEE", found, {})
    return changed(sandbox, "CONTACT", contact, fields) | {"EMPLOYEEID": employee}


@act
def clear_contact(sandbox: Sandbox, *, employee: str) -> dict[str, Any]:
    """The personnel department empties a leaver's contact in Intacct: no name and no e-mail address any more."""
    found = _employee(sandbox, employee)
    contact = the_one(sandbox.store, "intacct", "CONTACT", ("CONTACTNAME",), found["PERSONALINFO.CONTACTNAME"])
    changed(sandbox, "EMPLOYEE", found, {})
    return changed(sandbox, "CONTACT", contact, dict.fromkeys(("FIRSTNAME", "LASTNAME", "PRINTAS", "EMAIL1"), ""))


@act
def move_person(
    sandbox: Sandbox, *, employee: str, department: str = "", location: str = "", supervisor: str | None = None
) -> dict[str, Any]:
    """Give an employee another department, location or supervisor (an EMPLOYEEID; empty removes it)."""
    fields: Record = {}
    if department:
        found = the_one(sandbox.store, "intacct", "DEPARTMENT", ("DEPARTMENTID",), department)
        fields |= {"DEPARTMENTID": found["DEPARTMENTID"], "DEPARTMENTKEY": found["RECORDNO"]}
    if location:
        found = the_one(sandbox.store, "intacct", "LOCATION", ("LOCATIONID",), location)
        fields |= {"LOCATIONID": found["LOCATIONID"], "LOCATIONKEY": found["RECORDNO"]}
    if supervisor is not None:
        boss = _employee(sandbox, supervisor) if supervisor else {}
        fields |= {
            "SUPERVISORID": boss.get("EMPLOYEEID", ""),
            "SUPERVISORNAME": boss.get("CONTACT_NAME", ""),
            "PARENTKEY": boss.get("RECORDNO", ""),
        }
    if not fields:
        raise CannotAct("move_person needs department, location or supervisor.")
    return changed(sandbox, "EMPLOYEE", _employee(sandbox, employee), fields)


@act
def hold_vendor(sandbox: Sandbox, *, vendor: str, on_hold: bool = True) -> dict[str, Any]:
    """Put a vendor on hold, or release it."""
    found = the_one(sandbox.store, "intacct", "VENDOR", ("VENDORID",), vendor)
    return changed(sandbox, "VENDOR", found, {"ONHOLD": "true" if on_hold else "false"})


@act
def set_status(sandbox: Sandbox, *, object: str, record: str, status: str = "inactive") -> dict[str, Any]:
    """Make a VENDOR, EMPLOYEE, DEPARTMENT, LOCATION, GLACCOUNT, CREDITCARD… active or inactive."""
    keys = {
        "VENDOR": "VENDORID",
        "EMPLOYEE": "EMPLOYEEID",
        "DEPARTMENT": "DEPARTMENTID",
        "LOCATION": "LOCATIONID",
        "LOCATIONENTITY": "LOCATIONID",
        "GLACCOUNT": "ACCOUNTNO",
        "CREDITCARD": "CARDID",
        "PROJECT": "PROJECTID",
    }
    if object.upper() not in keys or status not in ("active", "inactive"):
        raise CannotAct(f"set_status knows {', '.join(keys)} and the states active and inactive.")
    found = the_one(sandbox.store, "intacct", object.upper(), (keys[object.upper()],), record)
    return changed(sandbox, object.upper(), found, {"STATUS": status})


@act
def rename(sandbox: Sandbox, *, object: str, record: str, name: str) -> dict[str, Any]:
    """Give a DEPARTMENT, LOCATIONENTITY, LOCATION or VENDOR another name (an entity's location follows)."""
    fields = {
        "DEPARTMENT": ("DEPARTMENTID", "TITLE"),
        "LOCATIONENTITY": ("LOCATIONID", "NAME"),
        "LOCATION": ("LOCATIONID", "NAME"),
        "VENDOR": ("VENDORID", "NAME"),
    }
    if object.upper() not in fields:
        raise CannotAct(f"rename knows {', '.join(fields)}.")
    key, field = fields[object.upper()]
    if object.upper() == "LOCATIONENTITY":
        for location in sandbox.store.find("intacct", "LOCATION", "LOCATIONID", record):
            changed(sandbox, "LOCATION", location, {"NAME": name})
    found = the_one(sandbox.store, "intacct", object.upper(), (key,), record)
    return changed(sandbox, object.upper(), found, {field: name})


@act
def edit_user(sandbox: Sandbox, *, user: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change fields of a Certify user by hand: Active, Role, names, FullAdministrator, FirstApproverID…"""
    unknown = sorted(set(changes) - set(USERS.fields))
    if unknown:
        raise CannotAct(f"users has no field {', '.join(unknown)}.")
    found = the_one(sandbox.store, "certify", "users", ("EmployeeID", "Email"), user)
    stamp = {"LastModifiedDate": sandbox.now().date().isoformat()}
    sandbox.store.update("certify", "users", found["ID"], changes | stamp)
    return {"user": found["ID"]} | changes


@act
def edit_list(sandbox: Sandbox, *, object: str, code: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change a Certify department, GLD ("empglds/1") or category by hand; `code` is its Code, a category's Name, or its ID."""
    name, _, index = object.partition("/")
    if name not in ("departments", "empglds", "exprptglds", "expensecategories"):
        raise CannotAct("edit_list knows departments, empglds/1 to 5, exprptglds/1 to 5 and expensecategories.")
    field = "Name" if name == "expensecategories" else "Code"
    number = {"empglds": "EmpGLDIndex", "exprptglds": "ExpRptGLDIndex"}.get(name)
    hits = [
        one
        for one in sandbox.store.find("certify", name, field, code)
        if not number or one.get(number) == int(index or 1)
    ]
    if len(hits) > 1:
        raise CannotAct(f"{len(hits)} of {object} have {field} {code}; name one by its ID.")
    found = hits[0] if hits else the_one(sandbox.store, "certify", name, (), code)
    sandbox.store.update("certify", name, found["ID"], changes)
    return {"ID": found["ID"]} | changes


def _employee(sandbox: Sandbox, identity: str) -> Record:
    hits = sandbox.store.find("intacct", "EMPLOYEE", "EMPLOYEEID", identity)
    if not hits:
        raise CannotAct(f"EMPLOYEE {identity} does not exist.")
    return hits[0]
