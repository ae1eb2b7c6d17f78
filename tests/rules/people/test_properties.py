"""What must be true of every plan, whatever the two services hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import event, given, settings
from hypothesis import strategies as st

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.model.people import CertifyUser
from certify_intacct.rules.people.approver_graph import closes_loop, leads_to
from certify_intacct.rules.people.organization import plan_organization
from tests.rules.people.chaos import worlds
from tests.rules.people.world import TODAY, World, acting, carried_out, folded_emails

# What is written first: lists, people, and last what leaves the lists.
ORDER = [
    *(row.subject for row in DIMENSIONS),
    Subject.USER,
    Subject.APPROVER,
    Subject.USER_FIELDS,
    Subject.USER_DEACTIVATION,
    *(row.deactivation for row in DIMENSIONS),
]
MANY = settings(max_examples=200, deadline=None)


def planned(world: World) -> list:
    source, target, memory, configuration = world
    return plan_organization(
        source,
        target,
        memory,
        configuration.people,
        configuration.dimensions,
        employee_vendor_types=["Employee"],
        today=TODAY,
    )


@MANY
@given(worlds())
def test_carrying_a_plan_out_and_planning_again_changes_nothing(world: World) -> None:
    source, target, memory, configuration = world
    changes = planned(world)
    for change in changes:
        event(f"{change.subject} {change.action} {change.rule}")
    target, links = carried_out(changes, target, memory.links)
    lost = {link.person_key for link in memory.links if not link.certify_id}
    new = [change for change in changes if _creates_user(change) and change.source_key not in lost]
    later = replace(memory, links=links, created=memory.created + len(new))
    again = planned((source, target, later, configuration))
    assert acting(again) == []


@MANY
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(world: World, random: Random) -> None:
    source, target, memory, configuration = world

    def shuffled(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    other = (
        replace(source, people=shuffled(source.people)),
        replace(
            target,
            lists={name: shuffled(items) for name, items in target.lists.items()},
            users=shuffled(target.users),
        ),
        replace(memory, links=shuffled(memory.links)),
        configuration,
    )
    assert planned(other) == planned(world)


@MANY
@given(worlds())
def test_absence_and_quarantine_deactivate_nobody(world: World) -> None:
    source, target, memory, configuration = world
    stays = [replace(one, active=one.active or None, end_date=None) for one in source.people]
    silent = replace(source, people=tuple(one for one in stays if one.frozen), deletions=())
    frozen = replace(source, people=tuple(replace(one, frozen="refused") for one in stays), deletions=())
    incomplete = replace(source, complete=False)
    for quiet in (silent, frozen, incomplete):
        changes = acting(planned((quiet, target, memory, configuration)))
        assert not [change for change in changes if change.subject is Subject.USER_DEACTIVATION]
        assert not [change for change in changes if change.after.get("Active") == 0 and "user" in change.subject]


@MANY
@given(worlds())
def test_what_else_stands_in_the_record_of_a_leaver_changes_nothing(world: World) -> None:
    """Whoever has left by status or end date has left, with a whole record or a broken one."""
    source, target, memory, configuration = world

    def deactivated(people: list) -> list:
        changes = planned((replace(source, people=tuple(people)), target, memory, configuration))
        return [change.source_key for change in changes if change.subject is Subject.USER_DEACTIVATION]

    broken = [
        replace(one, frozen="refused", department="gone", supervisor="gone") if one.active is False else one
        for one in source.people
    ]
    whole = [replace(one, frozen="") if one.active is False else one for one in source.people]
    assert deactivated(broken) == deactivated(whole)


@MANY
@given(worlds())
def test_only_linked_users_without_rights_are_deactivated(world: World) -> None:
    _, target, memory, _ = world
    users = {user.id: user for user in target.users}
    after, links = carried_out(planned(world), target, memory.links)
    linked = {link.certify_id for link in links}
    final = {user.id: user for user in after.users}
    needed = {
        one
        for user in final.values()
        if user.active
        for one in (user.first_approver_id, user.second_approver_id, user.accountant_id)
    }
    for user_id in (one for one in users if users[one].active and not final[one].active):
        assert user_id in linked
        assert not users[user_id].privileged
        assert user_id not in needed
        assert not [
            report
            for report in target.unprocessed
            if report.employee_id and report.employee_id == users[user_id].employee_id
        ]


@MANY
@given(worlds())
def test_no_loop_of_approvers_is_made_at_any_moment(world: World) -> None:
    _, target, memory, _ = world
    changes = acting(planned(world))
    before = {user.id: user.first_approver_id for user in target.users}
    for done in range(len(changes) + 1):
        after, _ = carried_out(changes[:done], target, memory.links)
        edges = {user.id: user.first_approver_id for user in after.users}
        for user_id, approver in edges.items():
            if approver != before.get(user_id, ""):
                assert approver
                assert not closes_loop(edges, user_id, approver)


@MANY
@given(worlds())
def test_no_second_approver_by_whom_anybody_approves_for_themselves_is_given(world: World) -> None:
    _, target, memory, configuration = world
    changes = planned(world)
    given_one = {change.target_id or change.source_key for change in changes if "SecondApproverID" in change.after}
    after, _ = carried_out(changes, target, memory.links)
    before = {user.id: user for user in target.users}
    graph = {user.id: [*filter(None, [user.first_approver_id, user.second_approver_id])] for user in after.users}
    for user in after.users:
        old = before[user.id].second_approver_id if user.id in before else ""
        if user.second_approver_id != old:
            event("a second approver is given")
            assert configuration.people.approvers.second != "none"
            assert user.second_approver_id
            assert user.second_approver_id != user.first_approver_id
            assert not leads_to(graph, user.second_approver_id, user.id)
    assert len(given_one) >= sum(
        user.second_approver_id != before[user.id].second_approver_id for user in after.users if user.id in before
    )


@MANY
@given(worlds())
def test_what_no_source_names_is_left_as_it_is_and_no_field_is_emptied(world: World) -> None:
    _, target, memory, configuration = world
    after, links = carried_out(planned(world), target, memory.links)
    before = {user.id: user for user in target.users}
    kinds = {link.certify_id: link.kind for link in links}
    for user in after.users:
        if user.id not in before:
            continue
        source = configuration.people.source(kinds[user.id]) if user.id in kinds else None
        words = source.fields.keys() if source else ()
        for word, attribute in {
            "employee_gld/3": "emp_gld3_id",
            "currency": "currency",
            "language": "language",
        }.items():
            old, new = getattr(before[user.id], attribute), getattr(user, attribute)
            assert new or not old
            assert new == old or word in words


@MANY
@given(worlds())
def test_no_double_is_made_and_no_rights_are_given(world: World) -> None:
    _, target, memory, _ = world
    changes = planned(world)
    after, links = carried_out(changes, target, memory.links)
    emails, emails_before = folded_emails(after.users), folded_emails(target.users)
    assert not [one for one, count in emails.items() if count > max(1, emails_before[one])]
    ids, ids_before = _active_ids(after.users), _active_ids(target.users)
    assert not [one for one, count in ids.items() if count > max(1, ids_before[one])]
    assert max(Counter(link.certify_id for link in links if link.certify_id).values(), default=0) <= 1
    users = {user.id: user for user in target.users}
    for user in after.users:
        assert user.role != "Accountants" or users[user.id].role == "Accountants"
        assert user.email
        assert user.department_id or not users.get(user.id, user).department_id
    assert [change.subject for change in changes] == sorted((change.subject for change in changes), key=ORDER.index)


@MANY
@given(worlds())
def test_creates_stay_within_the_limit_until_released(world: World) -> None:
    _, target, memory, configuration = world
    locked = replace(memory, releases=replace(memory.releases, creates=False))
    changes = planned((world[0], target, locked, configuration))
    again = {link.person_key for link in memory.links}
    new = [change for change in changes if _creates_user(change) and change.source_key not in again]
    assert len(new) <= max(0, configuration.people.max_creates - memory.created)


def _creates_user(change: Change) -> bool:
    return change.action is Action.CREATE and change.subject is Subject.USER


def _active_ids(users: tuple[CertifyUser, ...]) -> Counter[str]:
    return Counter(user.employee_id.strip().upper() for user in users if user.active and user.employee_id)
