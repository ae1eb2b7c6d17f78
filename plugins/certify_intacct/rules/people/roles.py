"""What becomes of the roles of users: as the role field says, and raised where approving needs it.

The rights of accountants and administrators are neither given nor taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from certify_intacct.model.changes import Action, Change, Subject, parse_pending
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.model.rules import Rule
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.users import titled

_CURE = "Correct the supervisor in Intacct, or the approver's user in Certify."
_RANK = {"Guests": 0, "Employees": 1, "Managers": 2, "Executives": 3}


class Roles:
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
            note = held(person, user, Rule.RIGHTS, reason)
            self.notes.append(replace(note, action=Action.SKIP, cure=cure))
        elif role in _RANK and user.role in _RANK and not user.privileged:
            self.wanted[user_id] = role

    def base(self, user_id: str) -> str:
        """The role before anything is lowered."""
        role = self.plan.users[user_id].role
        return max(role, self.wanted.get(user_id, role), key=lambda one: _RANK.get(one, -1)) if role in _RANK else role

    def may_approve(self, user_id: str) -> bool:
        """Whether the user has a role that may approve, or may be given one."""
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


def held(person: Person, user: CertifyUser, rule: str, reason: str, cure: str = _CURE) -> Change:
    """The note that an approver, or a role, of somebody's user stays as it is."""
    return Change(
        subject=Subject.APPROVER,
        action=Action.HOLD,
        key=person.employee_id,
        source_key=person.key,
        target_id=None if parse_pending(user.id) else user.id,
        reason=f"{titled(person)} {reason}.",
        rule=rule,
        cure=cure,
    )
