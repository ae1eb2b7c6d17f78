"""Approvers, one rule at a time, as a person would put it."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.changes import Subject
from certify_intacct.rules.people.approvers import loops
from tests.rules.people.world import acting, certify, intacct, link, person, plan, rules, user


def test_a_supervisor_who_is_created_in_the_same_plan_becomes_the_approver() -> None:
    source = intacct(person(1, supervisor="E2"), person(2, role="Manager"))
    sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
    everybody = intacct(replace(source.people[0], role="Employee"), source.people[1])
    changes = plan(everybody, certify(), sources=sources)
    assert [change.subject for change in changes] == [Subject.USER, Subject.USER, Subject.APPROVER]
    assert changes[2].after == {"FirstApproverID": "@user:employee/2"}


def test_promotion_only_when_configured_and_before_the_assignment() -> None:
    source, target = intacct(person(1, supervisor="E2"), person(2)), certify(user(1), user(2))
    assert rules(plan(source, target, link(1), link(2))) == ["no_approver"]
    changes = plan(source, target, link(1), link(2), approvers={"promote": True})
    assert [(change.key, change.after) for change in changes] == [
        ("E2", {"Role": "Managers"}),
        ("E1", {"FirstApproverID": "u2"}),
    ]


def test_a_missing_approver_keeps_the_old_one() -> None:
    for supervisor in (person(2, active=False), person(2, frozen="no e-mail"), person(1, supervisor="E1")):
        people = (person(1, supervisor="E2"), supervisor) if supervisor.record_no == "2" else (supervisor,)
        changes = plan(intacct(*people), certify(user(1, first_approver_id="u9")), link(1))
        assert not [change for change in acting(changes) if change.subject is Subject.APPROVER]
        assert "no_approver" in rules(changes)


def test_nobody_approves_for_themselves_and_the_default_fills_a_gap() -> None:
    settings = {"approvers": {"default": "p9@example.com"}}
    chief, mine = user(9, role="Executives"), person(1, supervisor="E1")
    changes = plan(intacct(mine), certify(user(1), chief), link(1), **settings)
    assert [change.after for change in acting(changes)] == [{"FirstApproverID": "u9"}]
    assert plan(intacct(person(9)), certify(chief), link(9), **settings) == []


def test_loops_are_found_and_changing_places_is_none() -> None:
    assert set(loops({}, {"a": "b", "b": "c", "c": "a"})) == {"a", "b", "c"}
    assert set(loops({"b": "c", "c": "a"}, {"a": "b"})) == {"a"}
    assert loops({"a": "b"}, {"b": "a", "a": "c"}) == {}
    assert loops({"a": "b", "b": "a"}, {"c": "a"}) == {}


def test_a_role_is_lowered_only_when_nobody_names_the_user_as_approver() -> None:
    sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
    source, managers = intacct(person(2, role="Employee")), user(2, role="Managers")
    assert rules(plan(source, certify(managers), link(2), sources=sources)) == ["lowered_role"]
    assert plan(source, certify(managers, user(1, first_approver_id="u2")), link(2), sources=sources) == []
