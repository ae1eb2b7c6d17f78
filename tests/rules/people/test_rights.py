"""Roles and rights, one rule at a time, as a person would put it."""

from __future__ import annotations

from dataclasses import replace

from certify_intacct.model.changes import Action
from tests.rules.people.world import certify, intacct, link, only, person, plan, rules, user


def test_accountants_are_never_made() -> None:
    sources = [{"kind": "employee", "role_field": "CERTIFY_ROLE"}]
    changes = plan(intacct(person(role="Accountant")), certify(), sources=sources)
    assert changes[0].after["Role"] == "Employees"
    assert (changes[1].action, changes[1].rule) == (Action.SKIP, "rights")


def test_the_address_of_an_administrator_is_not_changed() -> None:
    changes = plan(
        intacct(person(email="thief@example.com", last_name="Chan")), certify(user(full_administrator=True)), link()
    )
    assert rules(changes) == ["privileged_email", ""]
    assert changes[1].after == {"LastName": "Chan"}


def test_who_was_deactivated_by_somebody_else_stays_inactive() -> None:
    sleeping = certify(user(active=False))
    assert rules(plan(intacct(person()), sleeping, link())) == ["inactive_in_certify"]
    assert only(plan(intacct(person()), sleeping, link(deactivated=True))).after == {"Active": 1}
    assert only(plan(intacct(person()), sleeping, link(), reactivate="always")).after == {"Active": 1}


def test_the_default_accountant_must_be_one() -> None:
    boss = user(9, role="Accountants")
    settings = {"accountant": {"default": "p9@example.com"}}
    assert only(plan(intacct(person()), certify(boss), **settings)).after["AccountantID"] == "u9"
    assert rules(plan(intacct(person()), certify(replace(boss, role="Managers")), **settings)) == ["no_accountant"]
    by_hand = user(accountant_id="u5")
    assert plan(intacct(person()), certify(by_hand, boss), link(), **settings) == []
