"""Approvers, one rule at a time, as a person would put it."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.changes import Subject
from certify_intacct.rules.people.approver_graph import loops
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


DEFAULT = {"approvers": {"default": "p9@example.com"}}


def test_a_deputy_promoted_above_the_boss_breaks_the_old_loop_by_the_default_approver() -> None:
    """u2 approved for u1; now u1 is above u2 and has nobody above in Intacct."""
    chief = user(9, role="Executives")
    target = certify(
        user(1, role="Managers", first_approver_id="u2"), user(2, role="Managers", first_approver_id="u9"), chief
    )
    source, links = intacct(person(1), person(2, supervisor="E1")), (link(1), link(2))
    changes = plan(source, target, *links, **DEFAULT)
    assert [(change.key, change.after) for change in changes] == [
        ("E1", {"FirstApproverID": "u9"}),
        ("E2", {"FirstApproverID": "u1"}),
    ]
    assert "loop" in changes[0].reason
    # A supervisor who cannot be found counts like none, and the note says what became of it.
    unknown = intacct(person(1, supervisor="E7"), person(2, supervisor="E1"))
    noted, *acts = plan(unknown, target, *links, **DEFAULT)
    assert [change.key for change in acts] == ["E1", "E2"]
    assert (noted.rule, "the default approver is taken" in noted.reason) == ("no_approver", True)
    # Without a default approver the old one is kept, and the loop is named.
    assert rules(plan(source, target, *links)) == ["approver_loop"]
    # Approvers that are kept by hand are nobody's business.
    assert plan(source, target, *links, approvers={"default": "p9@example.com", "first": "none"}) == []


def test_a_loop_that_stood_there_before_is_broken_as_well() -> None:
    chief = user(9, role="Executives")
    target = certify(
        user(1, role="Managers", first_approver_id="u2"), user(2, role="Managers", first_approver_id="u1"), chief
    )
    changes = plan(intacct(person(1), person(2, supervisor="E1")), target, link(1), link(2), **DEFAULT)
    assert [(change.key, change.after) for change in changes] == [("E1", {"FirstApproverID": "u9"})]


def test_a_default_approver_who_stands_in_the_loop_breaks_nothing() -> None:
    boss = user(9, role="Executives", first_approver_id="u1")
    target = certify(user(1, role="Managers", first_approver_id="u9"), boss)
    assert plan(intacct(person(1), person(9, supervisor="E1")), target, link(1), link(9), **DEFAULT) == []
