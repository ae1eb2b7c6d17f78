"""Who is who, one rule at a time, as a person would put it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certify_intacct.model.changes import Action
from certify_intacct.model.people import (
    CertifyUser,
    LinkOrigin,
    Person,
    PersonKind,
    Releases,
    UserLink,
)
from certify_intacct.rules.people.contested import Claim, settle
from tests.rules.people.world import TODAY, acting, certify, intacct, link, only, person, plan, rules, user


def test_a_new_person_is_created_without_a_welcome_mail() -> None:
    change = only(plan(intacct(person(location="101")), certify()))
    assert change.action is Action.CREATE
    assert change.after["SendWelcomeEmail"] == 0
    assert (change.after["Email"], change.after["DepartmentID"], change.after["EmpGLD1ID"]) == (
        "p1@example.com",
        "d10",
        "g100",
    )


def test_nobody_is_adopted_who_is_not_listed() -> None:
    assert rules(plan(intacct(person()), certify(user()))) == ["not_adopted"]
    change = only(plan(intacct(person()), certify(user()), adoption={"employee_ids": ["E1"]}))
    assert (change.action, change.after) == (Action.ADOPT, {})


def test_the_agreeing_policy_wants_a_second_trait() -> None:
    settings = {"adoption": {"policy": "agreeing"}}
    assert only(plan(intacct(person()), certify(user(email="other@example.com")), **settings)).action is Action.ADOPT
    stranger = user(email="other@example.com", last_name="Chan")
    assert rules(plan(intacct(person()), certify(stranger), **settings)) == ["not_adopted"]
    assert rules(plan(intacct(person()), certify(user(full_administrator=True)), **settings)) == ["not_adopted"]


def test_employee_id_is_exact_and_email_folds_case() -> None:
    listed = {"adoption": {"employee_ids": ["E1"]}}
    shouted = user(employee_id="", email="P1@EXAMPLE.COM")
    assert only(plan(intacct(person()), certify(shouted), **listed)).after == {"EmployeeID": "E1"}
    blank = user(employee_id="E1 ", email="other@example.com")
    assert rules(plan(intacct(person()), certify(blank), **listed)) == ["looks_like"]


def test_a_link_outlives_a_new_name_email_and_id() -> None:
    moved = person(employee_id="E77", email="ana.chan@example.com", last_name="Chan")
    change = only(plan(intacct(moved), certify(user()), link()))
    assert change.action is Action.UPDATE
    assert change.after == {"Email": "ana.chan@example.com", "LastName": "Chan", "EmployeeID": "E77"}


def test_one_email_on_two_people_is_refused() -> None:
    changes = plan(intacct(person(1), person(2, email="P1@example.com")), certify(), max_creates=9)
    assert rules(changes) == ["contested", "contested"]


def test_a_link_is_offered_where_a_new_record_wants_what_one_user_has_whom_nobody_else_is() -> None:
    twins = plan(intacct(person(1), person(2, email="P1@example.com")), certify(), max_creates=9)
    moved = plan(intacct(person(1, email="p2@example.com")), certify(user(1), user(2)), link(1))
    swapped = plan(
        intacct(person(1, email="p2@example.com"), person(2, email="p1@example.com")),
        certify(user(1), user(2)),
        link(1),
        link(2),
    )
    for changes in (twins, moved, swapped):
        contested = [change for change in changes if change.rule == "contested"]
        # With a user of their own, a link to another would leave a double behind; two of Intacct have nobody to be linked to.
        assert contested
        assert {(change.target_id, "release the link" in change.cure) for change in contested} == {(None, False)}


@pytest.mark.parametrize(
    ("owner", "theirs", "links"),
    [
        (person(1, frozen="bad"), user(1), [link(1)]),
        (person(1, frozen="bad"), user(1), []),
        (person(1, department=""), user(1, department_id=""), [link(1)]),
        (person(1, start_date=TODAY + timedelta(days=90)), user(1, active=False), [link(1)]),
    ],
    ids=["quarantined", "quarantined and not linked", "without a department", "back in some weeks"],
)
def test_no_link_is_offered_to_the_user_of_somebody_present_who_waits(
    owner: Person, theirs: CertifyUser, links: list[UserLink]
) -> None:
    changes = plan(intacct(owner, person(2, email="p1@example.com")), certify(theirs), *links)
    (contested,) = (change for change in changes if change.rule == "contested")
    assert (contested.source_key, contested.target_id) == ("employee/2", None)
    assert "release the link" not in contested.cure


def test_a_link_is_offered_to_the_user_of_a_record_for_which_another_speaks_by_now() -> None:
    before = person(1, kind=PersonKind.VENDOR, employee_id="V1", vendor_type="Employee", individual=True)
    now = person(2, email="p1@example.com")
    changes = plan(
        intacct(before, now),
        certify(user(1, employee_id="V1")),
        link(1, person_key=before.key),
        sources=[{"kind": "employee"}, {"kind": "vendor"}],
    )
    assert [(change.source_key, change.rule, change.target_id) for change in changes] == [
        ("vendor/1", "not_selected", "u1"),
        ("employee/2", "contested", "u1"),
    ]


def test_no_user_is_offered_to_two() -> None:
    claims = [
        Claim(key="employee/2", user=None, email="p1@example.com", employee_id="E2"),
        Claim(key="employee/3", user=None, email="p3@example.com", employee_id="E1"),
    ]
    alone, both = settle(claims[:1], [user(1)]), settle(claims, [user(1)])
    assert [contest.user_id for contest in alone.refused.values()] == ["u1"]
    assert [contest.user_id for contest in both.refused.values()] == ["", ""]


def test_one_employee_id_on_two_users_is_refused() -> None:
    assert rules(plan(intacct(person()), certify(user(), user(2, employee_id="E1")))) == ["ambiguous"]


def test_an_address_passes_on_from_one_to_another_in_the_right_order() -> None:
    source = intacct(person(1, email="p2@example.com"), person(2, email="new@example.com"))
    changes = plan(source, certify(user(1), user(2)), link(1), link(2))
    assert [change.key for change in changes] == ["E2", "E1"]


def test_addresses_are_not_swapped() -> None:
    source = intacct(person(1, email="p2@example.com"), person(2, email="p1@example.com"))
    assert rules(plan(source, certify(user(1), user(2)), link(1), link(2))) == ["contested", "contested"]


def test_a_create_whose_answer_was_lost_is_taken_up_not_repeated() -> None:
    lost = link(certify_id=None, origin=LinkOrigin.CREATED)
    found = user(employee_id="", first_name="", last_name="", department_id="", emp_gld1_id="")
    change = only(plan(intacct(person()), certify(found), lost, max_creates=0))
    assert (change.action, change.rule, change.target_id) == (Action.ADOPT, "by_pending", "u1")
    assert only(plan(intacct(person()), certify(), lost, max_creates=0)).action is Action.CREATE


def test_a_rehired_person_with_a_new_record_needs_a_release() -> None:
    source = intacct(person(1, active=False), person(2, email="p1@example.com"))
    changes = plan(source, certify(user(1)), link(1))
    assert rules(changes) == ["contested", "claimed"]
    assert (changes[0].target_id, "release the link" in changes[0].cure) == ("u1", True)
    released = Releases(links=frozenset({("employee/2", "u1")}))
    change = only(plan(source, certify(user(1)), link(1), releases=released))
    assert (change.action, change.source_key, change.target_id) == (Action.ADOPT, "employee/2", "u1")


def test_creates_wait_for_a_release_after_the_first_few() -> None:
    everybody = intacct(*(person(number) for number in range(1, 9)))
    changes = plan(everybody, certify())
    assert [change.action for change in changes].count(Action.CREATE) == 5
    assert rules(changes).count("max_creates") == 3
    assert len(acting(plan(everybody, certify(), releases=Releases(creates=True)))) == 8
