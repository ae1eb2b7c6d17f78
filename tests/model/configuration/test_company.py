"""The section ``company`` of connector.yaml."""

from __future__ import annotations

import pytest

from certify_intacct.model.configuration import load
from tests.model.configuration.shipped import TEXT, names_line_key_and_what_is_allowed, refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("time_zone: Europe/Berlin", "time_zone: Mars/Olympus", ["company.time_zone", "Mars/Olympus"]),
        ("    posted: nothing", "    posted: until", ["company.previous_connector", "until"]),
        ("  first_post_date: 2024-01-01", "  first_post_date: soon", ["company.first_post_date", "'soon'"]),
        ("  certify_company: sandbox", "  certify_company:", ["company.certify_company", "missing"]),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    names_line_key_and_what_is_allowed(tmp_path, old, new, said)


def test_a_company_without_entities_may_have_lines_without_a_location_and_works_in_no_entity(tmp_path):
    none = TEXT.replace("  entities: found", "  entities: none")
    assert none != TEXT
    path = tmp_path / "without.yaml"
    path.write_text(
        none.replace("    certify: employee_gld/1", "    certify: employee_gld/1\n    required: false"),
        encoding="utf-8",
    )
    assert not load(path).dimensions.entities.required
    for old, new in (
        ("posting_entity: top_level", "posting_entity: entity"),
        ('intacct_entity: ""', "intacct_entity: US"),
    ):
        assert "take one out" in refused(tmp_path, none.replace(old, new))
