"""An ID or a code that looks like another is no other one: it waits for a person, and never becomes a second active record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.changes import Action
from certify_intacct.model.people import Releases, UnprocessedReport
from tests.rules.people.world import acting, certify, intacct, link, only, person, plan, row, rules, user, value

NEAR = ["E1 ", " E1", "e1", "\uff251", "E\u200b1", "E1\u00a0", "E 1"]
PROJECT = {"project": {"certify": "report_gld/2"}}


@pytest.mark.parametrize("near", NEAR, ids=ascii)
@pytest.mark.parametrize("in_intacct", [True, False])
def test_an_employee_id_that_looks_like_one_is_a_hold(near: str, in_intacct: bool) -> None:
    ours, theirs = (near, "E1") if in_intacct else ("E1", near)
    source, target = intacct(person(employee_id=ours)), certify(user(employee_id=theirs, email="other@example.com"))
    held = only(plan(source, target, adoption={"policy": "agreeing"}))
    assert (held.action, held.rule, held.target_id) == (Action.HOLD, "looks_like", "u1")
    assert f"looks like {theirs!r}" in held.reason
    # Both ways out: the ID is corrected, or a person says that it is the same one.
    right = certify(user(employee_id=ours, email="other@example.com"))
    assert only(plan(source, right, adoption={"policy": "agreeing"})).action is Action.ADOPT
    released = Releases(links=frozenset({("employee/1", "u1")}))
    assert only(plan(source, target, releases=released)).after["EmployeeID"] == ours
    # Who was made inactive is nobody's double.
    gone = certify(user(employee_id=theirs, email="other@example.com", active=False))
    assert only(plan(source, gone)).action is Action.CREATE


def test_the_same_user_by_address_or_link_is_corrected() -> None:
    target = certify(user(employee_id="e1 "))
    assert only(plan(intacct(person()), target, link())).after == {"EmployeeID": "E1"}
    assert only(plan(intacct(person()), target, adoption={"employee_ids": ["E1"]})).after == {"EmployeeID": "E1"}
    theirs = certify(user(2, employee_id="e1", email="p2@example.com"))
    mine = intacct(person(1), person(2))
    assert rules(plan(mine, theirs, adoption={"policy": "agreeing", "employee_ids": ["E2"]})) == [
        "looks_like",
        "ambiguous",
    ]


def test_nobody_comes_to_an_id_that_looks_like_somebody_elses() -> None:
    moved = person(2, employee_id="e1")
    assert rules(plan(intacct(person(1), moved), certify(user(1), user(2)), link(1), link(2))) == ["contested"]
    assert rules(plan(intacct(person(1), person(2, employee_id="E1 ")), certify())) == ["contested", "contested"]
    back = certify(user(1, active=False), user(9, employee_id="e1"))
    assert rules(plan(intacct(person()), back, link(deactivated=True))) == ["contested"]


def test_a_report_under_an_id_that_looks_like_it_keeps_a_user() -> None:
    target = certify(user(), unprocessed=(UnprocessedReport(id="r", employee_id="e1 "),))
    assert rules(plan(intacct(person(active=False)), target, link())) == ["unprocessed_reports"]


@pytest.mark.parametrize("near", ["10 ", "\uff110", "1\u200b0", " 10", "1 0"], ids=ascii)
@pytest.mark.parametrize("in_intacct", [True, False])
def test_a_code_that_looks_like_one_is_a_hold(near: str, in_intacct: bool) -> None:
    ours, theirs = (near, "10") if in_intacct else ("10", near)
    source = intacct(department=(value(ours, "Sales"),))
    held = only(plan(source, certify(department=(row("d", theirs, "Sales"),))))
    assert (held.action, held.rule, held.key) == (Action.HOLD, "looks_like", ours)
    assert f"looks like {theirs!r}" in held.reason
    assert only(plan(source, certify(department=(row("d", theirs, "Sales", active=False),)))).action is Action.CREATE


def test_a_row_does_not_come_back_beside_one_that_looks_like_it() -> None:
    rows = (row("d1", "A1", "Sales", active=False), row("d2", "a1", "Sales"))
    assert rules(plan(intacct(department=(value("A1", "Sales"),)), certify(department=rows))) == ["looks_like"]


def test_two_codes_of_intacct_that_look_alike_are_not_made() -> None:
    source = intacct(project=(value("P1", "Roll-out"), value("p1", "Another"), value("P2", "Third")))
    changes = plan(source, certify(), dimensions=PROJECT)
    assert [(change.key, change.rule) for change in changes] == [("P1", "looks_like"), ("P2", ""), ("p1", "looks_like")]
    both = certify(project=(row("a", "P1", "Roll-out"), row("b", "p1", "Another"), row("c", "P2", "Third")))
    assert plan(source, both, dimensions=PROJECT) == [], "what stands twice already stays"


@given(st.lists(st.sampled_from(["10", "10 ", "1\u200b0", "20", "\uff120"]), unique=True), st.data())
def test_no_plan_makes_two_active_rows_that_look_alike(codes: list[str], data: st.DataObject) -> None:
    there = data.draw(
        st.lists(st.tuples(st.sampled_from(["10", "10 ", "20"]), st.booleans()), unique_by=lambda one: one[0])
    )
    rows = tuple(row(f"d{place}", code, "Sales", active=active) for place, (code, active) in enumerate(there))
    changes = acting(plan(intacct(department=tuple(value(code, "Sales") for code in codes)), certify(department=rows)))

    def seen(code: str) -> str:
        return code.replace(" ", "").replace("\u200b", "").replace("\uff12", "2")

    active = [seen(code) for code, on in there if on]
    for change in changes:
        assert change.after.get("Active") != 1 or seen(change.key) not in active
        active.append(seen(change.key))
