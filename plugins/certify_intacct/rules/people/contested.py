"""E-mail addresses and EmployeeIDs that two users would share.

Nobody says whether Certify refuses a second user with the same address or ID, so none is ever made. An address may move from
one user to another within a plan: the one who gives it up goes first. Two who would swap are refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from certify_intacct.model.people import CertifyUser
from certify_intacct.rules.likeness import compared, outline


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a planned user shall be known by.

    :param key: ``Person.key``
    :param user: the user as it is; None for one that is to be created
    """

    key: str
    user: CertifyUser | None
    email: str
    employee_id: str


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Why a claim does not hold.

    :param user_id: of somebody without a user, the one user that has what they claim, where that user is nobody who is present, and
        nobody else is told so: they may be one and the same, and a link says so; empty otherwise
    """

    reason: str
    user_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Which claims hold.

    :param order: the keys of the claims that hold, so that whoever gives an address up comes first
    :param refused: why the others do not, by key
    """

    order: tuple[str, ...]
    refused: Mapping[str, Contest]


Name = tuple[str, str]


def settle(claims: Iterable[Claim], users: Iterable[CertifyUser], taken: Set[str] = frozenset()) -> Settled:
    """Finds the largest set of claims that leaves no two users with one e-mail, and no two active ones with one EmployeeID.

    What Certify holds twice already stays: only what a claim would add is refused.

    :param taken: users of people who are present and claim nothing, since they wait for something else
    """
    granted = {claim.key: claim for claim in sorted(claims, key=lambda claim: claim.key)}
    current = {user.id: user for user in users}
    # Whoever is somebody of the plan already, whether that claim holds or not.
    nobodys = current.keys() - {claim.user.id for claim in granted.values() if claim.user} - taken
    refused: dict[str, Contest] = {}
    while True:
        holders = _holders(granted, current)
        conflicts = {}
        for key, claim in granted.items():
            for name in _changed(claim):
                others = {holder: label for holder, label in holders[name].items() if holder != _holder(claim)}
                if others:
                    shown = claim.email if name[0] == "e-mail" else claim.employee_id
                    reason = f"the {name[0]} {shown!r} belongs to {', '.join(sorted(others.values()))} as well"
                    linkable = nobodys & others.keys() if claim.user is None and len(others) == 1 else set()
                    conflicts[key] = Contest(reason=reason, user_id="".join(linkable))
                    break
        if not conflicts:
            order, conflicts = _order(granted, current)
            if not conflicts:
                return Settled(order=tuple(order), refused=_offered_once(refused))
        refused |= conflicts
        for key in conflicts:
            del granted[key]


def _offered_once(refused: Mapping[str, Contest]) -> dict[str, Contest]:
    """One user is one person: who of several it is, no button decides."""
    offers = Counter(contest.user_id for contest in refused.values())
    return {
        key: replace(contest, user_id="") if offers[contest.user_id] > 1 else contest
        for key, contest in refused.items()
    }


def _holder(claim: Claim) -> str:
    return claim.user.id if claim.user else claim.key


def _names(email: str, employee_id: str, active: bool) -> list[Name]:
    """Inactive users keep their e-mail, which is their login; an EmployeeID counts only while the user is active.

    EmployeeIDs that look alike count as one: a second active user never comes to an ID that somebody would take for another's.
    """
    names = [("e-mail", compared(email))] if email else []
    return [*names, ("EmployeeID", outline(employee_id))] if employee_id and active else names


def _held(user: CertifyUser) -> list[Name]:
    return _names(user.email, user.employee_id, user.active)


def _claimed(claim: Claim) -> list[Name]:
    return _names(claim.email, claim.employee_id, True)


def _changed(claim: Claim) -> list[Name]:
    kept = _held(claim.user) if claim.user else []
    return [name for name in _claimed(claim) if name not in kept]


def _holders(granted: Mapping[str, Claim], current: Mapping[str, CertifyUser]) -> dict[Name, dict[str, str]]:
    """Who would hold each name when all granted claims were carried out, with how a message calls them."""
    holders: dict[Name, dict[str, str]] = defaultdict(dict)
    claimed = {claim.user.id for claim in granted.values() if claim.user}
    for user in current.values():
        if user.id not in claimed:
            for name in _held(user):
                holders[name][user.id] = f"the Certify user {user.label}"
    for claim in granted.values():
        for name in _claimed(claim):
            holders[name][_holder(claim)] = f"{claim.key} ({claim.employee_id})"
    return holders


def _order(granted: Mapping[str, Claim], current: Mapping[str, CertifyUser]) -> tuple[list[str], dict[str, Contest]]:
    owner = {claim.user.id: key for key, claim in granted.items() if claim.user}
    giving: dict[Name, str] = {}
    for user_id, key in owner.items():
        for name in _held(current[user_id]):
            if name not in _claimed(granted[key]):
                giving[name] = key
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for key, claim in granted.items():
        sorter.add(key, *sorted({giving[name] for name in _changed(claim) if name in giving} - {key}))
    try:
        return list(sorter.static_order()), {}
    except CycleError as error:
        loop = sorted(set(error.args[1]))
        reason = f"{', '.join(loop)} would swap their e-mail addresses or EmployeeIDs"
        return [], dict.fromkeys(loop, Contest(reason=reason))
