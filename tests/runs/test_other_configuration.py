"""Which files a run of the what-if may read: YAML beside the connector.yaml in use or in include/, whatever the name says."""

from __future__ import annotations

from pathlib import Path

import pytest

from certify_intacct.model.configuration import DEFAULT_CONFIG, load
from certify_intacct.model.errors import BadInput, ConfigurationError
from certify_intacct.runs.other_configuration import other_configuration


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The folder of the connector.yaml in use, and beside it one that is nobody's business."""
    own = tmp_path / "own"
    for name in (own, tmp_path / "private", tmp_path / "own-too"):
        name.mkdir()
        (name / "other.yaml").write_text(DEFAULT_CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
    (own / "connector.yaml").write_text(DEFAULT_CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
    (own / ".env").write_text("PASSWORD=1", encoding="utf-8")
    (own / "env.yaml").symlink_to(own / ".env")
    (own / "link.yaml").symlink_to(tmp_path / "private" / "other.yaml")
    (own / "folder.yaml").mkdir()
    monkeypatch.setenv("CONNECTOR_CONFIG", str(own / "connector.yaml"))
    return own


@pytest.mark.parametrize("name", ["other.yaml", "./other.yaml", "folder.yaml/../other.yaml", "examples/uk_vat.yaml"])
def test_what_lies_there_is_read(folder, name):
    found, called = other_configuration({"configuration": name})
    assert called == name
    assert found.company.certify_company


def test_a_whole_path_into_one_of_them_too(folder):
    assert other_configuration({"configuration": str(folder / "other.yaml")})[0] == load(folder / "other.yaml")


@pytest.mark.parametrize(
    "name",
    [
        "../private/other.yaml", "{private}/other.yaml", "link.yaml", ".env", "env.yaml", "/etc/passwd", "../own-too/other.yaml",
        "folder.yaml", "nowhere.yaml", "x\x00.yaml", "other.yaml/../../private/other.yaml", "~/other.yaml", "." * 5000,
    ],
)  # fmt: skip
def test_nothing_else_is_and_nothing_of_it_is_told(folder, name):
    with pytest.raises(BadInput, match="is no YAML file that may be read here") as refused:
        other_configuration({"configuration": name.format(private=folder.parent / "private")})
    assert "PASSWORD" not in str(refused.value)
    assert str(folder) in str(refused.value)


def test_its_text_is_as_good_and_a_wrong_line_is_named(folder):
    text = (folder / "other.yaml").read_text(encoding="utf-8")
    assert other_configuration({"configuration_text": text})[0] == load(folder / "other.yaml")
    with pytest.raises(ConfigurationError, match=r"configuration_text of the run, line \d+"):
        other_configuration({"configuration_text": text.replace("  posting_entity:", "  posting_entitty:")})


@pytest.mark.parametrize(
    "params", [{}, {"configuration": "other.yaml", "configuration_text": "x"}, {"configuration": " "}]
)
def test_one_of_both_is_asked_for(folder, params):
    with pytest.raises(BadInput, match="as a file, or as text"):
        other_configuration(params)
