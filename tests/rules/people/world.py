"""Small organizations: builders for examples, strategies for properties, and Certify as it is after a plan was carried out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from certify_intacct.model.changes import Action, Change, Subject, parse_pending, pending
from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.people import (
    CertifyItem,
    CertifyOrganization,
    CertifyUser,
    IntacctOrganization,
    LastTold,
    LinkOrigin,
    ListValue,
    Person,
    PersonKind,
    Releases,
    UserLink,
)
from certify_intacct.rules.people.organization import Memory, plan_organization
from certify_intacct.rules.people.users import FURTHER_WIRE, WIRE

TODAY = date(2026, 11, 22)
ATTRIBUTES = {field: attribute for attribute, field in (WIRE | FURTHER_WIRE).items()}


def person(number: int | str = 1, **changes: Any) -> Person:
    """An employee who qualifies; everything but the number may be changed."""
    base = Person(
        kind=PersonKind.EMPLOYEE,
        record_no=str(number),
        employee_id=f"E{number}",
        first_name="Ana",
        last_name=f"Ruiz {number}",
        email=f"p{number}@example.com",
        active=True,
        department="10",
        location="100",
    )
    return replace(base, **changes)


def user(number: int | str = 1, **changes: Any) -> CertifyUser:
    """The Certify user that agrees with ``person(number)``."""
    base = CertifyUser(
        id=f"u{number}",
        email=f"p{number}@example.com",
        employee_id=f"E{number}",
        first_name="Ana",
        last_name=f"Ruiz {number}",
        department_id="d10",
        emp_gld1_id="g100",
    )
    return replace(base, **changes)


def link(number: int | str = 1, **changes: Any) -> UserLink:
    base = UserLink(
        person_key=f"employee/{number}",
        certify_id=f"u{number}",
        origin=LinkOrigin.ADOPTED,
        employee_id=f"E{number}",
        email=f"p{number}@example.com",
    )
    return replace(base, **changes)


def intacct(*people: Person, **changes: Any) -> IntacctOrganization:
    """Two departments, two entities; keyword arguments replace the values of a dimension, or ``deletions`` and the like."""
    others = {name: changes.pop(name) for name in ("locations", "deletions", "complete") if name in changes}
    values = {
        "department": (value("10", "Sales"), value("20", "Support")),
        "entity": (value("100", "US"), value("200", "UK")),
    }
    base = IntacctOrganization(
        lists={**values, **changes}, locations={"100": "100", "200": "200", "101": "100"}, people=people
    )
    return replace(base, **others)


def value(code: str, name: str, *, active: bool = True) -> ListValue:
    """A department, an entity or any other value of Intacct."""
    return ListValue(code=code, name=name, active=active)


def row(identity: str, code: str, name: str, *, active: bool = True) -> CertifyItem:
    """A row of a list of Certify."""
    return CertifyItem(id=identity, code=code, name=name, active=active)


def certify(*users: CertifyUser, **changes: Any) -> CertifyOrganization:
    """The lists that agree with ``intacct()``; keyword arguments replace a list by its dimension, or ``unprocessed`` and the like."""
    lists = {
        "department": (row("d10", "10", "Sales"), row("d20", "20", "Support")),
        "entity": (row("g100", "100", "US"), row("g200", "200", "UK")),
    }
    others = {name: changes.pop(name) for name in ("unprocessed", "unprocessed_lines", "glds") if name in changes}
    return CertifyOrganization(lists={**lists, **changes}, users=users, **others)


def plan(
    source: IntacctOrganization,
    target: CertifyOrganization,
    *links: UserLink,
    releases: Releases | None = None,
    told: dict[tuple[str, str], LastTold] | None = None,
    today: date = TODAY,
    dimensions: dict[str, Any] | None = None,
    **settings: Any,
) -> list[Change]:
    return plan_organization(
        source,
        target,
        Memory(links=links, releases=releases or Releases(), told=told or {}),
        PeopleConfiguration.model_validate(settings),
        DimensionsConfiguration.model_validate(dimensions or {}),
        employee_vendor_types=["Employee"],
        today=today,
    )


def acting(changes: list[Change]) -> list[Change]:
    return [change for change in changes if change.acts]


def carried_out(
    changes: list[Change], target: CertifyOrganization, links: tuple[UserLink, ...]
) -> tuple[CertifyOrganization, tuple[UserLink, ...]]:
    """Certify and the links after every change of a plan succeeded, in the plan's order."""
    state = _State(target, links)
    for change in acting(changes):
        state.apply(change)
    return state.result()


class _State:
    def __init__(self, target: CertifyOrganization, links: tuple[UserLink, ...]) -> None:
        self.target = target
        self.lists = {name: {item.id: item for item in items} for name, items in target.lists.items()}
        self.users = {one.id: one for one in target.users}
        self.links = {one.person_key: one for one in links}
        self.created: dict[str, str] = {}

    def apply(self, change: Change) -> None:
        if change.subject in tuple(Subject):
            self._user(change)
        else:
            self._item(change)

    def _resolve(self, value: Any) -> Any:
        return self.created[value] if parse_pending(value) else value

    def _item(self, change: Change) -> None:
        subject = change.subject.removesuffix("_deactivation")
        items = self.lists[subject]
        if change.action is Action.CREATE:
            new = f"new-{subject}-{change.key}"
            self.created[pending(subject, change.key)] = new
            items[new] = CertifyItem(id=new, code=change.after["Code"], name=change.after["Name"], active=True)
            return
        item = items[str(change.target_id)]
        assert change.before == {k: {"Name": item.name, "Active": int(item.active)}[k] for k in change.after}
        items[item.id] = replace(
            item, name=change.after.get("Name", item.name), active=bool(change.after.get("Active", item.active))
        )

    def _user(self, change: Change) -> None:
        fields = {k: self._resolve(v) for k, v in change.after.items() if k != "SendWelcomeEmail"}
        if "Active" in fields:
            fields["Active"] = bool(fields["Active"])
        values = {ATTRIBUTES[k]: v for k, v in fields.items()}
        if change.action is Action.CREATE:
            assert change.after["SendWelcomeEmail"] == 0
            new = f"new-{change.source_key}"
            self.created[pending(Subject.USER, change.source_key)] = new
            self.users[new] = CertifyUser(id=new, **values)
            self._link(change, new, LinkOrigin.CREATED)
            return
        target = change.target_id or self.created[pending(Subject.USER, change.source_key)]
        now = self.users[target]
        assert {k: self._resolve(v) for k, v in change.before.items()} == {
            k: int(v) if isinstance(v := getattr(now, ATTRIBUTES[k]), bool) else v for k in change.after
        }
        self.users[target] = replace(now, **values)
        if change.action is Action.ADOPT:
            origin = LinkOrigin.CREATED if change.rule == "by_pending" else LinkOrigin.ADOPTED
            for key, earlier in list(self.links.items()):
                if earlier.certify_id == target:
                    origin = self.links.pop(key).origin
            self._link(change, target, origin)
        if "Active" in fields and change.source_key in self.links:
            self.links[change.source_key] = replace(self.links[change.source_key], deactivated=not fields["Active"])

    def _link(self, change: Change, target: str, origin: LinkOrigin) -> None:
        self.links[change.source_key] = UserLink(
            person_key=change.source_key,
            certify_id=target,
            origin=origin,
            employee_id=change.key,
            email=self.users[target].email,
        )

    def result(self) -> tuple[CertifyOrganization, tuple[UserLink, ...]]:
        target = replace(
            self.target,
            lists={name: tuple(items.values()) for name, items in self.lists.items()},
            users=tuple(self.users.values()),
        )
        return target, tuple(self.links.values())


@dataclass(frozen=True)
class Settings:
    """What a world is configured by."""

    people: PeopleConfiguration
    dimensions: DimensionsConfiguration


World = tuple[IntacctOrganization, CertifyOrganization, Memory, Settings]


def folded_emails(users: tuple[CertifyUser, ...]) -> Counter[str]:
    return Counter(one.email.replace("\u200b", "").strip().casefold() for one in users)


def rules(changes: list[Change]) -> list[str]:
    return [change.rule for change in changes]


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1, [change.reason for change in changes]
    return changes[0]
