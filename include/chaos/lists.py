"""What the judge looks up: the lists of both services by their codes, and what of the company's choices the rules depend on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from include.chaos.postings import Record, yes

# As shipped: company.base_currency.
_BASE = "USD"


class Lists:
    """The lists of both services at one moment.

    :param today: ISO
    :param inside_entities: documents are made inside the entities, not at top level
    """

    def __init__(
        self,
        *,
        vendors: Iterable[Record],
        employees: Iterable[Record],
        contacts: Iterable[Record],
        entities: Iterable[Record],
        departments: Iterable[Record],
        accounts: Iterable[Record],
        cards: Iterable[Record],
        categories: Iterable[Record],
        users: Iterable[Record],
        today: str,
        inside_entities: bool,
    ) -> None:
        self.vendors = {str(one["VENDORID"]): one for one in vendors}
        self.employees = {str(one["EMPLOYEEID"]): one for one in employees}
        self.contacts = {str(one["CONTACTNAME"]): one for one in contacts}
        self.entities = {str(one["LOCATIONID"]): one for one in entities}
        self.bases = {place: str(one.get("CURRENCY") or _BASE) for place, one in self.entities.items()}
        self.several_currencies = len({one.get("CURRENCY") for one in entities}) > 1
        self.departments = {str(one["DEPARTMENTID"]): one for one in departments}
        self.accounts = {str(one["ACCOUNTNO"]): one for one in accounts}
        self.cards = {str(one["CARDID"]): one for one in cards}
        self.private, self.advanced = (
            {one["Name"] for one in categories if yes(one.get(mark))} for mark in ("PersonalExpenses", "CashAdvances")
        )
        self.ids = Counter(str(one.get("EmployeeID") or "") for one in users if yes(one.get("Active")))
        self.today = today
        self.inside_entities = inside_entities
