"""The section ``people`` of connector.yaml."""

from __future__ import annotations

import pytest

from tests.model.configuration.shipped import names_line_key_and_what_is_allowed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {approval_limit: LIMIT}",
            [
                "people.sources.0.fields.approval_limit",
                "nothing that Certify's API has of a user",
                "employee_gld/5, currency, language",
            ],
        ),
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {employee_gld/1: CLASSID}",
            ["people.sources.0.fields.employee_gld/1", "the entity stands there"],
        ),
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {currency: {feild: CURRENCY}}",
            ["people.sources.0.fields.currency.feild", "Allowed: default, field, map"],
        ),
        ('  vendors: "off"', "  vendors: make", ["people.vendors", "'make'", "'off' or 'list'"]),
        (
            "    second: none",
            "    second: boss",
            ["people.approvers.second", "'supervisors_supervisor', 'department_supervisor'"],
        ),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    names_line_key_and_what_is_allowed(tmp_path, old, new, said)
