"""Years of a company, event by event: a human being never comes to have two users that are active, nor two users of one record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from certify_intacct.model.people import CertifyOrganization, Person, Releases, UserLink
from tests.rules.people.world import carried_out, certify, intacct, person, plan

HUMANS = st.sampled_from(["a", "b", "c"])


class Company(RuleBasedStateMachine):
    """Each human has records in Intacct, of which one at most is active; the plan is carried out every night."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, list[Person]] = {}
        self.certify: CertifyOrganization = certify()
        self.links: tuple[UserLink, ...] = ()
        self.numbers = 0
        self.released: set[tuple[str, str]] = set()

    def _record(self, human: str) -> Person:
        self.numbers += 1
        return person(self.numbers, email=f"{human}@example.com", last_name=human)

    @initialize()
    def begin(self) -> None:
        self.records = {human: [self._record(human)] for human in ("a", "b", "c")}

    def _last(self, human: str, **changes: object) -> None:
        self.records[human][-1] = replace(self.records[human][-1], **changes)  # type: ignore[arg-type]

    @rule(human=HUMANS, number=st.integers(0, 3))
    def moves_to_another_address_name_and_id(self, human: str, number: int) -> None:
        self._last(
            human, email=f"{human}{number}@example.com", last_name=f"{human} {number}", employee_id=f"{human}-{number}"
        )

    @rule(human=HUMANS)
    def leaves(self, human: str) -> None:
        self._last(human, active=False)

    @rule(human=HUMANS)
    def is_rehired_under_the_old_record(self, human: str) -> None:
        self._last(human, active=True)

    @precondition(lambda self: self.numbers < 12)
    @rule(human=HUMANS)
    def is_rehired_under_a_new_record_with_the_old_address(self, human: str) -> None:
        old = self.records[human][-1].email
        self._last(human, active=False)
        self.records[human].append(replace(self._record(human), email=old))

    @rule(human=HUMANS)
    def somebody_links_the_newest_record_to_the_old_user(self, human: str) -> None:
        keys = {one.key for one in self.records[human]}
        mine = [link.certify_id for link in self.links if link.person_key in keys and link.certify_id]
        if mine:
            self.released = {(self.records[human][-1].key, mine[0])}

    @rule()
    def night(self) -> None:
        source = intacct(*(one for records in self.records.values() for one in records))
        changes = plan(
            source, self.certify, *self.links, releases=Releases(creates=True, deactivations=True, links=frozenset(self.released)),
            deactivation={"guard_floor": 99},
        )  # fmt: skip
        self.certify, self.links = carried_out(changes, self.certify, self.links)
        self.released = set()

    @invariant()
    def nobody_has_two_active_users(self) -> None:
        users = {user.id: user for user in self.certify.users}
        of_record = {link.person_key: link.certify_id for link in self.links}
        for human, records in self.records.items():
            active = {
                of_record[one.key] for one in records if of_record.get(one.key) and users[of_record[one.key]].active
            }
            assert len(active) <= 1, human

    @invariant()
    def no_user_belongs_to_two_records_and_no_address_to_two_users(self) -> None:
        assert max(Counter(link.certify_id for link in self.links).values(), default=0) <= 1
        assert max(Counter(user.email for user in self.certify.users).values(), default=0) <= 1


def test_nobody_comes_to_have_two_users_whatever_happens() -> None:
    run_state_machine_as_test(Company, settings=settings(max_examples=60, stateful_step_count=25, deadline=None))
