"""A DAG has a task for each stream that connector.yaml asks for, and is there whatever stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from certify_intacct.runs.streams import streams

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"


@pytest.fixture
def configure(tmp_path, monkeypatch):
    """Writes a connector.yaml with other dimensions; a text is written as it stands."""

    def write(dimensions, **people):
        path = tmp_path / "connector.yaml"
        content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        content["dimensions"] |= dimensions if isinstance(dimensions, dict) else {}
        content["people"] |= people
        path.write_text(dimensions if isinstance(dimensions, str) else yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setenv("CONNECTOR_CONFIG", str(path))

    return write


@pytest.mark.parametrize("direction", ["organization", "expense"])
def test_a_further_dimension_comes_last(direction, configure):
    """A run whose DAG file is parsed again under another connector.yaml finds the other streams at their places."""
    configure({})
    before = streams(direction)
    configure({"project": {"certify": "report_gld/1"}})
    after = streams(direction)
    for old, new in zip(before, after, strict=True):
        assert new[: len(old)] == old
    assert after[0][-1] == "intacct_projects"


def test_lines_that_are_not_processed_are_read_where_they_say_what_is_in_use(configure):
    for place, read in (("report_gld/1", True), ("employee_gld/2", False)):
        configure({"project": {"certify": place}})
        assert ("certify_unprocessed_expenses" in streams("organization")[1]) is read
    configure({"project": {"certify": "report_gld/1", "sync": False}})
    intacct, certify = streams("organization")
    assert not {"intacct_projects", "certify_projects", "certify_unprocessed_expenses"} & {*intacct, *certify}


def test_an_employee_gld_that_people_are_given_is_read_unless_a_dimension_is_kept_there(configure):
    given = {"sources": [{"kind": "employee", "fields": {"employee_gld/2": "CLASSID", "employee_gld/3": "TEAM"}}]}
    configure({}, **given)
    assert {"certify_employee_gld_2", "certify_employee_gld_3"} <= {*streams("organization")[1]}
    configure({"class": {"certify": "employee_gld/2"}}, **given)
    assert [name for name in streams("organization")[1] if "_gld_" in name] == ["certify_employee_gld_3"]
    assert "certify_classes" in streams("organization")[1]
    configure({}, **given)
    assert not [name for name in streams("expense")[1] if "_gld_" in name]


@pytest.mark.parametrize("direction", ["organization", "expense"])
def test_a_dag_is_there_though_connector_yaml_cannot_be_read(direction, configure):
    """Its first task says what is wrong."""
    configure({})
    shipped = streams(direction)
    configure("dimensions: [")
    assert streams(direction) == shipped
