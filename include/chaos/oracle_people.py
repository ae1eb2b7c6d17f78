"""Judges what Certify holds of people after a round: nobody twice, and nobody deactivated whom Intacct never called gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from include.chaos.oracle import Verdict
from include.chaos.oracle_missing import active, ended

Record = Mapping[str, Any]
_PRIVILEGED = ("FullAdministrator", "UserAdministrator", "Treasurer")


@dataclass(frozen=True)
class Staff:
    """What the harness tells of people.

    :param before: users of Certify before the round
    :param after: users after it
    :param employees: EMPLOYEE records of Intacct as they were, oldest first
    :param lists_before: departments and Employee GLDs of Certify
    :param by_hand: IDs of users whom an actor deactivated
    :param unfinished: EmployeeIDs of people with a report that was never processed
    :param grace_days: after an end date
    """

    before: Sequence[Record]
    after: Sequence[Record]
    employees: Sequence[Sequence[Record]]
    lists_before: Sequence[Record]
    lists_after: Sequence[Record]
    today: date
    by_hand: Collection[str] = ()
    unfinished: Collection[str] = ()
    grace_days: int = 0


def judge_people(verdict: Verdict, staff: Staff) -> int:
    """Adds what is wrong to the verdict; returns how many users were deactivated."""
    known = {user["ID"]: user for user in staff.before}
    for name in ("Email", "EmployeeID"):
        _twins(verdict, staff.after, set(known), _field(name))
    _twins(
        verdict,
        [one for one in staff.lists_after if active(one)],
        {one["ID"] for one in staff.lists_before},
        lambda one: f"{one.get('EmpGLDIndex', 'department')}/{one['Code']}" if one.get("Code") else "",
    )
    gone = 0
    for user in staff.after:
        was = known.get(user["ID"])
        if active(user) or user["ID"] in staff.by_hand or (was is not None and not active(was)):
            continue
        gone += 1
        if why := _must_stay(staff, [user, *([was] if was else [])]):
            who = f"user {user.get('Email')} ({user.get('EmployeeID')})"
            verdict.wrongs["wrongly_deactivated"].append(f"{who}: {why}")
    return gone


def _must_stay(staff: Staff, forms: Sequence[Record]) -> str:
    """Why nobody may deactivate the user, empty when it is right; `forms` are the user as it is and was."""
    if any(_yes(form.get(name)) for form in forms for name in _PRIVILEGED) or forms[-1].get("Role") == "Accountants":
        return "has rights that are not ours to take"
    if {str(form.get("EmployeeID") or "") for form in forms} & set(staff.unfinished):
        return "has reports that are not processed"
    if not any(_gone(staff, number, forms) for number in range(len(staff.employees))):
        return "Intacct never said that this person is gone"
    return ""


def _gone(staff: Staff, moment: int, forms: Sequence[Record]) -> bool:
    """Whether Intacct called all records of the person gone at a moment: inactive, ended or deleted."""
    present = staff.employees[moment]
    same = [one for one in present if _same_person(one, forms)]
    left = {one.get("RECORDNO") for one in present}
    deleted = [
        one
        for earlier in staff.employees[:moment]
        for one in earlier
        if one.get("RECORDNO") not in left and _same_person(one, forms)
    ]
    last = staff.today - timedelta(days=staff.grace_days)
    return bool(same or deleted) and all(one.get("STATUS") == "inactive" or ended(one, last) for one in same)


def _same_person(employee: Record, forms: Sequence[Record]) -> bool:
    email = str(employee.get("PERSONALINFO.EMAIL1") or "").strip().casefold()
    return any(
        (employee.get("EMPLOYEEID") and employee["EMPLOYEEID"] == form.get("EmployeeID"))
        or (email and email == str(form.get("Email") or "").strip().casefold())
        for form in forms
    )


def _twins(verdict: Verdict, records: Iterable[Record], known: Collection[Any], mark: Callable[[Record], str]) -> None:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if key := mark(record):
            groups[key].append(record)
    for key, group in groups.items():
        if len(group) > 1 and any(one["ID"] not in known for one in group):
            verdict.wrongs["users_twice"].append(f"{key} stands {len(group)} times in Certify")


def _field(name: str) -> Callable[[Record], str]:
    return lambda record: str(record.get(name) or "").casefold()


def _yes(value: Any) -> bool:
    return value in (True, 1, "1", "true")
