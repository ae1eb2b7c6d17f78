"""Judges what Certify holds of further lists and of users' fields when nothing disturbs any more: all that Intacct says, and no more.

What is offered stands there once, by its name. What is not leaves, unless somebody has it or it would be too much at once. A user has
what Intacct says of the employee. And who cannot be paid is on the list for accounts payable, and nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from include.chaos.oracle import Verdict
from include.chaos.oracle_missing import active, ended
from include.chaos.postings import Record
from include.chaos.varieties.kept import Kept, UserField, Values, Variety


@dataclass(frozen=True, kw_only=True)
class Shelves:
    """Both services after the last undisturbed run of organization_sync.

    :param values: by object what Intacct has of the lists, at every moment, oldest first
    :param rows: of Certify's Employee GLDs
    :param named: what the connector itself says it leaves alone, by subject and key
    :param keeps: whether Certify keeps every field of a user that it takes
    :param payable: VENDORID and what is wrong with it, as the list for accounts payable has it; None where nobody asked for one
    :param pays_vendors: whether anything of what employees are owed becomes a bill
    """

    kept: Variety
    values: Sequence[Values]
    rows: Sequence[Record]
    users: Sequence[Record]
    employees: Sequence[Record]
    vendors: Sequence[Record]
    named: Collection[tuple[str, str]]
    today: date
    keeps: bool = True
    payable: Sequence[tuple[str, str]] | None = None
    pays_vendors: bool = True


def judge_kept(verdict: Verdict, shelves: Shelves) -> None:
    """Adds what is wrong to the verdict."""
    for one in shelves.kept.lists:
        rows = [row for row in shelves.rows if row.get("EmpGLDIndex") == one.number]
        verdict.wrongs["lost"] += _lacking(one, shelves, rows)
        verdict.wrongs["altered"] += _left_over(one, shelves, rows)
    verdict.wrongs["lost"] += _of_users(shelves)
    if shelves.payable is not None:
        verdict.wrongs["lost"] += _not_payable(shelves, dict(shelves.payable))


def _lacking(one: Kept, shelves: Shelves, rows: Sequence[Record]) -> Iterator[str]:
    now = shelves.values[-1]
    for value in now[one.object]:
        code, name = one.code_of(value), " ".join(one.called(value).split())
        if not one.offers(value, now) or (one.name, code) in shelves.named:
            continue
        names = [str(row["Name"]) for row in rows if row.get("Code") == code and active(row)]
        if names != [name]:
            yield f"{one.name} {code}: {names or 'nothing'} in Certify instead of {name!r}, and nobody is told"


def _left_over(one: Kept, shelves: Shelves, rows: Sequence[Record]) -> Iterator[str]:
    """Rows that no value ever had, and active ones that are offered no more though nobody has them and a few may go."""
    now = shelves.values[-1]
    ever = {one.code_of(value) for values in shelves.values for value in values[one.object]}
    offered = {one.code_of(value) for value in now[one.object] if one.offers(value, now)}
    had = {user.get(f"EmpGLD{one.number}ID") for user in shelves.users if active(user)}
    there = [row for row in rows if active(row)]
    leaving = [row for row in there if row["Code"] in ever - offered and row["ID"] not in had]
    yield from (f"{one.name} {row['Code']}: Intacct never had it" for row in rows if row["Code"] not in ever)
    if len(leaving) <= one.may_leave(len(there)):
        yield from (f"{one.name} {row['Code']}: is offered no more, and active in Certify" for row in leaving)


def _of_users(shelves: Shelves) -> Iterator[str]:
    for employee in shelves.employees:
        key = str(employee.get("EMPLOYEEID") or "")
        if not key or employee.get("STATUS") != "active" or ended(employee, shelves.today):
            continue
        if not shelves.keeps or {("user", key), ("user_fields", key)} & set(shelves.named):
            continue
        for user in shelves.users:
            if user.get("EmployeeID") == key and active(user):
                yield from (text for one in shelves.kept.fields if (text := _unlike(one, employee, user, shelves)))


def _unlike(one: UserField, employee: Record, user: Record, shelves: Shelves) -> str:
    """In words, that a user has not what is said of the employee; empty where it is as it should be."""
    found, wanted = str(user.get(one.certify) or ""), one.wanted(employee)
    if one.gld:
        codes = {row["ID"]: str(row["Code"]) for row in shelves.rows if row.get("EmpGLDIndex") == one.gld}
        found = codes.get(found, found)
    if found == wanted if wanted else found or not one.default:
        return ""
    who = f"user {user['EmployeeID']}"
    return f"{who}: {one.certify} is {found!r} instead of {wanted or one.default!r}, and nobody is told"


def _not_payable(shelves: Shelves, listed: Mapping[str, str]) -> Iterator[str]:
    vendors = {str(one["VENDORID"]): one for one in shelves.vendors}
    for user in shelves.users if shelves.pays_vendors else ():
        key = str(user.get("EmployeeID") or "")
        why = _trouble(vendors.get(key))
        if key.strip() and active(user) and why and listed.get(key) != why:
            yield f"vendor {key}: {listed.get(key, 'nothing')} on the list of vendors to make instead of {why}"
    for key, said in listed.items():
        if _trouble(vendors.get(key)) != said:
            yield f"vendor {key}: {said} on the list of vendors to make, and it is not so"
    if listed and not shelves.pays_vendors:
        yield "nobody is paid by a bill, and there is a list of vendors to make"


def _trouble(vendor: Record | None) -> str:
    if vendor is None:
        return "missing"
    if vendor.get("VENDTYPE") != "Employee":
        return "other_type"
    return "" if vendor.get("STATUS") == "active" else "inactive"
