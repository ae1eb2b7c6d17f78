"""Joined codes on lines: a task's with its project's, read by what Intacct has and never by cutting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.references import Account, DimensionValue
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, line, plan_report, report, values

PLACES = {
    "project": {"certify": "report_gld/1"},
    "task": {"certify": "report_gld/2"},
    "cost_type": {"certify": "report_gld/3"},
}
CODES = st.text("AB|-/", min_size=1, max_size=4)


def known(tasks, types=(), projects=()):
    """A company with these tasks, each with its project, and cost types."""
    names = {project for project, *_ in (*tasks, *types)} | set(projects)
    further = {
        "project": values(*names),
        "task": {place: DimensionValue(code=place[-1], parent=place[0]) for place in tasks},
        "cost_type": {place: DimensionValue(code=place[-1], parent=place[1]) for place in types},
    }
    return replace(REFERENCES, dimensions={**REFERENCES.dimensions, **further})


def planned(references, codes, dimensions=PLACES):
    item = line("a", "1", report_gld_codes=codes)
    return plan_report(report(item), [item], references, configuration(dimensions=dimensions), today=TODAY)


def on_line(references, codes, dimensions=PLACES):
    (bill,) = planned(references, codes, dimensions).documents
    return dict(bill.lines[0].dimensions)


def held(references, codes, dimensions=PLACES):
    found = planned(references, codes, dimensions)
    assert not found.documents
    return [(hold.rule, hold.reason, hold.cure) for hold in found.all_holds]


ROLL_OUT = known([("P-20", "T-3"), ("P-21", "T-3")], [("P-20", "T-3", "LAB")])


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ({2: "P-20|T-3"}, {"PROJECTID": "P-20", "TASKID": "T-3"}),
        ({1: "P-20", 2: "P-20|T-3"}, {"PROJECTID": "P-20", "TASKID": "T-3"}),
        ({1: "P-21", 2: "T-3"}, {"PROJECTID": "P-21", "TASKID": "T-3"}),
        ({3: "P-20|T-3|LAB"}, {"PROJECTID": "P-20", "TASKID": "T-3", "COSTTYPEID": "LAB"}),
        ({2: "P-20|T-3", 3: "LAB"}, {"PROJECTID": "P-20", "TASKID": "T-3", "COSTTYPEID": "LAB"}),
        ({1: "P-20", 2: "T-3", 3: "P-20|T-3|LAB"}, {"PROJECTID": "P-20", "TASKID": "T-3", "COSTTYPEID": "LAB"}),
    ],
)
def test_each_part_goes_onto_the_line_and_codes_of_their_own_go_on_being_taken(codes, found):
    assert on_line(ROLL_OUT, codes) == found


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({1: "P-21", 2: "P-20|T-3"}, "(TASKID, from Expense Report GLD 2) belongs to the project 'P-20', and the line names 'P-21'"),
        ({2: "P-21|T-3", 3: "P-20|T-3|LAB"}, "belongs to the project 'P-20', and the line names 'P-21'"),
    ],
)  # fmt: skip
def test_parts_that_disagree_hold_with_both_and_correcting_one_posts(codes, said):
    ((rule, reason, cure),) = held(ROLL_OUT, codes)
    assert rule == "dimension_parent"
    assert said in reason
    assert cure.startswith("Correct ")
    assert on_line(ROLL_OUT, {**codes, min(codes): "P-20" if 1 in codes else "P-20|T-3"})["TASKID"] == "T-3"


@pytest.mark.parametrize("code", ["P-20|T-9", "p-20|T-3", "P-22|T-3", "|T-3", "P-20|"])
def test_a_code_that_is_no_value_joined_is_unknown_and_is_said_to_be_joined(code):
    ((rule, reason, cure),) = held(ROLL_OUT, {2: code})
    assert rule == "dimension_unknown"
    assert (
        f"{code!r} does not exist in Intacct (TASKID, from Expense Report GLD 2, where codes are joined by '|')"
        in reason
    )
    assert ("It looks like 'P-20|T-3'" in reason) == (code == "p-20|T-3")
    mapped = {**PLACES, "task": {**PLACES["task"], "map": {code: "P-20|T-3"}}}
    assert "dimensions.task.map" in cure
    assert on_line(ROLL_OUT, {2: code}, mapped) == {"PROJECTID": "P-20", "TASKID": "T-3"}


def test_one_reading_among_codes_that_contain_the_separator_is_taken_and_two_are_held():
    references = known([("A|B", "C"), ("A", "B|C"), ("A", "D|E")])
    assert on_line(references, {2: "A|D|E"}) == {"PROJECTID": "A", "TASKID": "D|E"}
    ((rule, reason, cure),) = held(references, {2: "A|B|C"})
    assert rule == "dimension_parent"
    assert "may be 'A' / 'B|C' or 'A|B' / 'C'" in reason
    assert cure.startswith("Choose the project in Certify too")
    assert on_line(references, {1: "A|B", 2: "A|B|C"}) == {"PROJECTID": "A|B", "TASKID": "C"}
    other = {**PLACES, "task": {**PLACES["task"], "separator": "~"}}
    assert "dimensions.task.separator" in cure
    assert on_line(references, {2: "A~B|C"}, other) == {"PROJECTID": "A", "TASKID": "B|C"}


def test_a_code_of_its_own_that_is_another_s_joined_one_is_held():
    references = known([("A", "B"), ("A", "A|B")])
    assert held(references, {1: "A", 2: "A|B"})[0][0] == "dimension_parent"


def test_a_project_that_comes_with_its_task_is_judged_like_any_other():
    projects = {**ROLL_OUT.dimensions["project"], ("P-20",): DimensionValue(code="P-20", status="inactive")}
    references = replace(ROLL_OUT, dimensions={**ROLL_OUT.dimensions, "project": projects})
    ((rule, reason, _),) = held(references, {2: "P-20|T-3"})
    assert rule == "dimension_unknown"
    assert "Project 'P-20' is inactive in Intacct (PROJECTID, from Expense Report GLD 2)" in reason


def test_the_customer_that_a_project_fills_in_comes_with_its_task_too():
    demanding = Account(account_no="6220", requires=frozenset({"project", "task", "customer"}))
    projects = {("P-20",): DimensionValue(code="P-20", parent="C1")}
    references = replace(
        ROLL_OUT,
        accounts={**ROLL_OUT.accounts, "6220": demanding},
        dimensions={**ROLL_OUT.dimensions, "project": projects, "customer": values("C1", "C2")},
    )
    dimensions = {**PLACES, "customer": {"certify": "report_gld/4"}}
    assert [rule for rule, *_ in held(references, {2: "P-20|T-3"}, dimensions)] == ["dimension_required"]
    filling = replace(references, filled=frozenset({("project", "customer")}))
    assert on_line(filling, {2: "P-20|T-3"}, dimensions)["CUSTOMERID"] == "C1"
    assert [rule for rule, *_ in held(filling, {2: "P-20|T-3", 4: "C2"}, dimensions)] == ["dimension_parent"]


def test_what_an_unclear_task_says_is_told_once():
    assert [rule for rule, *_ in held(ROLL_OUT, {2: "P-20|T-9", 3: "LAB"})] == ["dimension_unknown"]


@given(st.lists(st.tuples(CODES, CODES), min_size=1, max_size=5, unique=True), st.sampled_from(["|", "/", "|-"]))
def test_whatever_stands_in_codes_each_is_read_back_as_what_was_joined_or_held(tasks, separator):
    references = known(tasks)
    dimensions = {**PLACES, "task": {**PLACES["task"], "separator": separator}}
    joined = [separator.join(place) for place in tasks]
    for (project, task), code in zip(tasks, joined, strict=True):
        if joined.count(code) == 1:
            assert on_line(references, {2: code}, dimensions) == {"PROJECTID": project, "TASKID": task}
        else:
            assert held(references, {2: code}, dimensions)[0][0] == "dimension_parent"
        found = planned(references, {1: project, 2: code}, dimensions)
        for document in found.documents:
            assert dict(document.lines[0].dimensions) == {"PROJECTID": project, "TASKID": task}
