"""Whole organizations at both services, from orderly to absurd: everything may contradict everything.

Drawn from a seeded random generator instead of composed strategies, because rare combinations matter here more than small examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.people import (
    CertifyItem,
    CertifyOrganization,
    CertifyUser,
    Deletion,
    IntacctOrganization,
    LinkOrigin,
    ListValue,
    Person,
    PersonKind,
    Releases,
    UnprocessedExpense,
    UnprocessedReport,
    UserLink,
)
from certify_intacct.rules.people.organization import Memory
from tests.rules.people.world import Settings, World, value

T = TypeVar("T")
NUMBERS = range(1, 8)
IDS = [f"E{number}" for number in NUMBERS]
EMAILS = [f"p{number}@example.com" for number in NUMBERS] + ["P1@Example.com", "p1@exam\u200bple.com"]
USERS = [f"u{number}" for number in NUMBERS]
ROLES = ["Employees", "Employees", "Managers", "Managers", "Executives", "Accountants", "Guests"]


class Chaos:
    """Draws a world; ``wild`` is how likely each field is to be anything at all instead of what it should be."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.wild = self.random.choice([0.0, 0.05, 0.15, 0.4])

    def choose(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def flag(self) -> bool:
        return self.random.random() < self.wild

    def value(self, orderly: T, absurd: Sequence[T]) -> T:
        return self.choose(absurd) if self.flag() else orderly

    def some(self, values: Sequence[T]) -> list[T]:
        share = self.random.random()
        return [value for value in values if self.random.random() < share]

    def world(self) -> World:
        return self.intacct(), self.certify(), self.memory(), self.configuration()

    def intacct(self) -> IntacctOrganization:
        people = [self.person(PersonKind.EMPLOYEE, number) for number in self.some(NUMBERS)]
        people += [
            self.person(self.choose([PersonKind.VENDOR, PersonKind.USER]), number)
            for number in self.some(NUMBERS)
            if self.flag()
        ]
        departments = [
            ListValue(
                code=self.value(code, ["10", "", "30"]),
                name=self.value(name, ["Sales", ""]),
                active=not self.flag(),
                supervisor=self.value("", IDS),
                frozen=self.value("", ["refused"]) if self.flag() else "",
            )
            for code, name in (("10", "Sales"), ("20", "Support"), ("30", "Legal"))
        ]
        return IntacctOrganization(
            lists={
                "department": tuple(departments),
                "entity": tuple(value(code, f"Entity {code}", active=not self.flag()) for code in ("100", "200")),
                "project": tuple(value(code, f"Project {code}", active=not self.flag()) for code in ("P1", "P2")),
            },
            locations={"100": "100", "200": "200", "101": "100"},
            people=tuple({one.key: one for one in people}.values()),
            deletions=tuple(
                Deletion(kind=PersonKind.EMPLOYEE, object_key=self.choose(["E3", "4", "5--REC"]))
                for _ in range(self.flag())
            ),
            complete=not self.flag(),
        )

    def person(self, kind: PersonKind, number: int) -> Person:
        return Person(
            kind=kind,
            record_no=str(number),
            employee_id=self.value(f"E{number}", [*IDS, "", "E1 ", "e2"]),
            first_name=self.value("Ana", [" Ana ", "José", ""]),
            last_name=self.value(f"Ruiz {number}", ["Chan"]),
            email=self.value(f"p{number}@example.com", [*EMAILS, "new@example.com", ""]),
            active=self.value(self.random.random() > max(0.2, self.wild), [None]),
            start_date=self.value(None, [date(2020, 1, 1), date(2026, 11, 25), date(2027, 3, 1)]),
            end_date=self.value(None, [date(2026, 11, 1), date(2027, 1, 1)]),
            department=self.value(self.choose(["10", "20"]), ["30", "99", ""]),
            location=self.value(self.choose(["100", "200", "101"]), ["999", ""]),
            owner=self.value("100", ["", "200"]),
            supervisor=self.choose(["", *IDS]),
            role=self.value(self.choose(["Employee", "Manager"]), ["Executive", "Accountant", "Boss", ""]),
            wanted=not self.flag(),
            vendor_type=self.value("Employee", ["Supplier"]),
            individual=not self.flag(),
            further={
                word: text
                for word, text in {
                    "second_approver": self.choose(["", *IDS]),
                    "accountant": self.value("", [*IDS, "p3@example.com"]),
                    "employee_gld/3": self.value(self.choose(["T1", "t2", ""]), ["nowhere"]),
                    "currency": self.value(self.choose(["EUR", ""]), ["euro"]),
                }.items()
                if text
            },
            frozen=self.value("", ["its row was refused"]),
        )

    def certify(self) -> CertifyOrganization:
        departments = [
            CertifyItem(
                id=f"d{code}",
                code=self.value(code, ["10", ""]),
                name=self.value(name, ["Sales"]),
                active=not self.flag(),
            )
            for code, name in self.some([("10", "Sales"), ("20", "Support"), ("30", "Legal"), ("40", "Sales")])
        ]
        glds = [
            CertifyItem(id=f"g{code}", code=self.value(code, ["100"]), name=f"Entity {code}", active=not self.flag())
            for code in self.some(["100", "200", "300"])
        ]
        reports = [
            UnprocessedReport(
                id="r",
                employee_id=self.value(self.choose(IDS), [""]),
                first_name="Ana",
                last_name=f"Ruiz {self.choose(NUMBERS)}",
                department_name=self.choose(["Sales", "Support", "Legal"]),
                emp_gld1_code=self.choose(["100", "200"]),
                emp_gld2_code=self.choose(["100", "P1", ""]),
            )
            for _ in range(self.random.randrange(3))
        ]
        lines = [
            UnprocessedExpense(id=f"l{number}", report_id="r", report_gld1_code=self.choose(["P1", "P2", "100", ""]))
            for number in range(self.random.randrange(3))
        ]
        projects = [
            CertifyItem(id=f"p{code}", code=self.value(code, ["P1"]), name=f"Project {code}", active=not self.flag())
            for code in self.some(["P1", "P2", "P3"])
        ]
        return CertifyOrganization(
            lists={"department": tuple(departments), "entity": tuple(glds), "project": tuple(projects)},
            glds={
                3: tuple(
                    CertifyItem(id=f"t{code}", code=self.value(code, ["T1"]), name=code, active=not self.flag())
                    for code in ("T1", "T2")
                )
            },
            users=tuple(self.user(number) for number in self.some(NUMBERS)),
            unprocessed=tuple(reports),
            unprocessed_lines=tuple(lines),
        )

    def user(self, number: int) -> CertifyUser:
        return CertifyUser(
            id=f"u{number}",
            email=self.value(f"p{number}@example.com", EMAILS),
            employee_id=self.value(self.choose([f"E{number}", ""]), [*IDS, "e1", "E2\u00a0"]),
            first_name=self.value("Ana", ["Anna"]),
            last_name=f"Ruiz {number}",
            role=self.choose(ROLES),
            active=self.random.random() > 0.2,
            department_id=self.value("d10", ["d20", "d30", ""]),
            emp_gld1_id=self.value("g100", ["g200", "pP1", ""]),
            emp_gld2_id=self.value("g100", ["g200", "pP2", ""]),
            first_approver_id=self.choose(["", *USERS]),
            emp_gld3_id=self.choose(["", "tT1"]),
            currency=self.choose(["", "USD", "EUR"]),
            second_approver_id=self.choose(["", "", *USERS]),
            accountant_id=self.value("", USERS),
            treasurer=self.flag(),
            full_administrator=self.flag(),
            user_administrator=self.flag(),
        )

    def memory(self) -> Memory:
        links: dict[str | None, UserLink] = {}
        for number in self.some(NUMBERS):
            target = self.value(f"u{number}", [*USERS, None])
            origin = LinkOrigin.CREATED if target is None else self.choose(list(LinkOrigin))
            links[target or f"pending {number}"] = UserLink(
                person_key=self.value(f"employee/{number}", [f"vendor/{number}", f"user/{number}"]),
                certify_id=target,
                origin=origin,
                employee_id=f"E{number}",
                email=f"p{number}@example.com",
                deactivated=self.random.random() < 0.5,
            )
        released = frozenset((f"employee/{self.choose(NUMBERS)}", self.choose(USERS)) for _ in range(2) if self.flag())
        unique = {link.person_key: link for link in links.values()}
        releases = Releases(creates=self.flag(), deactivations=self.random.random() < 0.5, links=released)
        created = sum(link.origin is LinkOrigin.CREATED for link in unique.values())
        return Memory(links=tuple(unique.values()), created=created, releases=releases)

    def configuration(self) -> Settings:
        return Settings(people=self.people(), dimensions=self.dimensions())

    def dimensions(self) -> DimensionsConfiguration:
        entity = self.choose(["employee_gld/1", "employee_gld/1", "employee_gld/2", "report_gld/1"])
        project = self.choose(
            [place for place in ("employee_gld/2", "report_gld/1", "report_gld/2") if place != entity]
        )
        settings = {name: {"sync": self.random.random() > 0.1} for name in ("department", "entity", "project")}
        settings["entity"]["certify"], settings["project"]["certify"] = entity, project
        if self.flag():
            del settings["project"]
        return DimensionsConfiguration.model_validate(settings)

    def fields(self) -> dict[str, Any]:
        return {
            "employee_gld/3": {"field": "TEAM", "map": {"t2": "T2"}, "default": self.choose(["", "T2"])},
            "currency": {"field": "CURRENCY", "default": self.choose(["", "USD"])},
            "language": {"default": "de"},
        }

    def people(self) -> PeopleConfiguration:
        role_field = self.choose(["", "CERTIFY_ROLE"])
        second = self.choose(["none", "supervisors_supervisor", "department_supervisor", "field"])
        sources = [
            {"kind": kind, "role_field": role_field, "sync_field": self.choose(["", "SYNC"])}
            | ({"second_approver_field": "SECOND"} if second == "field" else {})
            | ({"accountant_field": "ACCOUNTANT"} if self.flag() else {})
            | ({"fields": self.fields()} if self.random.random() < 0.5 else {})
            for kind in PersonKind
        ]
        if self.flag():
            self.random.shuffle(sources)
        return PeopleConfiguration.model_validate(
            {
                "sources": sources[: self.choose([1, 2, 3])],
                "individuals_only": self.choose([True, False]),
                "default_department": self.choose(["", "10"]),
                "entities": {"source": self.choose(["location", "owner", "none"]), "default": self.choose(["", "100"])},
                "approvers": {
                    "first": self.choose(["supervisor", "supervisor", "department_supervisor", "none"]),
                    "default": self.choose(["", "p2@example.com"]),
                    "promote": self.choose([True, False]),
                    "second": second,
                    "second_default": self.choose(["", "p2@example.com"]) if second != "none" else "",
                },
                "accountant": {"default": self.choose(["", "", "", "p3@example.com"])},
                "adoption": {"policy": self.choose(["listed", "agreeing"]), "employee_ids": self.some(IDS)},
                "max_creates": self.random.randrange(6),
                "reactivate": self.choose(["ours", "always", "never"]),
                "deactivation": {"grace_days": self.choose([0, 30]), "guard_floor": self.random.randrange(4)},
            }
        )


def worlds() -> st.SearchStrategy[World]:
    """Worlds by seed; a failure names the seed's world whole."""
    return st.integers(0, 2**48).map(lambda seed: Chaos(seed).world())
