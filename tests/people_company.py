"""A small company at both services for the tests of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests import shipped_config


def configured(path: Path, dimensions: dict[str, Any] | None = None, **people: Any) -> Path:
    """connector.yaml with another section ``people``, and other values in section ``dimensions``."""
    content = shipped_config.content()
    content["people"] = {"settle_seconds": 0.05, **people}
    for name, value in (dimensions or {}).items():
        content["dimensions"][name] = {**content["dimensions"].get(name, {}), **value}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def employee(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "EMPLOYEEID": f"E{number}",
        "PERSONALINFO.CONTACTNAME": f"Person {number}",
        "DEPARTMENTID": "10",
        "LOCATIONID": "100",
        "SUPERVISORID": "",
        "STATUS": "active",
        **changes,
    }


def contact(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "CONTACTNAME": f"Person {number}",
        "FIRSTNAME": "Zoë" if number == 1 else "Ana",
        "LASTNAME": f"O'Brien & <Söhne> {number}",
        "PRINTAS": f"Person {number}",
        "EMAIL1": f"p{number}@example.com",
        **changes,
    }


def load_lists(sandbox: Any, *, entities: bool = True) -> None:
    """Two departments and two entities at Intacct, nothing of them at Certify, and Certify's administrator."""
    sandbox.load(
        "intacct",
        "DEPARTMENT",
        [
            {"DEPARTMENTID": "10", "TITLE": "Sales", "STATUS": "active"},
            {"DEPARTMENTID": "20", "TITLE": "Support", "STATUS": "active"},
        ],
    )
    if entities:
        found = [
            {"LOCATIONID": code, "NAME": f"Entity {code}", "STATUS": "active", "CURRENCY": "USD"}
            for code in ("100", "200")
        ]
        sandbox.load("intacct", "LOCATIONENTITY", found)
        office = {"LOCATIONID": "101", "NAME": "Office", "ENTITY": "100", "STATUS": "active"}
        sandbox.load("intacct", "LOCATION", [office])
    administrator = {
        "Email": "admin@example.com",
        "FirstName": "Ad",
        "LastName": "Min",
        "Role": "Accountants",
        "FullAdministrator": 1,
    }
    sandbox.load("certify", "users", [{**administrator, "Active": 1}])


def load_people(sandbox: Any, *numbers: int, **changes: Any) -> None:
    sandbox.load("intacct", "CONTACT", [contact(number) for number in numbers])
    sandbox.load("intacct", "EMPLOYEE", [employee(number, **changes) for number in numbers])


def users(sandbox: Any) -> dict[str, dict[str, Any]]:
    """Certify's users by e-mail, with codes in the place of IDs, and without the administrator."""
    departments = {row["ID"]: row["Code"] for row in sandbox.state("certify", "departments")}
    entities = {row["ID"]: row["Code"] for row in sandbox.state("certify", "empglds")}
    everybody = sandbox.state("certify", "users")
    emails = {row["ID"]: row["Email"] for row in everybody}
    return {
        row["Email"]: {
            **row,
            "Department": departments.get(row.get("DepartmentID"), ""),
            "Entity": entities.get(row.get("EmpGLD1ID"), ""),
            "Approver": emails.get(row.get("FirstApproverID"), ""),
        }
        for row in everybody
        if row["Email"] != "admin@example.com"
    }


def delete_in_intacct(object_name: str, business_id: str) -> None:
    """Deletes a record through the gateway, which notes it in the audit trail."""
    from certify_intacct.intacct.filters import Equal
    from certify_intacct.intacct.functions import Function
    from certify_intacct.intacct.hook import SageIntacctHook

    hook = SageIntacctHook()
    (record,) = hook.query_all(object_name, ["RECORDNO"], filter=Equal(f"{object_name}ID", business_id))
    call = f"<delete><object>{object_name}</object><keys>{record['RECORDNO']}</keys></delete>"
    name = f"delete-{object_name}-{record['RECORDNO']}"
    xml = f'<function controlid="{name}">{call}</function>'.encode()
    (result,) = hook.send([Function(name, xml, "delete", writes=True)])
    hook.close()
    result.raise_for_failure(where="delete")


def in_order(found: dict[str, dict[str, Any]]) -> list[str]:
    """The EmployeeIDs, after checking that everybody has a department and an entity."""
    assert all((user["Department"], user["Entity"]) == ("10", "100") for user in found.values())
    return sorted(user["EmployeeID"] for user in found.values())


def written(sandbox: Any) -> dict[str, int]:
    """How many records each call to Certify wrote, of those that wrote any."""
    return {name: figures["written"] for name, figures in sandbox.calls()["certify"].items() if figures["written"]}
