"""Judges what of Intacct's people, departments and entities did not arrive in Certify, though nothing disturbs any more.

Who is neither in Certify nor named by the connector with a reason is lost, and so is a change that did not arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from include.chaos.oracle import Verdict

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Roster:
    """Both services after the last undisturbed run of organization_sync.

    :param employees: EMPLOYEE records of Intacct, with name and e-mail address of their contacts
    :param users: of Certify
    :param lists: departments and Employee GLDs of Certify
    :param named: what the connector itself says it leaves alone: `department`, `entity` or `user`, and the code or EmployeeID
    """

    employees: Sequence[Record]
    departments: Sequence[Record]
    entities: Sequence[Record]
    users: Sequence[Record]
    lists: Sequence[Record]
    named: Collection[tuple[str, str]]
    today: date


def judge_missing(verdict: Verdict, roster: Roster) -> None:
    """Adds what is lost to the verdict."""
    departments = [one for one in roster.lists if "EmpGLDIndex" not in one]
    entities = [one for one in roster.lists if one.get("EmpGLDIndex") == 1]
    found = [
        *_items("department", "DEPARTMENTID", "TITLE", roster.departments, departments),
        *_items("entity", "LOCATIONID", "NAME", roster.entities, entities),
        *_people(roster),
    ]
    verdict.wrongs["lost"] += [f"{kind} {key}: {why}" for kind, key, why in found if (kind, key) not in roster.named]


def _items(
    kind: str, code: str, name: str, sources: Iterable[Record], targets: Sequence[Record]
) -> Iterator[tuple[str, str, str]]:
    for source in sources:
        if source.get("STATUS") != "active":
            continue
        key = str(source[code])
        names = [str(one["Name"]).strip() for one in targets if one.get("Code") == key and active(one)]
        if not names:
            yield kind, key, "is active in Intacct and not in Certify, and nobody is told"
        elif str(source[name]).strip() not in names:
            yield kind, key, f"is called {names[0]!r} in Certify instead of {source[name]!r}, and nobody is told"


def _people(roster: Roster) -> Iterator[tuple[str, str, str]]:
    there = [user for user in roster.users if active(user)]
    for employee in roster.employees:
        key, email = str(employee.get("EMPLOYEEID") or ""), _folded(employee.get("PERSONALINFO.EMAIL1"))
        if not key or not email or employee.get("STATUS") != "active" or ended(employee, roster.today):
            continue
        users = [user for user in there if user.get("EmployeeID") == key]
        if not users:
            yield "user", key, "is active in Intacct and no user of Certify, and nobody is told"
        for user in users:
            names = [" ".join(str(user.get(name) or "").split()) for name in ("FirstName", "LastName")]
            wanted = [
                " ".join(str(employee.get(f"PERSONALINFO.{name}") or "").split()) for name in ("FIRSTNAME", "LASTNAME")
            ]
            if names != wanted or _folded(user.get("Email")) != email:
                said = f"{' '.join(names)} <{user.get('Email')}>"
                yield "user", key, f"is {said} in Certify instead of {' '.join(wanted)} <{email}>, and nobody is told"


def _folded(email: object) -> str:
    return str(email or "").strip().casefold()


def ended(employee: Record, today: date) -> bool:
    """Whether an employee's last day has passed."""
    text = str(employee.get("ENDDATE") or "")
    return len(text) == 10 and f"{text[6:]}-{text[:2]}-{text[3:5]}" < str(today)


def active(record: Record) -> bool:
    """Whether a user or a row of Certify is active."""
    return record.get("Active") in (True, 1, "1", "true", None)
