"""First approvers and roles: the second pass over people, when every user exists.

Nobody approves for themselves, no loop of approvers is made, an approver who cannot be found never blanks the one there is, and
the rights of accountants and administrators are neither given nor taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from certify_intacct.model.changes import Action, Change, Subject, parse_pending
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.model.rules import Rule
from certify_intacct.rules.people.matching import find_user
from certify_intacct.rules.people.planning import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.standing import Standing
from certify_intacct.rules.people.users import differences, titled

PROMOTION = "promotion"
FIRST_APPROVER = "first_approver"

_RANK = {"Guests": 0, "Employees": 1, "Managers": 2, "Executives": 3}


@dataclass(frozen=True, kw_only=True)
class ApproverPlan:
    """The changes of the second pass, in the order in which they must be sent, and the users as they then are."""

    changes: tuple[Change, ...]
    users: Mapping[str, CertifyUser]


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """Whom a person's user is to have as first approver."""

    approver: str
    why: str


def plan_approvers(known: PeopleSnapshot, plan: PeoplePlan) -> ApproverPlan:
    """Plans first approvers and the roles that approving needs."""
    people = {person.key: person for person in known.intacct.people}
    owners = {plan.managed[key]: people[key] for key in sorted(plan.managed)}
    roles = _Roles(known, plan, owners)
    chooser = _Chooser(known, plan, roles)
    wishes: dict[str, _Wish] = {}
    for user_id, person in owners.items():
        if wish := chooser.wish(person, plan.users[user_id]):
            wishes[user_id] = wish
    edges = {user.id: user.first_approver_id for user in plan.users.values() if user.first_approver_id}
    chooser.break_old_loops(edges, wishes)
    notes = chooser.notes(owners, wishes)
    looping = loops(edges, _approver_of(wishes))
    for user_id, loop in looping.items():
        names = " → ".join(plan.users[one].label or one for one in loop)
        notes.append(
            _hold(
                owners[user_id],
                plan.users[user_id],
                Rule.APPROVER_LOOP,
                f"would approve in a loop and keeps the approver: {names}",
            )
        )
    granted = {user_id: wish for user_id, wish in wishes.items() if user_id not in looping}
    named = {wish.approver for wish in wishes.values()} | {one for key, one in edges.items() if key not in granted}
    raised, lowered = roles.settle(named=named, approving={wish.approver for wish in granted.values()})
    return _write(plan, owners, granted, raised, lowered, [*notes, *roles.notes])


def _approver_of(wishes: Mapping[str, _Wish]) -> dict[str, str]:
    return {user_id: wish.approver for user_id, wish in wishes.items()}


def loops(edges: Mapping[str, str], wishes: Mapping[str, str]) -> dict[str, list[str]]:
    """Which wishes must be given up so that none of them closes a loop, each with the loop that it would close.

    :param edges: user to first approver, as it is
    :param wishes: user to first approver, where it shall change

    Wishes are judged together: two people may change places. Loops that exist already and that no wish touches are left alone.
    """
    granted = dict(wishes)
    given_up: dict[str, list[str]] = {}
    while True:
        graph = {**edges, **granted}
        found = [loop for loop in _cycles(graph) if any(one in granted for one in loop)]
        if not found:
            return given_up
        for loop in found:
            for user_id in loop:
                if granted.pop(user_id, None) is not None:
                    given_up[user_id] = [*loop, loop[0]]


def closes_loop(edges: Mapping[str, str], user_id: str, approver_id: str) -> bool:
    """Whether a user would, by this approver, come to approve for themselves."""
    seen = set()
    current = approver_id
    while current and current not in seen:
        if current == user_id:
            return True
        seen.add(current)
        current = edges.get(current, "")
    return False


def _cycles(graph: Mapping[str, str]) -> list[list[str]]:
    """The cycles of a graph in which every node has at most one edge."""
    state: dict[str, int] = {}
    cycles = []
    for turn, start in enumerate(sorted(graph)):
        path = []
        node = start
        while node in graph and node not in state:
            state[node] = turn
            path.append(node)
            node = graph[node]
        if state.get(node) == turn and node in path:
            cycles.append(path[path.index(node) :])
    return cycles


class _Chooser:
    """Finds the first approver that a person shall have."""

    def __init__(self, known: PeopleSnapshot, plan: PeoplePlan, roles: _Roles) -> None:
        self.settings = known.settings.approvers
        self.plan = plan
        self.roles = roles
        self.default = find_user(self.settings.default, plan.users.values())
        self.supervisors = {
            department.code: department.supervisor for department in known.intacct.lists.get(DEPARTMENT.name, ())
        }
        #: Who has nobody in Intacct that could approve, with what is wrong where somebody is named.
        self.missing: dict[str, str] = {}
        self.by_id: dict[str, list[Person]] = {}
        for person in sorted(known.intacct.people, key=lambda one: one.key):
            self.by_id.setdefault(person.employee_id, []).append(person)

    def wish(self, person: Person, user: CertifyUser) -> _Wish | None:
        """Whom the user is to have; None to leave it as it is."""
        if self.settings.first == "none":
            return None
        name = person.supervisor if self.settings.first == "supervisor" else self.supervisors.get(person.department, "")
        approver, problem = self._find(name, person, user) if name else ("", "")
        if not approver:
            self.missing[user.id] = problem
            return None if user.first_approver_id else self._default(user, "nobody else is known")
        if approver == user.first_approver_id:
            return None
        return _Wish(approver=approver, why=f"{name} is the {self.settings.first.replace('_', ' ')} in Intacct")

    def break_old_loops(self, edges: Mapping[str, str], wishes: dict[str, _Wish]) -> None:
        """Gives the default approver to whoever keeps an old approver for want of a better and so closes a loop.

        In each loop one is enough: somebody whom Intacct names no supervisor of rather than one whose supervisor cannot be found.
        """
        tried: set[str] = set()
        while True:
            graph = {**edges, **_approver_of(wishes)}
            kept = [
                [one for one in loop if one in self.missing and one not in wishes and one not in tried]
                for loop in _cycles(graph)
            ]
            if not any(kept):
                return
            for members in filter(None, kept):
                user_id = min(members, key=lambda one: (bool(self.missing[one]), one))
                tried.add(user_id)
                wish = self._default(self.plan.users[user_id], "the old approver would close a loop")
                if wish and not closes_loop(graph, user_id, wish.approver):
                    wishes[user_id] = wish

    def notes(self, owners: Mapping[str, Person], wishes: Mapping[str, _Wish]) -> list[Change]:
        """Whose supervisor cannot approve, and what becomes of it."""
        return [
            _hold(
                owners[user_id],
                self.plan.users[user_id],
                Rule.NO_APPROVER,
                f"{problem}; {'the default approver is taken' if user_id in wishes else 'the approver stays as it is'}",
            )
            for user_id, problem in self.missing.items()
            if problem
        ]

    def _default(self, user: CertifyUser, why: str) -> _Wish | None:
        """The default approver, unless it is the user or may not approve."""
        default = self.default
        if default is None or default.id == user.id or not self.roles.may_approve(default.id):
            return None
        return _Wish(approver=default.id, why=f"{why}, so the default approver is taken")

    def _find(self, name: str, person: Person, user: CertifyUser) -> tuple[str, str]:
        """The ID of the supervisor's user, or what is wrong with it."""
        named = self.by_id.get(name, [])
        supervisors = [one for one in named if one.kind is person.kind] or named
        found = {self.plan.found[one.key] for one in supervisors if one.key in self.plan.found}
        if any(self.plan.verdicts[one.key].standing is Standing.LEFT for one in supervisors):
            return "", f"has the supervisor {name}, who has left"
        if len(found) != 1:
            return "", f"has the supervisor {name}, for whom there is no Certify user beyond doubt"
        approver = found.pop()
        if approver == user.id:
            return "", "is their own supervisor in Intacct"
        if not self.plan.users[approver].active:
            return "", f"has the supervisor {name}, whose Certify user is inactive"
        if not self.roles.may_approve(approver):
            return "", f"has the supervisor {name}, whose Certify role {self.plan.users[approver].role} may not approve"
        return approver, ""


class _Roles:
    """What becomes of roles: raised and lowered as the role field says, raised where approving needs it."""

    def __init__(self, known: PeopleSnapshot, plan: PeoplePlan, owners: Mapping[str, Person]) -> None:
        self.settings = known.settings
        self.plan = plan
        self.notes: list[Change] = []
        self.wanted: dict[str, str] = {}
        for user_id, person in owners.items():
            source = self.settings.source(person.kind)
            if source and source.role_field:
                self._want(user_id, person)
        self.managed = set(owners)

    def _want(self, user_id: str, person: Person) -> None:
        user, role = self.plan.users[user_id], self.settings.role_map[person.role]
        if role == "Accountants" and user.role != role:
            reason = (
                f"has the role {person.role!r} in Intacct; the rights of accountants are given in Certify by a person"
            )
            cure = "Give the role in Certify by hand, if it is right."
            note = _hold(person, user, Rule.RIGHTS, reason)
            self.notes.append(replace(note, action=Action.SKIP, cure=cure))
        elif role in _RANK and user.role in _RANK and not user.privileged:
            self.wanted[user_id] = role

    def base(self, user_id: str) -> str:
        """The role before anything is lowered."""
        role = self.plan.users[user_id].role
        return max(role, self.wanted.get(user_id, role), key=lambda one: _RANK.get(one, -1)) if role in _RANK else role

    def may_approve(self, user_id: str) -> bool:
        role, settings = self.base(user_id), self.settings.approvers
        return role in settings.roles or (settings.promote and role == "Employees" and user_id in self.managed)

    def settle(self, named: set[str], approving: set[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Roles to raise before approvers are assigned, and roles to lower afterwards.

        :param named: users whom anybody has, or is to have, as approver: their roles are not lowered
        :param approving: users who become approvers by this plan
        """
        raised: dict[str, str] = {}
        lowered: dict[str, str] = {}
        for user_id in sorted(self.managed):
            role, base = self.plan.users[user_id].role, self.base(user_id)
            if user_id in approving and base not in self.settings.approvers.roles:
                base = "Managers"
            if base != role:
                raised[user_id] = base
            elif user_id in self.wanted and _RANK[self.wanted[user_id]] < _RANK[role] and user_id not in named:
                lowered[user_id] = self.wanted[user_id]
        return raised, lowered


def _write(
    plan: PeoplePlan,
    owners: Mapping[str, Person],
    granted: Mapping[str, _Wish],
    raised: Mapping[str, str],
    lowered: Mapping[str, str],
    notes: Iterable[Change],
) -> ApproverPlan:
    users = dict(plan.users)
    changes: list[Change] = []

    def change(user_id: str, then: CertifyUser, rule: str, reason: str) -> None:
        before, after = differences(users[user_id], then)
        users[user_id] = then
        target = None if parse_pending(user_id) else user_id
        person = owners[user_id]
        changes.append(
            Change(
                subject=Subject.APPROVER,
                action=Action.UPDATE,
                key=person.employee_id,
                source_key=person.key,
                target_id=target,
                before=before,
                after=after,
                reason=f"{titled(person)} {reason}.",
                rule=rule,
            )
        )

    for user_id, role in raised.items():
        change(user_id, replace(users[user_id], role=role), PROMOTION, f"gets the role {role}")
    final = {user.id: user.first_approver_id for user in users.values()} | {
        one: wish.approver for one, wish in granted.items()
    }
    for user_id in sorted(granted, key=lambda one: (_depth(final, one), one)):
        wish = granted[user_id]
        approver = users[wish.approver].label
        change(
            user_id,
            replace(users[user_id], first_approver_id=wish.approver),
            FIRST_APPROVER,
            f"gets the first approver {approver}: {wish.why}",
        )
    for user_id, role in lowered.items():
        change(
            user_id,
            replace(users[user_id], role=role),
            Rule.LOWERED_ROLE,
            f"gets the role {role} and approves for nobody",
        )
    return ApproverPlan(changes=(*notes, *changes), users=users)


def _depth(edges: Mapping[str, str], user_id: str) -> int:
    """How many approvers stand above a user; those at the top are assigned first, so that no loop exists on the way."""
    seen = {user_id}
    while (user_id := edges.get(user_id, "")) and user_id not in seen:
        seen.add(user_id)
    return len(seen)


def _hold(person: Person, user: CertifyUser, rule: str, reason: str) -> Change:
    return Change(
        subject=Subject.APPROVER,
        action=Action.HOLD,
        key=person.employee_id,
        source_key=person.key,
        target_id=None if parse_pending(user.id) else user.id,
        reason=f"{titled(person)} {reason}.",
        rule=rule,
        cure="Correct the supervisor in Intacct, or the approver's user in Certify.",
    )
