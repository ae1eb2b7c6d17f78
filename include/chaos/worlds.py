"""What both services hold beside reports and documents, as it was at one moment: the oracle judges by all moments of a round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from include.chaos.books import Books
from include.chaos.choices import Choices
from include.chaos.environment import Sandbox
from include.chaos.lists import Lists

Records = list[dict[str, Any]]
_OF_CONTACT = {
    "PERSONALINFO.EMAIL1": "EMAIL1",
    "PERSONALINFO.FIRSTNAME": "FIRSTNAME",
    "PERSONALINFO.LASTNAME": "LASTNAME",
}


@dataclass(frozen=True)
class World:
    """The lists of both services, the day, and through which day the books are closed (by entity and subledger, mm/dd/yyyy).

    `values` is what further lists that a company keeps are made of, by object of Intacct.
    """

    vendors: Records
    contacts: Records
    entities: Records
    departments: Records
    accounts: Records
    cards: Records
    employees: Records
    users: Records
    categories: Records
    closed: Mapping[str, Mapping[str, str]]
    day: date
    values: Mapping[str, Records]

    def books(self, *, today: str, choices: Choices) -> Books:
        """What the rules of posting make of it."""
        lists = Lists(
            vendors=self.vendors, employees=self.employees, contacts=self.contacts, entities=self.entities,
            departments=self.departments, accounts=self.accounts, cards=self.cards, users=self.users, categories=self.categories,
            today=today, inside_entities=choices.inside_entities,
        )  # fmt: skip
        return Books(lists, choices, self.closed)


def world(sandbox: Sandbox, day: date, further: Collection[str] = ()) -> World:
    """The world as it is now. An employee's name and e-mail address stand in the contact.

    :param further: objects of Intacct that lists of the company are made of
    """
    contacts = sandbox.state_of("intacct", "CONTACT")
    return World(
        vendors=sandbox.state_of("intacct", "VENDOR"),
        contacts=contacts,
        entities=sandbox.state_of("intacct", "LOCATIONENTITY"),
        departments=sandbox.state_of("intacct", "DEPARTMENT"),
        accounts=sandbox.state_of("intacct", "GLACCOUNT"),
        cards=sandbox.state_of("intacct", "CREDITCARD"),
        employees=_with_names(sandbox.state_of("intacct", "EMPLOYEE"), contacts),
        users=sandbox.state_of("certify", "users"),
        categories=sandbox.state_of("certify", "expensecategories"),
        closed=sandbox.ask("GET", "books")["closed"],
        day=day,
        values={name: sandbox.state_of("intacct", name) for name in further},
    )


def _with_names(employees: Records, contacts: Records) -> Records:
    by_name = {one["CONTACTNAME"]: one for one in contacts}
    found = []
    for employee in employees:
        contact = by_name.get(employee.get("PERSONALINFO.CONTACTNAME"), {})
        found.append({**employee, **{own: employee.get(own) or contact.get(name) for own, name in _OF_CONTACT.items()}})
    return found
