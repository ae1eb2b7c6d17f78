"""Further lists of Certify that a company keeps, and what of its users comes from fields of Intacct (docs/posting-rules.md, rule 28).

Its lists stand in Employee GLDs of which no expense has a code, so that no document depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from include.chaos.postings import Record

Values = Mapping[str, Sequence[Record]]


@dataclass(frozen=True)
class Kept:
    """The list of a dimension.

    :param name: of the dimension in connector.yaml, and `number` of the Employee GLD
    :param object: of Intacct, with the fields that hold ID and name
    :param called: how a value is called in Certify, as the template in `said` says it
    :param fits: what the filter in `said` asks of a value
    :param within: the list of the dimension without which its codes mean nothing; `said` has what stands between them
    :param said: what connector.yaml says of it besides
    :param share: of its active rows that one run may deactivate, and `least` of them in any case; they are in `said` where they
        are not as shipped
    """

    name: str
    number: int
    object: str
    code: str
    title: str
    called: Callable[[Record], str]
    fits: Callable[[Record], bool] = lambda _: True
    within: Kept | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    share: Fraction = Fraction(1, 5)
    least: int = 5

    @property
    def place(self) -> str:
        """Where in Certify it stands, as control routes of the sandbox say it."""
        return f"empglds/{self.number}"

    def code_of(self, value: Record) -> str:
        """The code of a value in Certify."""
        own = str(value[self.code])
        return f"{value[self.within.code]}{self.said['separator']}{own}" if self.within else own

    def offers(self, value: Record, values: Values) -> bool:
        """Whether a value is to be chosen in Certify: it is active, the filter lets it, and so it is with what it lies in."""
        if value.get("STATUS", "active") != "active" or not self.fits(value):
            return False
        above = self.within
        return above is None or not any(
            one[above.code] == value[above.code] and not above.offers(one, values) for one in values[above.object]
        )

    def may_leave(self, active: int) -> int:
        """How many of so many active rows may be deactivated at once."""
        return max(self.least, floor(self.share * active))


@dataclass(frozen=True)
class UserField:
    """What of a user comes from a field of Intacct's employees.

    :param word: what connector.yaml calls it, and `certify` the field of Certify's users
    :param source: the field of Intacct; empty where there is only a default
    :param words: Intacct's words and Certify's
    """

    word: str
    certify: str
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    default: str = ""

    @property
    def gld(self) -> int:
        """The number of the Employee GLD; 0 for a text."""
        kind, _, number = self.word.partition("/")
        return int(number) if kind == "employee_gld" else 0

    @property
    def said(self) -> dict[str, Any]:
        """What connector.yaml says of it."""
        every = {"field": self.source, "map": dict(self.words), "default": self.default}
        return {key: value for key, value in every.items() if value}

    def wanted(self, employee: Record) -> str:
        """What the employee's user is to have, empty where Intacct says nothing."""
        said = str(employee.get(self.source) or "") if self.source else ""
        return self.words.get(said, said)


@dataclass(frozen=True)
class Variety:
    """What a company keeps.

    :param vendors: who has no vendor to be paid by is a list for accounts payable
    """

    name: str
    lists: Sequence[Kept] = ()
    fields: Sequence[UserField] = ()
    vendors: bool = False

    @property
    def objects(self) -> Collection[str]:
        """The objects of Intacct that its lists are made of."""
        return [one.object for one in self.lists]

    @property
    def dimensions(self) -> dict[str, Any]:
        """What connector.yaml says under `dimensions`."""
        return {one.name: {"certify": f"employee_gld/{one.number}", "sync": True, **one.said} for one in self.lists}

    @property
    def source(self) -> dict[str, Any]:
        """What it says of the employees, a source of people."""
        return {"fields": {one.word: one.said for one in self.fields}} if self.fields else {}

    @property
    def people(self) -> dict[str, Any]:
        """What it says under `people`."""
        return {"vendors": "list"} if self.vendors else {}


_CLASSES = Kept(
    "class", 4, "CLASS", "CLASSID", "NAME", lambda one: f"{one['NAME']} ({one['CLASSID']})",
    said={"name": "{name} ({code})", "guard_share": "0", "guard_floor": 2}, share=Fraction(0), least=2,
)  # fmt: skip
_CUSTOMERS = Kept(
    "customer", 5, "CUSTOMER", "CUSTOMERID", "NAME", lambda one: str(one["NAME"]),
    fits=lambda one: str(one["CUSTOMERID"]).startswith("C-00"), said={"filter": {"CUSTOMERID": {"begins": "C-00"}}},
)  # fmt: skip
_PROJECTS = Kept(
    "project", 4, "PROJECT", "PROJECTID", "NAME", lambda one: f"{one['PROJECTID']} {one['NAME']}",
    fits=lambda one: one.get("PROJECTTYPE") in ("Billable", "T&M"),
    said={"name": "{code} {name}", "filter": {"PROJECTTYPE": ["Billable", "T&M"]}},
)  # fmt: skip
_TASKS = Kept(
    "task", 5, "TASK", "TASKID", "NAME", lambda one: f"{one['NAME']} of {one['PROJECTID']}", within=_PROJECTS,
    said={"separator": "/", "name": "{name} of {project.code}"},
)  # fmt: skip

VARIETIES = (
    Variety("lists as shipped"),
    Variety(
        "classes and customers kept",
        (_CLASSES, _CUSTOMERS),
        (
            UserField("employee_gld/4", "EmpGLD4ID", "CLASSID", default="CL01"),
            UserField("currency", "Currency", "CURRENCY"),
            UserField("language", "Language", default="en"),
        ),
        vendors=True,
    ),
    Variety(
        "projects and tasks kept",
        (_PROJECTS, _TASKS),
        (
            UserField("employee_gld/4", "EmpGLD4ID", "CLASSID", {f"CL{n:02}": f"P-{n:03}" for n in range(1, 13)}),
            UserField("currency", "Currency", "CURRENCY", {"GBP": "EUR"}),
            UserField("culture", "Culture", default="en-US"),
        ),
    ),
)
