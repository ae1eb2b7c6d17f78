"""Approvers and roles: the second pass over people, when every user exists.

Nobody approves for themselves, no loop of approvers is made, an approver who cannot be found never blanks the one there is, and
the rights of accountants and administrators are neither given nor taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from certify_intacct.model.changes import Action, Change, Subject, parse_pending
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.model.rules import Rule
from certify_intacct.rules.people.approver_graph import Wish, approvers_of, closes_loop, cycles_of, depth, loops
from certify_intacct.rules.people.matching import find_user
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.roles import Roles, held
from certify_intacct.rules.people.second_approvers import SecondApprovers
from certify_intacct.rules.people.superiors import Superiors
from certify_intacct.rules.people.users import differences, titled

PROMOTION = "promotion"
FIRST_APPROVER = "first_approver"
SECOND = "second_approver"


@dataclass(frozen=True, kw_only=True)
class ApproverPlan:
    """The changes of the second pass, in the order in which they must be sent, and the users as they then are."""

    changes: tuple[Change, ...]
    users: Mapping[str, CertifyUser]


def plan_approvers(known: PeopleSnapshot, plan: PeoplePlan) -> ApproverPlan:
    """Plans first and second approvers and the roles that approving needs."""
    people = {person.key: person for person in known.intacct.people}
    owners = {plan.managed[key]: people[key] for key in sorted(plan.managed)}
    roles = Roles(known, plan, owners)
    superiors = Superiors(known, plan, roles)
    chooser = _Chooser(known, plan, superiors)
    wishes: dict[str, Wish] = {}
    for user_id, person in owners.items():
        if wish := chooser.wish(person, plan.users[user_id]):
            wishes[user_id] = wish
    edges = {user.id: user.first_approver_id for user in plan.users.values() if user.first_approver_id}
    chooser.break_old_loops(edges, wishes)
    notes = chooser.notes(owners, wishes)
    looping = loops(edges, approvers_of(wishes))
    for user_id, loop in looping.items():
        names = " → ".join(plan.users[one].label or one for one in loop)
        reason = f"would approve in a loop and keeps the approver: {names}"
        notes.append(held(owners[user_id], plan.users[user_id], Rule.APPROVER_LOOP, reason))
    granted = {user_id: wish for user_id, wish in wishes.items() if user_id not in looping}
    seconds = SecondApprovers(known, plan, owners, superiors, {**edges, **approvers_of(granted)})
    given = [wish.approver for wish in (*granted.values(), *seconds.wishes.values())]
    kept = [one for key, one in edges.items() if key not in granted]
    kept += [user.second_approver_id for key, user in plan.users.items() if key not in seconds.wishes]
    raised, lowered = roles.settle(
        named={*given, *kept, *(wish.approver for wish in wishes.values())}, approving={*given}
    )
    writer = _Writer(plan, owners)
    writer.roles(raised, PROMOTION, "gets the role {role}")
    writer.firsts(granted)
    writer.seconds(seconds.wishes)
    writer.roles(lowered, Rule.LOWERED_ROLE, "gets the role {role} and approves for nobody")
    return ApproverPlan(changes=(*notes, *seconds.notes, *roles.notes, *writer.changes), users=writer.users)


class _Chooser:
    """Finds the first approver that a person shall have."""

    def __init__(self, known: PeopleSnapshot, plan: PeoplePlan, superiors: Superiors) -> None:
        self.settings = known.settings.approvers
        self.plan = plan
        self.superiors = superiors
        self.default = find_user(self.settings.default, plan.users.values())
        #: Who has nobody in Intacct that could approve, with what is wrong where somebody is named.
        self.missing: dict[str, str] = {}

    def wish(self, person: Person, user: CertifyUser) -> Wish | None:
        """Whom the user is to have; None to leave it as it is."""
        if self.settings.first == "none":
            return None
        name = person.supervisor if self.settings.first == "supervisor" else self.superiors.of_department(person)
        approver, problem = self.superiors.find(name, person, user) if name else ("", "")
        if not approver:
            self.missing[user.id] = problem
            return None if user.first_approver_id else self._default(user, "nobody else is known")
        if approver == user.first_approver_id:
            return None
        return Wish(approver=approver, why=f"{name} is the {self.settings.first.replace('_', ' ')} in Intacct")

    def break_old_loops(self, edges: Mapping[str, str], wishes: dict[str, Wish]) -> None:
        """Gives the default approver to whoever keeps an old approver for want of a better and so closes a loop.

        In each loop one is enough: somebody whom Intacct names no supervisor of rather than one whose supervisor cannot be found.
        """
        tried: set[str] = set()
        while True:
            graph = {**edges, **approvers_of(wishes)}
            kept = [
                [one for one in loop if one in self.missing and one not in wishes and one not in tried]
                for loop in cycles_of(graph)
            ]
            if not any(kept):
                return
            for members in filter(None, kept):
                user_id = min(members, key=lambda one: (bool(self.missing[one]), one))
                tried.add(user_id)
                wish = self._default(self.plan.users[user_id], "the old approver would close a loop")
                if wish and not closes_loop(graph, user_id, wish.approver):
                    wishes[user_id] = wish

    def notes(self, owners: Mapping[str, Person], wishes: Mapping[str, Wish]) -> list[Change]:
        """Whose supervisor cannot approve, and what becomes of it."""
        return [
            held(
                owners[user_id],
                self.plan.users[user_id],
                Rule.NO_APPROVER,
                f"{problem}; {'the default approver is taken' if user_id in wishes else 'the approver stays as it is'}",
            )
            for user_id, problem in self.missing.items()
            if problem
        ]

    def _default(self, user: CertifyUser, why: str) -> Wish | None:
        """The default approver, unless it is the user or may not approve."""
        default = self.default
        if default is None or default.id == user.id or not self.superiors.roles.may_approve(default.id):
            return None
        return Wish(approver=default.id, why=f"{why}, so the default approver is taken")


class _Writer:
    """Writes down what changes, in the order in which it must be sent."""

    def __init__(self, plan: PeoplePlan, owners: Mapping[str, Person]) -> None:
        self.owners = owners
        self.users = dict(plan.users)
        self.changes: list[Change] = []

    def roles(self, roles: Mapping[str, str], rule: str, said: str) -> None:
        """:param said: what the change does, with ``{role}``"""
        for user_id, role in roles.items():
            self._change(user_id, replace(self.users[user_id], role=role), rule, said.format(role=role))

    def firsts(self, wishes: Mapping[str, Wish]) -> None:
        """From the top down, so that at no moment anybody approves in a loop."""
        final = {user.id: user.first_approver_id for user in self.users.values()} | approvers_of(wishes)
        for user_id in sorted(wishes, key=lambda one: (depth(final, one), one)):
            wish = wishes[user_id]
            then = replace(self.users[user_id], first_approver_id=wish.approver)
            self._change(user_id, then, FIRST_APPROVER, f"gets the first approver {self._label(wish)}: {wish.why}")

    def seconds(self, wishes: Mapping[str, Wish]) -> None:
        """Likewise."""
        final = {user.id: user.second_approver_id for user in self.users.values()} | approvers_of(wishes)
        for user_id in sorted(wishes, key=lambda one: (depth(final, one), one)):
            wish = wishes[user_id]
            then = replace(self.users[user_id], second_approver_id=wish.approver)
            self._change(user_id, then, SECOND, f"gets the second approver {self._label(wish)}: {wish.why}")

    def _label(self, wish: Wish) -> str:
        return self.users[wish.approver].label

    def _change(self, user_id: str, then: CertifyUser, rule: str, reason: str) -> None:
        before, after = differences(self.users[user_id], then)
        self.users[user_id] = then
        person = self.owners[user_id]
        self.changes.append(
            Change(
                subject=Subject.APPROVER,
                action=Action.UPDATE,
                key=person.employee_id,
                source_key=person.key,
                target_id=None if parse_pending(user_id) else user_id,
                before=before,
                after=after,
                reason=f"{titled(person)} {reason}.",
                rule=rule,
            )
        )
