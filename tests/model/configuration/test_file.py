"""connector.yaml as a file: what is shipped loads, a fault is named with its line, and no text takes the process down."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from certify_intacct.model.configuration import Configuration, load
from certify_intacct.model.errors import ConfigurationError
from tests.model.configuration.shipped import SHIPPED, TEXT, names_line_key_and_what_is_allowed, refused


def test_the_shipped_file_loads_and_is_frozen():
    configuration = load(SHIPPED)
    assert configuration.company.zone.key == configuration.company.time_zone
    with pytest.raises(ValidationError):
        configuration.company.certify_company = "other"


def test_every_key_of_the_shipped_file_is_explained():
    """A key has a comment above it, on it, or belongs to a section whose comment covers it."""
    unexplained = []
    commented_sections: dict[int, bool] = {}
    previous_is_comment = False
    for number, line in enumerate(TEXT.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            previous_is_comment = stripped.startswith("#")
            continue
        indent = len(line) - len(line.lstrip())
        covered = any(known for depth, known in commented_sections.items() if depth < indent)
        if not (previous_is_comment or "#" in line or covered or indent == 0):
            unexplained.append(f"{number}: {stripped}")
        commented_sections = {depth: known for depth, known in commented_sections.items() if depth < indent}
        commented_sections[indent] = previous_is_comment
        previous_is_comment = False
    assert unexplained == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  intacct_company_id: SANDBOX", "  certify_company: again", ["certify_company", "twice"]),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    names_line_key_and_what_is_allowed(tmp_path, old, new, said)


def test_every_number_has_a_largest_one():
    """One that is too large for a date, a duration or an index would end a run in its middle, with no word about this file."""
    unbounded = []

    def look(place: str, node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") in ("integer", "number") and not {"maximum", "exclusiveMaximum"} & node.keys():
                unbounded.append(place)
            for name, inner in node.items():
                look(f"{place}.{name}", inner)
        elif isinstance(node, list):
            for inner in node:
                look(place, inner)

    for name, section in Configuration.model_json_schema()["$defs"].items():
        look(name, section)
    assert unbounded == []


def test_whoever_hands_in_a_file_writes_no_lines_of_a_log(tmp_path):
    """Its text comes with a run of expense_whatif from whoever may trigger one, and what is wrong with it goes into the log."""
    strange = "\\e[31m\\nERROR all is well\\u202e" + "z" * 5000
    for text in (
        TEXT.replace("posting:\n", f'posting:\n  "{strange}": 1\n', 1),
        TEXT + f'\n"{strange}": 1\n',
        re.sub(r"\n  hold: \S+", "", TEXT).replace("posting:\n", f'posting:\n  hold: "{strange}"\n', 1),
        re.sub(r"\n  open_days: \S+", "", TEXT).replace("posting:\n", f'posting:\n  open_days: "{strange}"\n', 1),
    ):
        said = refused(tmp_path, text)
        assert all(line.isprintable() for line in said.split("\n"))
        assert "\nERROR" not in said
        assert len(said) < 3000


def test_every_fault_is_named_at_once(tmp_path):
    text = TEXT.replace("time_zone: Europe/Berlin", "time_zone: X").replace("certify: employee_gld/1", "certify: gld/1")
    assert refused(tmp_path, text).count("line ") == 2


@pytest.mark.parametrize("text", ["", "- a", "a: [", "company: {}", "\x00"])
def test_no_configuration_at_all(tmp_path, text):
    assert "connector.yaml" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("a: &a [*a]", "aliases make it nested more than 50 levels deep"),
        ("a: &a {b: *a}", "aliases make it nested more than 50 levels deep"),
        (f"a: {'[' * 200_000}{']' * 200_000}", "nested more than 50 levels deep"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(300)), "nested more than 50 levels deep"),
        (
            "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]),
            "more than 200000 values",
        ),
    ],
    ids=["itself", "itself, by key", "a deep list", "deep blocks", "a billion values"],
)  # fmt: skip
def test_a_text_that_would_take_all_memory_or_the_process_is_refused_with_its_line(tmp_path, bomb, said):
    message = refused(tmp_path, bomb)
    assert said in message
    assert re.search(r"connector.yaml, line \d+", message)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ConfigurationError, match="CONNECTOR_CONFIG"):
        load(tmp_path / "nowhere.yaml")


def test_the_hash_follows_the_meaning_and_nothing_else(tmp_path):
    plain = load(SHIPPED).hash
    path = tmp_path / "connector.yaml"
    path.write_text("# a comment\n" + TEXT.replace("documents_per_run: 50000", ""))
    assert load(path).hash == plain
    path.write_text(TEXT.replace("days: 14", "days: 15"))
    assert load(path).hash != plain
