"""Which users that Certify has already come under this connector's care: those that connector.yaml lists or lets agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.configuration.people import Adoption
from certify_intacct.model.people import CertifyUser, LinkOrigin, Person, UserLink
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import compared
from certify_intacct.rules.people.matching import How, PersonMatch
from certify_intacct.rules.people.users import titled


def may_adopt(match: PersonMatch, user: CertifyUser, settings: Adoption) -> bool:
    """Whether a user that a person was found to be may be adopted.

    Administrators, treasurers and accountants only by the list.
    """
    if match.person.employee_id in settings.employee_ids:
        return True
    return settings.policy == "agreeing" and not user.privileged and _agree(match, user)


def not_adopted(match: PersonMatch, user: CertifyUser) -> Change:
    """The note that a user is left alone because nobody said that it is ours."""
    person = match.person
    return Change(
        subject=Subject.USER,
        action=Action.HOLD,
        key=person.employee_id,
        source_key=person.key,
        target_id=user.id,
        reason=f"{titled(person)} matches the Certify user {user.label} by {match.how}, who is not adopted, so nothing is changed.",
        rule=Rule.NOT_ADOPTED,
        cure=f"If they are the same person, release the link, or add {person.employee_id!r} to people.adoption.employee_ids in "
        "connector.yaml.",
    )


def adopt_leavers(
    gone: Sequence[Person],
    users: Iterable[CertifyUser],
    links: Sequence[UserLink],
    claimed: frozenset[str],
    settings: Adoption,
    released: frozenset[tuple[str, str]],
) -> tuple[list[Change], tuple[UserLink, ...]]:
    """People who left before the first run may still have an active user that nobody linked; only an EmployeeID finds it.

    :param gone: who has left
    :param links: the links that stay as they are
    :param claimed: users that somebody who has not left stands for
    :param released: links that a person has released
    :returns: adoptions and notes, and the links that the adoptions make
    """
    owned = {link.certify_id for link in links}
    linked = {link.person_key for link in links}
    by_id: dict[str, list[CertifyUser]] = defaultdict(list)
    for user in users:
        if user.active and user.employee_id and user.id not in owned and user.id not in claimed:
            by_id[user.employee_id].append(user)
    ids = Counter(person.employee_id for person in gone)
    changes: list[Change] = []
    made: list[UserLink] = []
    for person in gone:
        found = by_id[person.employee_id]
        if person.key in linked or ids[person.employee_id] > 1 or len(found) != 1:
            continue
        user, match = found[0], PersonMatch(person=person, user=found[0], how=How.EMPLOYEE_ID)
        if (person.key, user.id) not in released and not may_adopt(match, user, settings):
            changes.append(not_adopted(match, user))
            continue
        changes.append(_adoption(person, user))
        made.append(
            UserLink(
                person_key=person.key,
                certify_id=user.id,
                origin=LinkOrigin.ADOPTED,
                employee_id=person.employee_id,
                email=user.email,
            )
        )
    return changes, tuple(made)


def _adoption(person: Person, user: CertifyUser) -> Change:
    return Change(
        subject=Subject.USER,
        action=Action.ADOPT,
        key=person.employee_id,
        source_key=person.key,
        target_id=user.id,
        reason=f"{titled(person)} has left and matches the Certify user {user.label} by EmployeeID.",
        rule=Rule.BY_EMPLOYEE_ID,
    )


def _agree(match: PersonMatch, user: CertifyUser) -> bool:
    """Whether a second trait agrees with the one that the match was found by."""
    person = match.person
    if match.how is How.EMAIL:
        return not user.employee_id
    same_name = all(
        compared(ours) == compared(theirs)
        for ours, theirs in ((person.first_name, user.first_name), (person.last_name, user.last_name))
    )
    return same_name or compared(person.email) == compared(user.email)
