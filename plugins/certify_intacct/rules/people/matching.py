"""Which Certify user is which person of Intacct: by link, then by EmployeeID exactly, then by e-mail.

What is not clear is refused, and so is an EmployeeID that only looks like the person's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from certify_intacct.model.people import CertifyUser, Person, Releases, UserLink
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import compared, outline


class How(StrEnum):
    """By what a person and a user were found to be the same."""

    LINK = "link"
    RELEASE = "release"
    PENDING = "pending create"
    EMPLOYEE_ID = "EmployeeID"
    EMAIL = "e-mail"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class PersonMatch:
    """A person and the Certify user, if there is one.

    :param problem: why the match is refused; empty when it is clear
    :param rule: the rule that refuses it
    :param cure: what a person does about the problem
    """

    person: Person
    user: CertifyUser | None = None
    how: How = How.NOBODY
    problem: str = ""
    rule: Rule = Rule.AMBIGUOUS
    cure: str = ""


def match_people(
    people: Iterable[Person], users: Iterable[CertifyUser], links: Iterable[UserLink], releases: Releases
) -> dict[str, PersonMatch]:
    """A match for each person, by ``Person.key``. Only people who are to have a user, or may have one, belong here."""
    persons = list(people)
    finder = _Finder(persons, users, links, releases)
    matches = {person.key: finder.by_link_or_id(person) for person in persons}
    # Who is found by something stronger is nobody else's by e-mail, however stale the address in Certify is.
    finder.taken |= {match.user.id for match in matches.values() if match.user}
    for key, match in matches.items():
        if not match.user and not match.problem:
            matches[key] = finder.by_email_address(match.person)
    _refuse_shared(matches)
    clear = {match.user.id for match in matches.values() if match.user and not match.problem}
    return {key: finder.unlike_others(match, clear) for key, match in matches.items()}


def _refuse_shared(matches: dict[str, PersonMatch]) -> None:
    """Refuses the matches of several people with one user; who is linked to it keeps it."""
    shared: dict[str, list[str]] = defaultdict(list)
    for key, match in matches.items():
        if match.user is not None:
            shared[match.user.id].append(key)
    for keys in shared.values():
        sure = [key for key in keys if matches[key].how in (How.LINK, How.RELEASE)]
        for key in keys:
            if len(keys) > 1 and sure != [key]:
                matches[key] = _shared(matches[key], [matches[other].person for other in keys if other != key])


def pick(candidates: Sequence[CertifyUser]) -> CertifyUser | None:
    """The user that is meant: the only one, or the only active one (Certify cannot delete, so a double is made inactive)."""
    if len(candidates) > 1:
        candidates = [user for user in candidates if user.active]
    return candidates[0] if len(candidates) == 1 else None


def find_user(name: str, users: Iterable[CertifyUser]) -> CertifyUser | None:
    """The active Certify user that connector.yaml names by EmployeeID or e-mail; None when there is none or more than one."""
    active = [user for user in users if user.active]
    by_id = [user for user in active if user.employee_id == name]
    found = by_id or [user for user in active if compared(user.email) == compared(name)]
    return found[0] if name and len(found) == 1 else None


class _Finder:
    def __init__(
        self, people: Iterable[Person], users: Iterable[CertifyUser], links: Iterable[UserLink], releases: Releases
    ) -> None:
        self.persons: dict[str, Person] = {}
        for person in sorted(people, key=lambda one: one.key):
            self.persons.setdefault(outline(person.employee_id), person)
        self.users = {user.id: user for user in users}
        self.links: Mapping[str, UserLink] = {link.person_key: link for link in links}
        self.released = {key: user_id for key, user_id in sorted(releases.links) if user_id in self.users}
        self.moved = set(self.released.values())
        self.taken: set[str] = set()
        kept = [link for link in self.links.values() if link.person_key not in self.released]
        self.owners = {link.certify_id: link.person_key for link in kept if link.certify_id}
        self.link_counts = Counter(link.certify_id for link in self.links.values() if link.certify_id)
        self.by_id: dict[str, list[CertifyUser]] = defaultdict(list)
        self.by_outline: dict[str, list[CertifyUser]] = defaultdict(list)
        self.by_email: dict[str, list[CertifyUser]] = defaultdict(list)
        for user in self.users.values():
            self.by_id[user.employee_id].append(user)
            self.by_outline[outline(user.employee_id)].append(user)
            self.by_email[compared(user.email)].append(user)

    def by_link_or_id(self, person: Person) -> PersonMatch:
        if person.key in self.released:
            return PersonMatch(person=person, user=self.users[self.released[person.key]], how=How.RELEASE)
        link = self.links.get(person.key)
        if link and link.certify_id and link.certify_id not in self.moved:
            return self._linked(person, link.certify_id)
        if link and not link.certify_id:
            sent = self._choose(PersonMatch(person=person, how=How.PENDING), self.by_email[compared(link.email)])
            if sent.user or sent.problem:
                return sent
        named = self.by_id[person.employee_id] if person.employee_id else []
        return self._choose(PersonMatch(person=person, how=How.EMPLOYEE_ID), named)

    def by_email_address(self, person: Person) -> PersonMatch:
        address = compared(person.email)
        found = self._choose(PersonMatch(person=person, how=How.EMAIL), self.by_email[address] if address else [])
        return found if found.user or found.problem else PersonMatch(person=person)

    def unlike_others(self, match: PersonMatch, clear: Set[str]) -> PersonMatch:
        """The match, or its refusal when another active user has an EmployeeID that looks like the person's.

        :param clear: users that somebody is without doubt
        """
        person, shape = match.person, outline(match.person.employee_id)
        if match.problem or not shape or match.how not in (How.NOBODY, How.EMAIL):
            return match
        mine = match.user.id if match.user else ""
        for user in sorted(self.by_outline[shape], key=lambda one: one.id):
            if user.active and user.id not in clear | self.moved | self.owners.keys() | {mine}:
                return replace(
                    match,
                    user=user,
                    problem=f"has the EmployeeID {person.employee_id!r}, which looks like {user.employee_id!r} of the Certify user "
                    f"{user.email}",
                    rule=Rule.LOOKS_LIKE,
                    cure="Correct the EmployeeID in Certify or in Intacct, or release the link if it is the same person.",
                )
        return match

    def _linked(self, person: Person, certify_id: str) -> PersonMatch:
        user = self.users.get(certify_id)
        if user is None:
            problem = "is linked to a Certify user that Certify does not list any more"
        elif self.link_counts[certify_id] > 1:
            problem = f"is linked to the Certify user {user.label}, and so is another record of Intacct"
        else:
            return PersonMatch(person=person, user=user, how=How.LINK)
        return PersonMatch(
            person=person, user=user, how=How.LINK, problem=problem, cure="Release the link to the right user."
        )

    def _choose(self, match: PersonMatch, candidates: Sequence[CertifyUser]) -> PersonMatch:
        free = [
            user
            for user in candidates
            if user.id not in self.owners and user.id not in self.moved and user.id not in self.taken
        ]
        if not free:
            return match
        user = pick(free)
        if user is None:
            return replace(
                match,
                problem=f"has the same {_how(match.how)} as {len(free)} users of Certify",
                cure="Leave one of them active in Certify, or release the link to the right one.",
            )
        shape = outline(user.employee_id)
        other = self.persons.get(shape) if shape else None
        if match.how is How.EMAIL and other is not None and shape != outline(match.person.employee_id):
            return replace(
                match,
                user=user,
                problem=f"has the e-mail of the Certify user {user.label}, whose EmployeeID is that of {other.label}",
                cure="Correct the EmployeeID or the e-mail of the user in Certify, or release the link.",
            )
        return replace(match, user=user)


def _how(how: How) -> str:
    return "e-mail" if how is How.PENDING else how.value


def _shared(match: PersonMatch, others: Sequence[Person]) -> PersonMatch:
    names = ", ".join(person.label for person in others)
    label = match.user.label if match.user else ""
    return replace(
        match,
        problem=match.problem or f"matches the Certify user {label}, and so does {names}",
        cure=match.cure
        or "Correct the ID or e-mail that is the same in Intacct, or release the link to the right record.",
    )
