"""The keys by which connector.yaml says what a list of Certify offers: what is wrong with one is told where it stands."""

from __future__ import annotations

import pytest

from certify_intacct.model.configuration import load
from certify_intacct.model.configuration.changes import of_money
from tests.model.configuration.shipped import FURTHER, TEXT, line_of, refused


def written(further: str) -> str:
    return TEXT.replace(FURTHER, f"  {further}\n{FURTHER}")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('name: "Project"', ["dimensions.project.name", "it names no field such as {name} or {code}"]),
        ('name: "{nmae}"', ["dimensions.project.name", "there is no {nmae} of a project"]),
        (
            'name: "{name} {nmae}"',
            ["there is no {nmae} of a project; there are {code}, {name}, {customer.code}, {customer.name}"],
        ),
        ('name: "{name} {task.name}"', ["there is no {task.name} of a project"]),
        ('name: "{name"', ["dimensions.project.name", "a brace { has no partner"]),
        (
            "filter: {type: Billable}",
            ["dimensions.project.filter", "there is no type of a project; there are code, name"],
        ),
        ("filter: {PROJECTTYPE: []}", ["dimensions.project.filter.PROJECTTYPE", "it says nothing"]),
        ("filter: {PROJECTTYPE: {ends: x}}", ["this key is not known", "begins"]),
        ("sync: false, filter: {PROJECTTYPE: Billable}", ["dimensions.project.filter", "sync is false"]),
        ('separator: "|"', ["dimensions.project.separator: this key is not known"]),
        ("name_length: -1", ["dimensions.project.name_length"]),
        ("guard_share: 2", ["dimensions.project.guard_share"]),
        ("same_names: ignore", ["dimensions.project.same_names", "'tell' or 'accept'"]),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, settings, said):
    line = f"project: {{certify: report_gld/1, {settings}}}"
    text = written(line)
    message = refused(tmp_path, text)
    assert f"line {line_of(text, f'  {line}')}" in message
    for part in said:
        assert part in message


@pytest.mark.parametrize("separator", ['""', "a", "1", '" |"', '"||||"'])
def test_a_separator_is_a_sign_that_tells_codes_apart(tmp_path, separator):
    both = f"project: {{certify: report_gld/1}}\n  task: {{certify: report_gld/2, separator: {separator}}}"
    assert "dimensions.task.separator" in refused(tmp_path, written(both))


def test_what_is_written_is_taken(tmp_path):
    path = tmp_path / "connector.yaml"
    settings = (
        'name: "{PARENTNAME}: {name} ({customer.code})", filter: {PROJECTTYPE: [Billable, T&M], code: {begins: P-}}'
    )
    both = (
        f'project: {{certify: report_gld/1, {settings}}}\n  task: {{certify: report_gld/2, sync: true, separator: "/"}}'
    )
    path.write_text(written(both), encoding="utf-8")
    project, task = load(path).dimensions.used[2:4]
    assert project.told == ("CUSTOMERID", "PARENTNAME", "PROJECTTYPE")
    assert project.settings.filter["code"].begins == ("P-",)
    assert (task.settings.name, task.told) == ("{project.name}: {name}", ("PROJECTNAME",))
    assert [used.dimension.name for used in load(path).dimensions.read_for((task,))] == ["project", "task"]


@pytest.mark.parametrize(
    ("settings", "moves"),
    [
        (
            'filter: {PROJECTTYPE: Billable}, name: "{code}", name_length: 9, code_length: 9, guard_share: 1, guard_floor: 9, '
            "same_names: accept",
            set(),
        ),
        ("map: {A: B}", {"dimensions.project.map.A"}),
    ],
)
def test_what_a_list_offers_moves_no_money_so_nobody_is_asked(tmp_path, settings, moves):
    def money(line: str) -> set[tuple[str, object]]:
        path = tmp_path / "connector.yaml"
        path.write_text(written(line), encoding="utf-8")
        return set(of_money(load(path)).items())

    before, after = money("project: {certify: report_gld/1}"), money(f"project: {{certify: report_gld/1, {settings}}}")
    assert {name for name, _ in before ^ after} == moves


def test_the_sign_between_joined_codes_does(tmp_path):
    def money(sign: str) -> dict[str, object]:
        path = tmp_path / "connector.yaml"
        both = f'project: {{certify: report_gld/1}}\n  task: {{certify: report_gld/2, separator: "{sign}"}}'
        path.write_text(written(both), encoding="utf-8")
        return of_money(load(path))

    assert (money("|")["dimensions.task.separator"], money("/")["dimensions.task.separator"]) == ("|", "/")
