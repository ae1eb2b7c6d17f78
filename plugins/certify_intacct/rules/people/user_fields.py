"""What users are given besides: Employee GLDs by fields of Intacct, currency, language and culture.

Clients of Certify's API read these, and nobody is known to write them. So they are changes of their own, that a refusal keeps nothing
else of a user, and what Certify does not keep is not sent every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from certify_intacct.model.changes import Action, Change, Subject, parse_pending
from certify_intacct.model.configuration.people import Source
from certify_intacct.model.configuration.user_fields import TEXTS, unusable
from certify_intacct.model.dimensions import GLD_NUMBERS, CertifyPlace, PlaceKind
from certify_intacct.model.people import CertifyUser, Person, gld_attribute
from certify_intacct.model.rules import Rule
from certify_intacct.rules.people.given import NOT_KEPT_CURE, glds, not_kept, not_kept_reason, texts
from certify_intacct.rules.people.people_plan import PeoplePlan, PeopleSnapshot
from certify_intacct.rules.people.users import FURTHER_WIRE, WIRE, differences, titled

#: What such a change gives; each kind is sent by itself.
KINDS = EMPLOYEE_GLDS, USER_TEXTS = "employee_glds", "user_texts"


@dataclass(frozen=True, kw_only=True)
class UserFieldsPlan:
    """The changes, and the users as they then are."""

    changes: tuple[Change, ...]
    users: Mapping[str, CertifyUser]


def plan_user_fields(known: PeopleSnapshot, plan: PeoplePlan, users: Mapping[str, CertifyUser]) -> UserFieldsPlan:
    """Plans them for everybody whom the plan keeps in step.

    :param users: as the plan leaves them until here
    """
    people = {person.key: person for person in known.intacct.people}
    giver = _Giver(known, dict(users))
    for key, user_id in sorted(plan.managed.items()):
        if (source := known.settings.source(people[key].kind)) and source.fields:
            giver.give(people[key], user_id, source)
    return UserFieldsPlan(changes=tuple(giver.changes), users=giver.users)


@dataclass
class _Giver:
    known: PeopleSnapshot
    users: dict[str, CertifyUser]
    changes: list[Change] = field(default_factory=list)

    def give(self, person: Person, user_id: str, source: Source) -> None:
        user = self.users[user_id]
        self._change(person, user_id, EMPLOYEE_GLDS, WIRE, glds(person, user, source, self.known.glds))
        usable = {}
        for word, value in texts(person, user, source).items():
            if why := unusable(word, value):
                reason = f"is to have {value!r} as {word} in Certify, which is {why}"
                cure = "Correct it in Intacct, or map it under people.sources in connector.yaml."
                self._hold(person, user, Rule.USER_FIELD, reason, cure)
            else:
                usable[TEXTS[word]] = value
        self._change(person, user_id, USER_TEXTS, FURTHER_WIRE, usable)

    def _change(
        self, person: Person, user_id: str, kind: str, wire: Mapping[str, str], wanted: Mapping[str, str]
    ) -> None:
        user = self.users[user_id]
        then = replace(user, **self._kept(person, user, wire, wanted.items()))  # type: ignore[arg-type]
        before, after = differences(user, then, wire)
        self.users[user_id] = then
        if after:
            self.changes.append(
                Change(
                    subject=Subject.USER_FIELDS,
                    action=Action.UPDATE,
                    key=person.employee_id,
                    source_key=person.key,
                    target_id=None if parse_pending(user_id) else user_id,
                    before=before,
                    after=after,
                    reason=f"{titled(person)} differs in {', '.join(after)}.",
                    rule=kind,
                )
            )

    def _kept(
        self, person: Person, user: CertifyUser, wire: Mapping[str, str], wanted: Iterable[tuple[str, str]]
    ) -> dict[str, str]:
        """Those that Certify may still take."""
        sent = {}
        for attribute, value in wanted:
            now = getattr(user, attribute)
            last = not_kept(self.known.told, user.id, wire[attribute], now, value)
            if last and now != value:
                reason = not_kept_reason(last, *self._in_words(attribute, now, value))
                self._hold(person, user, Rule.NOT_KEPT, reason, NOT_KEPT_CURE)
            else:
                sent[attribute] = value
        return sent

    def _in_words(self, attribute: str, now: str, then: str) -> tuple[str, str, str]:
        """A field and two values of it, as a person calls them: rows of a GLD by their codes."""
        number = next((number for number in GLD_NUMBERS if gld_attribute(number) == attribute), 0)
        if not number:
            return attribute, repr(now) if now else "", repr(then)
        codes = {row: code for code, row in self.known.glds.get(number, {}).items()}
        shown = repr(codes[now]) if now in codes else "another row" if now else ""
        return CertifyPlace(PlaceKind.EMPLOYEE_GLD, number).label, shown, repr(codes[then])

    def _hold(self, person: Person, user: CertifyUser, rule: Rule, reason: str, cure: str) -> None:
        self.changes.append(
            Change(
                subject=Subject.USER_FIELDS,
                action=Action.HOLD,
                key=person.employee_id,
                source_key=person.key,
                target_id=None if parse_pending(user.id) else user.id,
                reason=f"{titled(person)} {reason}.",
                rule=rule,
                cure=cure,
            )
        )
