"""Second approvers, one rule at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from certify_intacct.model.people import LastTold
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, rules, user, value

ABOVE = {"approvers": {"second": "supervisors_supervisor"}}
MANAGERS = [user(number, role="Managers") for number in (2, 3)]
LINKS = link(1), link(2), link(3)


def chain():
    """Person 1 below person 2 below person 3."""
    return intacct(person(1, supervisor="E2"), person(2, supervisor="E3"), person(3))


def test_the_supervisors_supervisor_is_the_second_approver() -> None:
    below, boss = user(1, first_approver_id="u2"), replace(MANAGERS[0], first_approver_id="u3")
    change = only(plan(chain(), certify(below, boss, MANAGERS[1]), *LINKS, **ABOVE))
    assert (change.key, change.before, change.after) == ("E1", {"SecondApproverID": ""}, {"SecondApproverID": "u3"})
    assert "the supervisor's supervisor in Intacct" in change.reason


def test_nothing_is_touched_unless_it_is_asked_for() -> None:
    below, boss = user(1, first_approver_id="u2", second_approver_id="u9"), replace(MANAGERS[0], first_approver_id="u3")
    assert plan(chain(), certify(below, boss, MANAGERS[1]), *LINKS) == []


def test_both_are_given_to_somebody_who_is_created() -> None:
    target = certify(replace(MANAGERS[0], first_approver_id="u3"), MANAGERS[1])
    changes = plan(chain(), target, link(2), link(3), **ABOVE)
    assert [change.after for change in changes[1:]] == [{"FirstApproverID": "u2"}, {"SecondApproverID": "u3"}]


def test_the_head_of_the_department_unless_that_is_the_first_approver() -> None:
    heads = {"department": (replace(value("10", "Sales"), supervisor="E3"), value("20", "Support"))}
    settings = {"approvers": {"second": "department_supervisor"}}
    source = intacct(person(1, supervisor="E2"), person(2, supervisor="E3"), person(3, department="20"), **heads)
    target = certify(
        user(1, first_approver_id="u2"), replace(MANAGERS[0], first_approver_id="u3"),
        replace(MANAGERS[1], department_id="d20"),
    )  # fmt: skip
    change = only(plan(source, target, *LINKS, **settings))
    assert (change.key, change.after) == ("E1", {"SecondApproverID": "u3"})


def field(name: str) -> tuple:
    sources = [{"kind": "employee", "second_approver_field": "APPROVER2"}]
    settings = {"approvers": {"first": "none", "second": "field"}, "sources": sources}
    return intacct(person(1, further={"second_approver": name}), person(2), person(3)), settings


def test_a_field_of_intacct_names_it() -> None:
    source, settings = field("E2")
    change = only(plan(source, certify(user(1), *MANAGERS), *LINKS, **settings))
    assert change.after == {"SecondApproverID": "u2"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("E1", "is their own second approver in Intacct"),
        ("E7", "whose Certify user cannot be told beyond doubt"),
        ("E3", "whose Certify role Employees may not approve"),
    ],
)
def test_who_may_not_be_it_is_named_and_the_old_one_stays(name: str, said: str) -> None:
    source, settings = field(name)
    old = user(1, second_approver_id="u2")
    note = only(plan(source, certify(old, MANAGERS[0], user(3)), *LINKS, **settings))
    assert (note.rule, note.after) == ("no_approver", {})
    assert said in note.reason
    assert "the second approver stays as it is" in note.reason


def test_who_left_is_none_and_the_default_fills_a_gap() -> None:
    source, settings = field("E2")
    left = replace(source, people=(source.people[0], replace(source.people[1], active=False), source.people[2]))
    settings["approvers"] |= {"second_default": "p3@example.com"}
    settings["deactivation"] = {"guard_floor": 0, "guard_share": "0"}
    note, change, *_ = plan(left, certify(user(1), *MANAGERS), *LINKS, **settings)
    assert (note.rule, "the default one is taken" in note.reason) == ("no_approver", True)
    assert change.after == {"SecondApproverID": "u3"}


def test_nobody_comes_to_approve_for_themselves_by_any_way() -> None:
    """u2 is the first approver of u1, and u1 would be the second one of u2."""
    sources = [{"kind": "employee", "second_approver_field": "APPROVER2"}]
    settings = {"approvers": {"second": "field"}, "sources": sources}
    source = intacct(person(1, supervisor="E2"), person(2, further={"second_approver": "E1"}))
    target = certify(user(1, role="Managers", first_approver_id="u2"), MANAGERS[0])
    note = only(plan(source, target, link(1), link(2), **settings))
    assert (note.rule, note.key) == ("approver_loop", "E2")
    # Corrected in Intacct it is no loop any more.
    cured = intacct(person(1, supervisor="E2"), person(2))
    assert plan(cured, target, link(1), link(2), **settings) == []


def test_an_old_one_that_closes_a_loop_gives_way_to_the_default_or_is_named() -> None:
    """u1 has become the boss of u2, whose second approver u1 was by u2's being above."""
    settings = {"approvers": {"second": "supervisors_supervisor", "second_default": ""}}
    source = intacct(person(1), person(2, supervisor="E1"))
    target = certify(
        user(1, role="Managers", second_approver_id="u2"), replace(MANAGERS[0], first_approver_id="u1"),
        user(9, role="Executives"),
    )  # fmt: skip
    note = only(plan(source, target, link(1), link(2), **settings))
    assert (note.rule, note.key) == ("approver_loop", "E1")
    settings["approvers"]["second_default"] = "p9@example.com"
    changes = plan(source, target, link(1), link(2), **settings)
    assert ("E1", {"SecondApproverID": "u9"}) in [(change.key, change.after) for change in acting(changes)]
    # Somebody gives another one in Certify: the cure of the note.
    other = certify(replace(target.users[0], second_approver_id="u9"), *target.users[1:])
    settings["approvers"]["second_default"] = ""
    assert plan(source, other, link(1), link(2), **settings) == []


def test_whoever_is_a_second_approver_is_not_lowered_and_is_raised_where_that_is_asked_for() -> None:
    sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
    source = intacct(person(2, role="Employee"))
    assert plan(source, certify(MANAGERS[0], user(8, second_approver_id="u2")), link(2), sources=sources) == []
    named, settings = field("E2")
    settings["approvers"] |= {"promote": True}
    changes = plan(named, certify(user(1), user(2), MANAGERS[1]), *LINKS, **settings)
    assert [(change.key, change.after) for change in changes] == [
        ("E2", {"Role": "Managers"}),
        ("E1", {"SecondApproverID": "u2"}),
    ]


def test_one_that_certify_does_not_keep_is_not_sent_again() -> None:
    source, settings = field("E2")
    told = {("u1", "SecondApproverID"): LastTold("", "u2")}
    note = only(plan(source, certify(user(1), *MANAGERS), *LINKS, told=told, **settings))
    assert note.rule == "not_kept"
    assert "is to have p2@example.com (EmployeeID E2) as the second approver in Certify" in note.reason
    assert plan(source, certify(user(1, second_approver_id="u2"), *MANAGERS), *LINKS, told=told, **settings) == []


@pytest.mark.parametrize(
    "people",
    [
        {"approvers": {"second": "field"}},
        {"sources": [{"kind": "employee", "second_approver_field": "X"}]},
        {"approvers": {"second_default": "E1"}},
    ],
)
def test_what_says_nothing_is_refused(people: dict) -> None:
    with pytest.raises(ValidationError, match="second"):
        plan(intacct(), certify(), **people)


def test_rules_are_told_apart() -> None:
    below, boss = user(1, first_approver_id=""), replace(MANAGERS[0], first_approver_id="u3")
    assert rules(plan(chain(), certify(below, boss, MANAGERS[1]), *LINKS, **ABOVE)) == [
        "first_approver",
        "second_approver",
    ]
