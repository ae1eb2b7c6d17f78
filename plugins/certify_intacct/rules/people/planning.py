"""Which users of Certify are created, adopted and updated for the people of Intacct. Approvers and deactivations come later."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from certify_intacct.model.changes import Action, Change, Subject, pending
from certify_intacct.model.people import CertifyUser, Person
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import clean_name, compared, outline, visible
from certify_intacct.rules.people import given
from certify_intacct.rules.people.accountants import Accountants
from certify_intacct.rules.people.adoption import adopt_leavers, may_adopt, not_adopted
from certify_intacct.rules.people.contested import Claim, settle
from certify_intacct.rules.people.entities import entity_of
from certify_intacct.rules.people.matching import How, PersonMatch, match_people
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.standing import PersonStanding, Standing, standings
from certify_intacct.rules.people.users import differences, titled, whole_record


@dataclass(frozen=True, kw_only=True)
class _Intended:
    """A person whose user is to be as ``user`` says."""

    match: PersonMatch
    user: CertifyUser


@dataclass
class _Planner:
    known: PeopleSnapshot
    changes: list[Change] = field(default_factory=list)
    intended: dict[str, _Intended] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = self.known.settings
        self.links = {link.person_key: link for link in self.known.links}
        self.ours = {link.certify_id for link in self.known.links if link.deactivated}

    def plan(self) -> PeoplePlan:
        people = sorted(self.known.intacct.people, key=lambda person: (person.employee_id, person.key))
        active = {user.id for user in self.known.certify.users if user.active}
        here = frozenset(key for key, link in self.links.items() if link.certify_id in active)
        verdicts = standings(people, self.settings, self.known.employee_vendor_types, self.known.today, here)
        stays = [person for person in people if verdicts[person.key].standing in (Standing.PRESENT, Standing.FROZEN)]
        matches = match_people(stays, self.known.certify.users, self.known.links, self.known.releases)
        for person in people:
            self._consider(person, verdicts[person.key], matches.get(person.key))
        self._settle(self._taken(verdicts, matches))
        users = {user.id: user for user in self.known.certify.users}
        users |= {intended.user.id: intended.user for intended in self.intended.values()}
        found = {key: match.user.id for key, match in matches.items() if match.user and not match.problem}
        for person in people:
            link = self.links.get(person.key)
            if person.key not in matches and link and link.certify_id in users:
                found[person.key] = str(link.certify_id)
        managed = {key: intended.user.id for key, intended in self.intended.items()}
        claimed = self._claimed(stays, matches)
        gone = [person for person in people if verdicts[person.key].standing is Standing.LEFT]
        moved = {key for key, user_id in managed.items() if key in self.links and self.links[key].certify_id != user_id}
        kept = [link for link in self.known.links if link.person_key not in moved]
        leavers, adopted_leavers = adopt_leavers(
            gone, self.known.certify.users, kept, claimed, self.settings.adoption, self.known.releases.links
        )
        self.changes += leavers
        return PeoplePlan(
            changes=tuple(self.changes),
            users=users,
            managed=managed,
            found={**found, **managed},
            verdicts=verdicts,
            claimed=claimed,
            adopted_leavers=adopted_leavers,
        )

    def _taken(self, verdicts: Mapping[str, PersonStanding], matches: Mapping[str, PersonMatch]) -> frozenset[str]:
        """Users of people who are there, also where nothing is to be done to them now; who has left may be back as another."""
        there = {key for key, one in verdicts.items() if one.standing is not Standing.LEFT and not one.spoken_for}
        linked = {str(link.certify_id) for link in self.known.links if link.person_key in there}
        return frozenset(linked | {match.user.id for match in matches.values() if match.user})

    def _claimed(self, stays: list[Person], matches: Mapping[str, PersonMatch]) -> frozenset[str]:
        """Also users that are linked to another record, when somebody who has not left goes by their ID or e-mail."""
        claimed = {match.user.id for match in matches.values() if match.user}
        ids = {outline(person.employee_id) for person in stays} - {""}
        emails = {compared(person.email) for person in stays if compared(person.email)}
        return frozenset(claimed) | {
            user.id
            for user in self.known.certify.users
            if outline(user.employee_id) in ids or compared(user.email) in emails
        }

    def _consider(self, person: Person, verdict: PersonStanding, match: PersonMatch | None) -> None:
        link = self.links.get(person.key)
        if verdict.standing is Standing.OUT and link:
            self._note(
                Action.SKIP,
                person,
                link.certify_id,
                Rule.NOT_SELECTED,
                f"{verdict.reason}, so the Certify user is left as it is",
                "Deactivate the user in Certify by hand if they should not have access any more.",
            )
        elif verdict.standing is Standing.LATER:
            self._note(Action.SKIP, person, link.certify_id if link else None, Rule.STARTS_LATER, verdict.reason, "")
        elif verdict.standing is Standing.FROZEN:
            user_id = match.user.id if match and match.user else None
            self._note(Action.HOLD, person, user_id, Rule.QUARANTINED, f"is left alone: {verdict.reason}", verdict.cure)
        elif match is not None and match.problem:
            self._note(
                Action.HOLD, person, match.user.id if match.user else None, match.rule, match.problem, match.cure
            )
        elif match is not None:
            self._intend(match)

    def _intend(self, match: PersonMatch) -> None:
        """Notes how the user of a present person shall be, unless something forbids to touch it."""
        person, user = match.person, match.user
        places = self._places(person, user)
        if places is None or not self._has_its_glds(person, user):
            return
        if user is None:
            user = CertifyUser(id=pending(Subject.USER, person.key), email="", role=self._new_role(person))
        elif not user.active and not self._may_reactivate(user):
            self._note(
                Action.SKIP,
                person,
                user.id,
                Rule.INACTIVE_IN_CERTIFY,
                "is active in Intacct, but somebody other than this connector deactivated the Certify user, which stays inactive",
                "Reactivate the user in Certify by hand, or set people.reactivate to `always`.",
            )
            return
        elif not self._ours(match, user):
            return
        self.intended[person.key] = _Intended(match=match, user=self._shall_be(person, user, *places))

    def _shall_be(self, person: Person, user: CertifyUser, department: str, entity: str) -> CertifyUser:
        email = visible(person.email)
        if user.privileged and compared(email) != compared(user.email):
            self._note(
                Action.HOLD,
                person,
                user.id,
                Rule.PRIVILEGED_EMAIL,
                f"has the e-mail {email!r} in Intacct and {user.email!r} in Certify; the address of an administrator, treasurer or "
                "accountant is the key to their rights, so it is not changed",
                "Change the address in Certify by hand if it is right.",
            )
            email = user.email
        placed: dict[str, Any] = {self.known.entity_attribute: entity} if entity else {}
        return replace(
            user,
            email=user.email if compared(email) == compared(user.email) else email,
            first_name=clean_name(person.first_name),
            last_name=clean_name(person.last_name),
            employee_id=person.employee_id,
            department_id=department or user.department_id,
            active=True,
            **placed,
        )

    def _places(self, person: Person, user: CertifyUser | None) -> tuple[str, str] | None:
        """Certify IDs of department and entity, empty to keep what the user has; None when the person must wait for one."""
        code = person.department or self.settings.default_department
        department = self.known.departments.get(code, "")
        if code and not department:
            self._wait(person, user, "department", f"has the department {code!r}, which cannot be used in Certify")
            return None
        if not department and not (user and user.department_id):
            self._wait(person, user, "department", "has no department, and every Certify user must have one")
            return None
        if not (assigned := self.known.entity_attribute):
            return department, ""
        code = entity_of(person, self.known.intacct.locations, self.settings.entities)
        entity = self.known.entities.get(code, "")
        single = self.known.intacct.single_entity
        if person.location and not code and not single:
            self._wait(person, user, "entity", f"has the location {person.location!r}, which lies in no entity")
            return None
        if code and not entity:
            place = "has the location" if single else "belongs to the entity"
            self._wait(
                person, user, "location" if single else "entity", f"{place} {code!r}, which cannot be used in Certify"
            )
            return None
        if not entity and not single and not (user and getattr(user, assigned)):
            self._wait(person, user, "entity", "belongs to no entity, so nobody could tell where the expenses go")
            return None
        return department, entity

    def _has_its_glds(self, person: Person, user: CertifyUser | None) -> bool:
        """Whether the lists in Certify have what the user is to be given; else the person waits. They are given last."""
        source = self.settings.source(person.kind)
        try:
            if source is not None:
                given.glds(person, user, source, self.known.glds)
        except given.UnknownRow as unknown:
            self._note(
                Action.HOLD,
                person,
                user.id if user else None,
                Rule.GLD_UNKNOWN,
                str(unknown),
                f"Add it to the list in Certify ({unknown.place.menu}), correct it in Intacct, or map it under people.sources in "
                "connector.yaml.",
            )
            return False
        return True

    def _wait(self, person: Person, user: CertifyUser | None, what: str, reason: str) -> None:
        setting = "default_department" if what == "department" else "entities.default"
        rule = Rule.NO_DEPARTMENT if what == "department" else Rule.NO_ENTITY
        self._note(
            Action.HOLD,
            person,
            user.id if user else None,
            rule,
            reason,
            f"Correct the {what} in Intacct, or set people.{setting} in connector.yaml for people who have none.",
        )

    def _new_role(self, person: Person) -> str:
        source = self.settings.source(person.kind)
        role = self.settings.role_map.get(person.role, "") if source and source.role_field else ""
        return role if role and role != "Accountants" else self.settings.default_role

    def _may_reactivate(self, user: CertifyUser) -> bool:
        rule = self.settings.reactivate
        return rule == "always" or (rule == "ours" and user.id in self.ours)

    def _ours(self, match: PersonMatch, user: CertifyUser) -> bool:
        """Whether the user is, or may now come, under this connector's care."""
        if match.how in (How.LINK, How.RELEASE, How.PENDING) or may_adopt(match, user, self.settings.adoption):
            return True
        self.changes.append(not_adopted(match, user))
        return False

    def _settle(self, taken: Set[str]) -> None:
        """Refuses what would make doubles, keeps to the limit of creates, and writes the changes down.

        :param taken: users of people who are present
        """
        claims = [
            Claim(key=key, user=one.match.user, email=one.user.email, employee_id=one.user.employee_id)
            for key, one in self.intended.items()
        ]
        settled = settle(claims, self.known.certify.users, taken)
        for key, contest in sorted(settled.refused.items()):
            match = self.intended.pop(key).match
            cure = "Correct the one that is wrong. A user of Certify that is not needed any more can be given another e-mail"
            link = "; if it is the same person's, release the link to it" if contest.user_id else ""
            reason = f"is left alone: {contest.reason}"
            self._note(Action.HOLD, match.person, contest.user_id or None, Rule.CONTESTED, reason, f"{cure}{link}.")
        users = {user.id: user for user in self.known.certify.users}
        users |= {one.user.id: one.user for one in self.intended.values() if one.match.user}
        accountants = Accountants(self.settings.accountant, users.values())
        may_create = accountants.default is not None or not self.settings.accountant.default
        allowed = self._creates_allowed() if may_create else frozenset()
        for key in settled.order:
            intended = self.intended[key]
            if intended.match.user is None and key not in allowed:
                del self.intended[key]
                self._not_created(intended.match.person, "" if may_create else accountants.nobody)
                continue
            person, user = intended.match.person, intended.match.user
            chosen, problem = accountants.of(person, intended.user)
            if problem:
                cure = "Correct the accountant in Intacct, or the user in Certify."
                self._note(Action.HOLD, person, user.id if user else None, Rule.NO_ACCOUNTANT, problem, cure)
            if chosen:
                intended = replace(intended, user=replace(intended.user, accountant_id=chosen))
                self.intended[key] = intended
            self._write(intended)

    def _not_created(self, person: Person, no_accountant: str) -> None:
        """:param no_accountant: what the default accountant is who may not be one; empty where that is not why"""
        if no_accountant:
            reason = f"is not created: the default accountant {self.settings.accountant.default!r} is {no_accountant}"
            cure = "Correct people.accountant in connector.yaml, or the user in Certify."
            self._note(Action.HOLD, person, None, Rule.NO_ACCOUNTANT, reason, cure)
            return
        limit = self.settings.max_creates
        reason = f"is not created yet: people.max_creates is {limit} until a person releases creating"
        cure = "Look at the users that were created, then release creating."
        self._note(Action.HOLD, person, None, Rule.MAX_CREATES, reason, cure)

    def _creates_allowed(self) -> frozenset[str]:
        new = [key for key, one in self.intended.items() if one.match.user is None]
        if self.known.releases.creates:
            return frozenset(new)
        # A create whose answer was lost has been counted already.
        again = [key for key in new if key in self.links]
        first = sorted(
            (key for key in new if key not in self.links), key=lambda k: (self.intended[k].user.employee_id, k)
        )
        left = self.settings.max_creates - self.known.created
        return frozenset(again + first[: max(0, left)])

    def _write(self, intended: _Intended) -> None:
        match, then = intended.match, intended.user
        person, now = match.person, match.user
        if now is None:
            reason = f"{titled(person)} is active in Intacct and has no user in Certify."
            change = Change(
                subject=Subject.USER,
                action=Action.CREATE,
                key=person.employee_id,
                source_key=person.key,
                after=whole_record(then, welcome_mail=self.settings.welcome_mail),
                reason=reason,
            )
            self.changes.append(change)
            return
        before, after = differences(now, then)
        link = self.links.get(person.key)
        linked = link is not None and link.certify_id == now.id
        if after or not linked:
            said = f"differs in {', '.join(after)}" if after else "agrees in every field"
            reason = f"{titled(person)} {said}."
            if not linked:
                reason = f"{titled(person)} matches the Certify user {now.label} by {match.how} and is now kept in step; it {said}."
            change = Change(
                subject=Subject.USER,
                action=Action.UPDATE if linked else Action.ADOPT,
                key=person.employee_id,
                source_key=person.key,
                target_id=now.id,
                before=before,
                after=after,
                reason=reason,
                rule="" if linked else Rule[f"BY_{match.how.name}"],
            )
            self.changes.append(change)

    def _note(self, action: Action, person: Person, user_id: str | None, rule: str, reason: str, cure: str) -> None:
        self.changes.append(
            Change(
                subject=Subject.USER,
                action=action,
                key=person.employee_id,
                source_key=person.key,
                target_id=user_id,
                reason=f"{titled(person)} {reason.rstrip('.')}.",
                rule=rule,
                cure=cure,
            )
        )


def plan_people(known: PeopleSnapshot) -> PeoplePlan:
    """Plans creates, adoptions and updates of users, each difference and each refusal with its reason.

    A match by e-mail or EmployeeID counts; absence and quarantine change nothing; rights are never given or taken here.
    """
    return _Planner(known).plan()
