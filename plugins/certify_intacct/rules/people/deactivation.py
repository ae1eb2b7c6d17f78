"""Whose Certify user is deactivated: people who have left, as Intacct says in so many words, and nobody else.

Absence and quarantine deactivate nobody. Neither do administrators, treasurers, accountants, approvers of active users, people with
unprocessed reports, or users that this connector neither created nor adopted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import floor

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.people import CertifyUser, Deletion, Person, PersonKind, UnprocessedReport, UserLink
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import compared, outline
from certify_intacct.rules.people.matching import find_user
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.standing import Standing

_CURE_BY_HAND = "Deactivate the user in Certify by hand if they should not have access any more."


@dataclass(frozen=True, kw_only=True)
class DeactivationPlan:
    """The changes, and the users as they then are."""

    changes: tuple[Change, ...]
    users: Mapping[str, CertifyUser]


@dataclass(frozen=True, kw_only=True)
class _Leaver:
    link: UserLink
    user: CertifyUser
    name: str
    reason: str


def plan_deactivations(known: PeopleSnapshot, plan: PeoplePlan, users: Mapping[str, CertifyUser]) -> DeactivationPlan:
    """Plans deactivations, reports before approvers.

    :param users: the users as the plan leaves them after approvers
    """
    leavers, notes = _leavers(known, plan, users)
    clear: dict[str, _Leaver] = {}
    held: list[Change] = list(notes)
    obstacles = _Obstacles(known, plan)
    for leaver in leavers:
        obstacle = obstacles.of(leaver.user)
        if obstacle:
            held.append(_hold(leaver, *obstacle))
        else:
            clear[leaver.user.id] = leaver
    held += _needed(clear, users)
    held += _guarded(known, clear, users)
    ordered = _reports_first(clear)
    after = dict(users)
    for leaver in ordered:
        after[leaver.user.id] = replace(leaver.user, active=False)
    return DeactivationPlan(changes=(*held, *map(_deactivate, ordered)), users=after)


def deleted(link: UserLink, deletions: Iterable[Deletion], links: Iterable[UserLink]) -> bool:
    """Whether the audit trail says that the linked record was deleted.

    The trail names a record by its business ID or by its record number; a number that fits another link's business ID proves
    nothing.
    """
    keys = {deletion.object_key for deletion in deletions if deletion.kind is link.kind}
    if link.employee_id and link.employee_id in keys:
        return True
    if f"{link.record_no}--REC" in keys:
        return True
    taken = {other.employee_id for other in links if other.kind is link.kind and other is not link}
    return link.record_no in keys and link.record_no not in taken


def _leavers(
    known: PeopleSnapshot, plan: PeoplePlan, users: Mapping[str, CertifyUser]
) -> tuple[list[_Leaver], list[Change]]:
    people = {person.key: person for person in known.intacct.people}
    keepers = {user_id: key for key, user_id in plan.managed.items()}
    leavers: list[_Leaver] = []
    notes: list[Change] = []
    for link in sorted((*known.links, *plan.adopted_leavers), key=lambda one: (one.employee_id, one.person_key)):
        user = users.get(link.certify_id or "")
        if user is None or not user.active or keepers.get(user.id, link.person_key) != link.person_key:
            continue
        person = people.get(link.person_key)
        if person is not None:
            verdict = plan.verdicts[person.key]
            if verdict.standing is Standing.LEFT:
                leavers.append(_Leaver(link=link, user=user, name=_name(link, person), reason=verdict.reason))
        elif deleted(link, known.intacct.deletions, known.links):
            leavers.append(
                _Leaver(
                    link=link,
                    user=user,
                    name=_name(link, None),
                    reason="was deleted in Intacct, as its audit trail says",
                )
            )
        else:
            notes.append(_absent(link, user))
    return leavers, notes


class _Obstacles:
    """What forbids to deactivate a user by itself."""

    def __init__(self, known: PeopleSnapshot, plan: PeoplePlan) -> None:
        self.complete = known.intacct.complete
        self.claimed = plan.claimed
        self.now = {user.id: user for user in known.certify.users}
        self.unprocessed = known.certify.unprocessed
        named = {
            "approver": known.settings.approvers.default,
            "accountant": known.settings.accountant.default,
        }
        self.defaults = {
            user.id: what for what, name in named.items() if (user := find_user(name, plan.users.values())) is not None
        }

    def of(self, user: CertifyUser) -> tuple[str, str, str] | None:
        """Rule, reason and cure; None when nothing forbids it."""
        if not self.complete:
            reason = "this extract of Intacct is not complete"
            return Rule.INCOMPLETE_EXTRACT, reason, "Run again when every stream was read whole."
        if user.privileged:
            return Rule.PRIVILEGED, "the user is an administrator, treasurer or accountant", _CURE_BY_HAND
        if what := self.defaults.get(user.id):
            reason = f"connector.yaml names the user as the default {what}"
            return Rule.DEFAULT, reason, f"Name another default {what} in connector.yaml."
        if user.id in self.claimed:
            reason = "another record of Intacct has this user's EmployeeID or e-mail"
            return Rule.CLAIMED, reason, "Release the link to that record if it is the same person."
        if reports := reports_of((user, self.now.get(user.id, user)), self.unprocessed):
            reason = f"{reports} of the user's expense reports are not processed yet"
            return Rule.UNPROCESSED_REPORTS, reason, "Have them processed or withdrawn in Certify."
        return None


def reports_of(forms: Iterable[CertifyUser], reports: Iterable[UnprocessedReport]) -> int:
    """How many reports may be those of a user.

    :param forms: the user as it is, and as a plan leaves it

    A report names its employee by EmployeeID; where it has none, a name that fits is enough to be careful.
    """
    known = list(forms)
    ids = {outline(form.employee_id) for form in known} - {""}
    names = {_names(form) for form in known}
    return sum(
        outline(report.employee_id) in ids if report.employee_id else _names(report) in names for report in reports
    )


def _names(named: CertifyUser | UnprocessedReport) -> tuple[str, str]:
    return compared(named.first_name), compared(named.last_name)


def serving(leaving: Iterable[str], users: Mapping[str, CertifyUser]) -> dict[str, list[str]]:
    """Who of those leaving approves for, or is accountant of, a user who stays active: ID to the labels of these users.

    Whoever must stay keeps others from leaving in turn.
    """
    going = set(leaving)
    found: dict[str, list[str]] = {}
    while True:
        serves: dict[str, list[str]] = defaultdict(list)
        for user in users.values():
            if user.active and user.id not in going:
                for needed in {user.first_approver_id, user.second_approver_id, user.accountant_id} & going:
                    serves[needed].append(user.label)
        if not serves:
            return found
        found |= serves
        going -= serves.keys()


def _needed(clear: dict[str, _Leaver], users: Mapping[str, CertifyUser]) -> list[Change]:
    """Takes out of ``clear`` whoever serves a user who stays active."""
    held: list[Change] = []
    for user_id, labels in sorted(serving(clear, users).items()):
        shown = ", ".join(sorted(labels)[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
        reason = f"the user approves for, or is accountant of, {shown}"
        cure = "Give them another approver or accountant in Intacct or Certify."
        held.append(_hold(clear.pop(user_id), Rule.SERVES_OTHERS, reason, cure))
    return held


def _guarded(known: PeopleSnapshot, clear: dict[str, _Leaver], users: Mapping[str, CertifyUser]) -> list[Change]:
    """Holds all of it when more would go than the guard allows."""
    rule = known.settings.deactivation
    active = sum(user.active for user in users.values())
    allowed = max(rule.guard_floor, floor(rule.guard_share * active))
    if len(clear) <= allowed or known.releases.deactivations:
        return []
    reason = f"{len(clear)} of {active} active users would be deactivated, and the guard allows {allowed}"
    cure = "If so many really left, release the deactivations of this run."
    held = [_hold(leaver, Rule.DEACTIVATION_GUARD, reason, cure) for leaver in clear.values()]
    clear.clear()
    return held


def _reports_first(clear: Mapping[str, _Leaver]) -> list[_Leaver]:
    """Whoever is approved for goes before the approver."""

    def above(user: CertifyUser) -> int:
        count, seen = 0, {user.id}
        while user.first_approver_id in clear and user.first_approver_id not in seen:
            user = clear[user.first_approver_id].user
            seen.add(user.id)
            count += 1
        return count

    return sorted(clear.values(), key=lambda leaver: (-above(leaver.user), leaver.link.employee_id, leaver.user.id))


def _name(link: UserLink, person: Person | None) -> str:
    if person:
        return f"{person.label[0].upper()}{person.label[1:]}"
    kind = {PersonKind.EMPLOYEE: "Employee", PersonKind.VENDOR: "Vendor", PersonKind.USER: "User"}[link.kind]
    return f"{kind} {link.employee_id}"


def _deactivate(leaver: _Leaver) -> Change:
    return Change(
        subject=Subject.USER_DEACTIVATION,
        action=Action.DEACTIVATE,
        key=leaver.link.employee_id,
        source_key=leaver.link.person_key,
        target_id=leaver.user.id,
        before={"Active": 1},
        after={"Active": 0},
        reason=f"{leaver.name} {leaver.reason}.",
        rule=Rule.LEFT,
    )


def _hold(leaver: _Leaver, rule: str, reason: str, cure: str) -> Change:
    return Change(
        subject=Subject.USER_DEACTIVATION,
        action=Action.HOLD,
        key=leaver.link.employee_id,
        source_key=leaver.link.person_key,
        target_id=leaver.user.id,
        reason=f"{leaver.name} {leaver.reason}, but stays active in Certify: {reason}.",
        rule=rule,
        cure=cure,
    )


def _absent(link: UserLink, user: CertifyUser) -> Change:
    return Change(
        subject=Subject.USER_DEACTIVATION,
        action=Action.SKIP,
        key=link.employee_id,
        source_key=link.person_key,
        target_id=user.id,
        reason=f"{_name(link, None)} is not among the records of Intacct any more. Absence deactivates nobody.",
        rule=Rule.ABSENT,
        cure="If the person has left, make the record inactive in Intacct, or deactivate the user in Certify by hand.",
    )
