"""The section ``dimensions`` of connector.yaml."""

from __future__ import annotations

import pytest

from certify_intacct.model.configuration import load
from tests.model.configuration.shipped import FURTHER, TEXT, line_of, names_line_key_and_what_is_allowed, refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    certify: employee_gld/1", "    certify: employee_gld/6", ["dimensions.entity.certify", "report_gld/5"]),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    names_line_key_and_what_is_allowed(tmp_path, old, new, said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "  klass: {certify: report_gld/2}",
            ["dimensions.klass", "not known", "Allowed: ", "class, contract, cost_type, customer, department"],
        ),
        ("  project: {certify: report_gld/7}", ["dimensions.project.certify", "report_gld/1 to report_gld/5"]),
        ("  project: {certify: department}", ["dimensions.project.certify", "only in: employee_gld or report_gld"]),
        ("  project: {certify: employee_gld/1}", ["dimensions.project.certify", "holds the entity already"]),
        ("  task: {certify: report_gld/1}", ["dimensions.task.certify", "needs its project"]),
        ("  vendor: {certify: report_gld/1}", ["dimensions.vendor", "not known"]),
    ],
)
def test_a_dimension_stands_where_it_can_and_alone(tmp_path, written, said):
    text = TEXT.replace(FURTHER, f"{written}\n{FURTHER}")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, written)}" in message
    assert all(part in message for part in said), message


def test_every_line_has_an_entity(tmp_path):
    text = TEXT.replace("    certify: employee_gld/1", "    certify: employee_gld/1\n    required: false")
    said = refused(tmp_path, text)
    assert "every line needs an entity" in said
    assert f"line {line_of(text, '    required: false')}, dimensions.entity.required" in said


def test_codes_are_taken_as_written(tmp_path):
    path = tmp_path / "connector.yaml"
    old = "    certify: employee_gld/1\n    sync: true\n    map: {}"
    assert old in TEXT
    path.write_text(TEXT.replace(old, "    map: {0100: 007, no: 1e3}"))
    assert dict(load(path).dimensions.entities.map) == {"0100": "007", "no": "1e3"}


def test_the_examples_of_the_shipped_file_are_accepted(tmp_path):
    """What stands there as a comment, taken out of it."""
    lines = [line.strip().removeprefix("#").strip() for line in TEXT.splitlines() if "required: false}" in line]
    assert len(lines) == 3
    path = tmp_path / "connector.yaml"
    path.write_text(
        TEXT.replace(FURTHER, "\n".join(f"  {line}" for line in [*lines, FURTHER.strip()])), encoding="utf-8"
    )
    used = load(path).dimensions.used
    assert [one.dimension.name for one in used] == ["department", "entity", "class", "project", "user_defined_1"]
    assert (used[-1].dimension.object, used[-1].dimension.line, used[-1].dimension.noun) == (
        "udd_test",
        "GLDIMUDD_TEST",
        "campaign",
    )


def test_a_dimension_of_the_company_s_own_needs_an_object_of_its_own(tmp_path):
    def written(*rows):
        own = [
            f"  user_defined_{number}: {{certify: report_gld/{number}{row}}}"
            for number, row in enumerate(rows, start=1)
        ]
        return TEXT.replace(FURTHER, "\n".join([*own, FURTHER]))

    assert "dimensions.user_defined_1.object: this key is missing" in refused(tmp_path, written(""))
    assert "integration name of an object" in refused(tmp_path, written(", object: my campaigns"))
    twice = refused(tmp_path, written(", object: udd_test", ", object: UDD_TEST"))
    assert "dimensions.user_defined_2.object: UDD_TEST is the object of user_defined_1 already" in twice
