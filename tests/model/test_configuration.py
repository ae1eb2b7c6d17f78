"""connector.yaml: what is shipped loads, and whatever is wrong is named with its line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConfigurationError

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "connector.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


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
        ("time_zone: Europe/Berlin", "time_zone: Mars/Olympus", ["company.time_zone", "Mars/Olympus"]),
        (
            "    target: ap_bill",
            "    target: expense_report",
            ["posting.employee_paid.target", "not built yet", "hold"],
        ),
        (
            "    target: ap_bill",
            "    target: apbill",
            ["posting.employee_paid.target", "'apbill'", "'ap_bill' or 'hold'"],
        ),
        (
            "  posting_entity: top_level",
            "  posting_entitty: top_level",
            ["posting.posting_entitty", "not known", "posting_entity"],
        ),
        ("      days: 14", "      dayz: 14", ["posting.employee_paid.due.dayz", "Allowed: days, rule, term"]),
        ("    number: 1", "    number: 6", ["posting.entities.number", "'6'"]),
        ("    posted: nothing", "    posted: until", ["company.previous_connector", "until"]),
        ("  first_post_date: 2024-01-01", "  first_post_date: soon", ["company.first_post_date", "'soon'"]),
        ("  certify_company: sandbox", "  certify_company:", ["company.certify_company", "missing"]),
        (
            "        card_id: CORP-VISA",
            "        cardid: CORP-VISA",
            ["posting.company_paid.cards.0", "Allowed: card_id, last, payment_card"],
        ),
        ("  intacct_company_id: SANDBOX", "  certify_company: again", ["certify_company", "twice"]),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    message = refused(tmp_path, text)
    for part in said:
        assert part in message
    place = "previous_connector:" if "previous_connector" in said[0] else new.strip()
    if "missing" not in message:
        assert f"line {line_of(text, place)}" in message


def test_every_fault_is_named_at_once(tmp_path):
    text = TEXT.replace("time_zone: Europe/Berlin", "time_zone: X").replace("    number: 1", "    number: 6")
    assert refused(tmp_path, text).count("line ") == 2


@pytest.mark.parametrize("text", ["", "- a", "a: [", "company: {}", "\x00"])
def test_no_configuration_at_all(tmp_path, text):
    assert "connector.yaml" in refused(tmp_path, text)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ConfigurationError, match="CONNECTOR_CONFIG"):
        load(tmp_path / "nowhere.yaml")


def test_codes_are_taken_as_written(tmp_path):
    path = tmp_path / "connector.yaml"
    old = "    # Codes that differ between the two services, Certify's on the left.\n    map: {}"
    assert old in TEXT
    path.write_text(TEXT.replace(old, "    map: {0100: 007, no: 1e3}"))
    assert dict(load(path).posting.entities.map) == {"0100": "007", "no": "1e3"}


def test_the_hash_follows_the_meaning_and_nothing_else(tmp_path):
    plain = load(SHIPPED).hash
    path = tmp_path / "connector.yaml"
    path.write_text("# a comment\n" + TEXT.replace("documents_per_run: 50000", ""))
    assert load(path).hash == plain
    path.write_text(TEXT.replace("days: 14", "days: 15"))
    assert load(path).hash != plain
