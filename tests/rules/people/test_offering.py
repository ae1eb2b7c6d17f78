"""What of Intacct's values a list of Certify offers: joined codes, names by a template, filters, and how much may leave at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.changes import Action
from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.dimensions import DIMENSIONS, OWN
from certify_intacct.model.people import ListValue, Releases, UnprocessedExpense
from certify_intacct.rules.people.offering import ELLIPSIS, name_of, offers
from tests.rules.people.world import acting, certify, intacct, only, plan, row, rules, value

PROJECT = {"project": {"certify": "report_gld/1"}}
TASKS = {
    "project": {"certify": "report_gld/1", "sync": False},
    "task": {"certify": "report_gld/2", "sync": True},
}
LETTERS = st.text("AB|-/ üß…", max_size=12)


def task(project: str, code: str, name: str = "Design", **changes) -> ListValue:
    return ListValue(
        code=code, name=name, active=True, within=(project,), fields={"PROJECTNAME": f"Project {project}"}, **changes
    )


def test_a_task_s_code_is_joined_with_its_project_s_and_it_is_called_after_both():
    source = intacct(project=(value("P-20", "Roll-out"),), task=(task("P-20", "T-3"),))
    created = only(plan(source, certify(), dimensions=TASKS))
    assert created.after == {"Code": "P-20|T-3", "Name": "Project P-20: Design", "Active": 1}


def test_a_cost_type_has_all_three_codes():
    types = ListValue(
        code="C", name="Labour", active=True, within=("P", "T"), fields={"PROJECTNAME": "Bridge", "TASKNAME": "Piers"}
    )
    places = {"cost_type": {"certify": "report_gld/3", "sync": True, "separator": "//"}}
    dimensions = {**TASKS, "task": {"certify": "report_gld/2"}, **places}
    source = intacct(project=(value("P", "Bridge"),), task=(task("P", "T"),), cost_type=(types,))
    created = only(plan(source, certify(), dimensions=dimensions))
    assert (created.after["Code"], created.after["Name"]) == ("P//T//C", "Bridge: Piers: Labour")


@pytest.mark.parametrize("separator", ["|", "/", "::"])
def test_two_that_have_one_code_joined_are_refused_and_another_separator_cures_it(separator):
    tasks = (task(f"A{separator}B", "C"), task("A", f"B{separator}C"))
    settings = {**TASKS, "task": {**TASKS["task"], "separator": separator}}
    held = only(plan(intacct(task=tasks), certify(), dimensions=settings))
    assert held.rule == "ambiguous"
    assert f"A{separator}B / C" in held.reason
    assert "dimensions.task.separator" in held.cure
    cured = {**settings, "task": {**TASKS["task"], "separator": "~"}}
    assert len(acting(plan(intacct(task=tasks), certify(), dimensions=cured))) == 2


@given(st.lists(st.tuples(LETTERS, LETTERS), max_size=6, unique=True), st.sampled_from(["|", "/", " - ", "|-"]))
def test_a_joined_code_that_is_offered_is_the_code_of_one_value_alone(places, separator):
    separator = separator.strip()
    settings = DimensionsConfiguration.model_validate({**TASKS, "task": {**TASKS["task"], "separator": separator}})
    found = offers(settings.used, {"task": [task(project, code) for project, code in places]})["task"]
    codes = [offer.code for offer in found]
    for offer in found:
        assert offer.code == separator.join(offer.value.place)
        twins = {offer.value.place for offer in found if codes.count(offer.code) > 1}
        assert (codes.count(offer.code) == 1) or len(twins) > 1


def test_tasks_of_a_project_that_is_closed_or_left_out_are_not_offered_and_of_one_that_is_absent_they_stay():
    projects = (value("open", "Open"), value("shut", "Shut", active=False), value("inner", "Inner"))
    projects = tuple(
        replace(one, fields={"PROJECTTYPE": "Internal" if one.code == "inner" else "T&M"}) for one in projects
    )
    tasks = tuple(task(code, "T", code) for code in ("open", "shut", "inner", "absent"))
    rows = tuple(
        row(f"t-{code}", f"{code}|T", f"Project {code}: {code}") for code in ("open", "shut", "inner", "absent")
    )
    dimensions = {
        "project": {"certify": "report_gld/1", "filter": {"PROJECTTYPE": "T&M"}},
        "task": TASKS["task"],
    }
    target = certify(project=(row("p", "open", "Open"),), task=rows)
    changes = plan(intacct(project=projects, task=tasks), target, dimensions=dimensions)
    assert [(change.action, change.key, change.rule) for change in changes] == [
        (Action.DEACTIVATE, "inner|T", "filtered"),
        (Action.DEACTIVATE, "shut|T", "inactive_in_intacct"),
    ]
    assert "lies in project shut, which is inactive in Intacct" in changes[1].reason
    assert "dimensions.project.filter (PROJECTTYPE is 'Internal')" in changes[0].reason


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ("Billable", {"B"}),
        (["Billable", "T&M"], {"B", "T"}),
        ({"begins": "Bill"}, {"B", "BX"}),
        ({"begins": ["T", "X"]}, {"T"}),
        ([""], {"N"}),
        (["billable"], set()),
    ],
)
def test_only_what_a_filter_asks_for_is_offered(condition, offered):
    kinds = {"B": "Billable", "BX": "Billable, extra", "T": "T&M", "N": ""}
    values = tuple(replace(value(code, code), fields={"PROJECTTYPE": kind}) for code, kind in kinds.items())
    settings = {"project": {**PROJECT["project"], "filter": {"PROJECTTYPE": condition}}}
    changes = plan(intacct(project=values), certify(), dimensions=settings)
    assert {change.key for change in changes if change.action is Action.CREATE} == offered


@pytest.mark.parametrize("word", ["code", "PROJECTID"])
def test_code_and_name_are_fields_too(word):
    settings = {"project": {**PROJECT["project"], "filter": {word: {"begins": "P"}}, "name": "{NAME}/{" + word + "}"}}
    created = only(
        plan(intacct(project=(value("P1", "Roll-out"), value("Q1", "Other"))), certify(), dimensions=settings)
    )
    assert created.after["Name"] == "Roll-out/P1"


def test_what_was_not_read_filters_nothing_out():
    settings = {"project": {**PROJECT["project"], "filter": {"PROJECTTYPE": "Billable"}}}
    target = certify(project=(row("p", "P", "Roll-out"),))
    assert plan(intacct(project=(value("P", "Roll-out"),)), target, dimensions=settings) == []


def test_two_rows_of_one_name_are_told_and_the_cure_names_them_apart():
    source = intacct(project=(value("P1", "Roll-out"), value("P2", "roll-out "), value("P3", "Roll-out", active=False)))
    changes = plan(source, certify(), dimensions=PROJECT)
    (told,) = [change for change in changes if not change.acts]
    assert (told.action, told.rule, told.key) == (Action.SKIP, "same_name", "report_gld/1")
    assert "'Roll-out' (P1, P2)" in told.reason
    assert 'dimensions.project.name: "{name} ({code})"' in told.cure
    cured = {"project": {**PROJECT["project"], "name": "{name} ({code})"}}
    assert [change.after["Name"] for change in plan(source, certify(), dimensions=cured)] == [
        "Roll-out (P1)",
        "roll-out (P2)",
    ]


@given(st.text(max_size=30), LETTERS, st.integers(0, 40))
def test_a_name_is_never_longer_than_it_may_be_and_never_cut_without_a_sign(own, code, longest):
    words = {"name": own, "code": code}
    whole, _ = name_of("{name} ({code})", words, 0)
    name, shortened = name_of("{name} ({code})", words, longest)
    assert shortened == (bool(longest) and len(whole) > longest)
    assert name == whole if not shortened else len(name) <= longest and ELLIPSIS in name


@pytest.mark.parametrize(
    ("longest", "name"),
    [(27, "Roll-out of the year (P-20)"), (20, "Roll-out of… (P-20)"), (9, "R… (P-20)"), (8, "Roll-ou…")],
)
def test_a_code_behind_a_name_stays_whole_as_long_as_it_fits(longest, name):
    found, shortened = name_of("{name} ({code})", {"name": "Roll-out of the year", "code": "P-20"}, longest)
    assert (found, shortened) == (name, longest < 27)


def test_a_code_that_certify_cannot_hold_waits_and_each_cure_helps():
    settings = {**TASKS, "task": {**TASKS["task"], "code_length": 8, "separator": "::"}}
    source = intacct(project=(value("P-20", "Roll-out"),), task=(task("P-20", "T-3"),))
    held = only(plan(source, certify(), dimensions=settings))
    assert held.rule == "too_long"
    assert "its code has 9 characters, and Certify holds 8" in held.reason
    for cure in ({"separator": "|"}, {"code_length": 9}):
        cured = {**settings, "task": {**settings["task"], **cure}}
        assert only(plan(source, certify(), dimensions=cured)).action is Action.CREATE
    shorter = intacct(project=(value("P-20", "Roll-out"),), task=(task("P-20", "T3"),))
    assert only(plan(shorter, certify(), dimensions=settings)).action is Action.CREATE


def closing(count: int, left: int):
    """So many projects closed of a list in which others stay."""
    values = tuple(value(f"P{n}", f"Project {n}", active=n >= count) for n in range(count + left))
    rows = tuple(row(f"p{n}", f"P{n}", f"Project {n}") for n in range(count + left))
    return intacct(project=values), certify(project=rows)


@pytest.mark.parametrize(("count", "left", "goes"), [(5, 0, True), (6, 0, False), (6, 24, True), (7, 24, False)])
def test_no_more_leave_a_list_at_once_than_its_guard_allows(count, left, goes):
    source, target = closing(count, left)
    changes = plan(source, target, dimensions=PROJECT)
    assert {change.action for change in changes} == {Action.DEACTIVATE if goes else Action.HOLD}
    if not goes:
        assert set(rules(changes)) == {"list_guard"}
        assert f"{count} of {count + left} active rows would be deactivated at once" in changes[0].reason
        released = plan(source, target, dimensions=PROJECT, releases=Releases(lists=frozenset({"certify_projects"})))
        assert len(acting(released)) == count
        other = Releases(deactivations=True, lists=frozenset({"certify_tasks"}))
        assert acting(plan(source, target, dimensions=PROJECT, releases=other)) == []
        raised = {"project": {**PROJECT["project"], "guard_floor": count}}
        assert len(acting(plan(source, target, dimensions=raised))) == count


def test_what_is_in_use_does_not_count_against_the_guard():
    source, target = closing(6, 0)
    lines = (UnprocessedExpense(id="l", report_id="r", report_gld1_code="P0"),)
    changes = plan(source, replace(target, unprocessed_lines=lines), dimensions=PROJECT)
    assert sorted(change.action for change in changes) == [Action.DEACTIVATE] * 5 + [Action.HOLD]


LISTED = [row for row in (*DIMENSIONS, *OWN) if row.places]


@pytest.mark.parametrize("dimension", LISTED, ids=lambda one: one.name)
def test_every_list_has_a_guard(dimension):
    name = dimension.name
    own = {"object": "udd_test"} if dimension.own else {}
    above = {one.name: {"certify": f"report_gld/{n}"} for n, one in enumerate(dimension.within, start=2)}
    settings = {**above, name: {"certify": dimension.default_place or "report_gld/1", "sync": True, **own}}
    within = tuple("A" for _ in dimension.within)
    values = tuple(ListValue(code=f"X{n}", name=f"Name {n}", active=False, within=within) for n in range(6))
    target = certify(**{name: tuple(row(f"x{n}", "|".join((*within, f"X{n}")), f"Name {n}") for n in range(6))})
    changes = plan(intacct(**{name: values}), target, dimensions=settings)
    assert rules([change for change in changes if change.subject == dimension.deactivation]) == ["list_guard"] * 6
