"""What the people office does, in Intacct and by hand in Certify: each function words one act on somebody of the world as it is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from include.chaos.worlds import Records, World

Act = tuple[str, dict[str, Any]]


def leave(dice: random.Random, now: World) -> Act:
    """Somebody leaves, in one of the ways that Intacct knows."""
    employee = one_of(dice, now.employees)["EMPLOYEEID"]
    days = dice.choice((-10, -1, 0, 1, 60))
    day = now.day + timedelta(days=days)
    return dice.choice([
        ("terminate", {"action": "terminate", "employee": employee}),
        ("end date", {"action": "terminate", "employee": employee, "end_date": str(day), "keep_active": True}),
        ("employee inactive", {"action": "set_status", "object": "EMPLOYEE", "record": employee}),
    ])  # fmt: skip


def vanish(dice: random.Random, now: World) -> Act:
    """An employee's record is deleted; only the audit trail remembers it."""
    return "delete employee", {
        "action": "delete",
        "object": "EMPLOYEE",
        "record": one_of(dice, now.employees)["EMPLOYEEID"],
    }


def come_back(dice: random.Random, now: World) -> Act:
    """Somebody who left is back; when nobody has, somebody moves."""
    gone = [one for one in now.employees if one.get("STATUS") == "inactive" or one.get("ENDDATE")]
    if gone:
        return "rehire", {"action": "rehire", "employee": one_of(dice, gone)["EMPLOYEEID"]}
    place = one_of(dice, now.entities)["LOCATIONID"]
    return "move person", {
        "action": "move_person",
        "employee": one_of(dice, now.employees)["EMPLOYEEID"],
        "location": place,
    }


def rename(dice: random.Random, now: World) -> Act:
    """Somebody has another name or another e-mail address."""
    employee, number = one_of(dice, now.employees)["EMPLOYEEID"], dice.randrange(10_000)
    if dice.random() < 0.5:
        return "new e-mail", {"action": "rename_person", "employee": employee, "email": f"new.{number}@example.com"}
    return "new name", {"action": "rename_person", "employee": employee, "last": f"Newname{number}"}


def vendor(dice: random.Random, now: World) -> Act:
    """The vendor of an employee goes on hold, is released, changes its type or its name, becomes inactive or active."""
    ids = {one["EMPLOYEEID"] for one in now.employees}
    record = one_of(dice, [one for one in now.vendors if one["VENDORID"] in ids])
    name, held, active = record["VENDORID"], record.get("ONHOLD") == "true", record.get("STATUS") == "active"
    kind = "Employee" if record.get("VENDTYPE") != "Employee" else "Supplier"
    status = "inactive" if active else "active"
    changes = {"VENDTYPE": kind}
    return dice.choice([
        ("vendor released" if held else "vendor on hold", {"action": "hold_vendor", "vendor": name, "on_hold": not held}),
        ("vendor's type", {"action": "edit_document", "object": "VENDOR", "record": record["RECORDNO"], "changes": changes}),
        ("vendor's name", {"action": "rename", "object": "VENDOR", "record": name, "name": f"Somebody {dice.randrange(999)}"}),
        (f"vendor {status}", {"action": "set_status", "object": "VENDOR", "record": name, "status": status}),
    ])  # fmt: skip


def user(dice: random.Random, now: World) -> Act:
    """Somebody edits a user of Certify by hand."""
    number = dice.randrange(10_000)
    found = one_of(dice, [one for one in now.users if one.get("EmployeeID") and one.get("Active") in (1, True, "1")])
    name, changes = dice.choice([
        ("user's name", {"FirstName": f"Byhand{number}"}),
        ("user's e-mail", {"Email": f"by.hand.{number}@example.com"}),
        ("user's EmployeeID", {"EmployeeID": f"H{number}"}),
        ("deactivate user", {"Active": 0}),
    ])  # fmt: skip
    return name, {"action": "edit_user", "user": found["ID"], "changes": changes}


PEOPLE_ACTS: Sequence[Callable[[random.Random, World], Act]] = (
    leave,
    leave,
    vanish,
    come_back,
    rename,
    vendor,
    vendor,
    vendor,
    user,
)


def one_of(dice: random.Random, records: Records) -> dict[str, Any]:
    """One of some records, which are not none."""
    return records[int(dice.random() * len(records))]
