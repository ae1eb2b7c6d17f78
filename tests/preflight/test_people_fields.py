"""Fields of Intacct that people come by: that they are there is known before a run."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError

EMPLOYEE = {"SYNC": {"type": "BOOLEAN"}, "TEAM": {"type": "TEXT"}, "JOINED": {"type": "DATE"}}


@pytest.fixture(autouse=True)
def _fields(company) -> None:
    company.sandbox.settings(custom_fields={"EMPLOYEE": EMPLOYEE, "VENDOR": {"GOES": {"type": "DATE"}}})


def source(company, kind="employee", **fields) -> None:
    company.configure(people__sources=[{"kind": kind, **fields}])


def test_fields_that_are_there_pass(company):
    source(
        company,
        sync_field="SYNC",
        start_field="JOINED",
        fields={"employee_gld/2": "CLASSID", "culture": "PERSONALINFO.CONTACTNAME"},
    )
    assert company.check("organization")["stopping"] == 0
    assert company.outcomes()["Field SYNC of EMPLOYEE"] == "present"
    assert company.outcomes()["Field CLASSID of EMPLOYEE"] == "present"


@pytest.mark.parametrize(
    ("fields", "key", "text"),
    [
        (
            {"fields": {"employee_gld/2": "TEEM"}},
            "fields.employee_gld/2",
            "Intacct has no field TEEM there; it has TEAM.",
        ),
        ({"accountant_field": "X.Y"}, "accountant_field", "Intacct has no field X.Y there"),
        ({"sync_field": "TEAM"}, "sync_field", "TEAM is TEXT in Intacct, and sync_field needs a checkbox."),
        ({"end_field": "TEAM"}, "end_field", "TEAM is TEXT in Intacct, and end_field needs a date."),
    ],
)
def test_one_that_is_not_there_stops_the_run_and_names_the_key(company, fields, key, text):
    source(company, **fields)
    with pytest.raises(ConnectorError) as caught:
        company.check("organization")
    assert text in str(caught.value)
    line = next(
        number for number, text in enumerate(company.config.read_text().splitlines(), 1) if key.split(".")[-1] in text
    )
    assert f"connector.yaml, line {line}, people.sources.0.{key}" in str(caught.value)


def test_vendors_have_fields_of_their_own(company):
    source(company, "vendor", end_field="GOES", sync_field="SYNC")
    with pytest.raises(ConnectorError, match="no field SYNC there"):
        company.check("organization")
    assert company.outcomes()["Field GOES of VENDOR"] == "present"


def test_nothing_is_asked_where_none_is_named(company):
    company.check("organization")
    assert not [item for item in company.outcomes() if item.startswith("Field ")]
