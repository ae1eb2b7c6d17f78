"""People's data: only allow-listed fields, the configured ones among them, and a record of links that only grows."""

from __future__ import annotations

import re

import psycopg
import pytest
from pydantic import ValidationError

from certify_intacct.model.configuration import Configuration
from certify_intacct.staging.streams import STREAMS, Stream, configured

BANNED = re.compile(r"SSN|BIRTH|GENDER|ACH|BANK|TAXID|1099|ROUTING|SALARY|PHONE|MAILADDRESS", re.IGNORECASE)


INTACCT_EMPLOYEES, INTACCT_LOCATIONS, INTACCT_USERS = (
    STREAMS[name] for name in ("intacct_employees", "intacct_locations", "intacct_users")
)


def settings(dimensions=None, **people):
    company = {"time_zone": "Europe/Berlin", "certify_company": "acme", "intacct_company_id": "ACME"}
    posting = {"vendors": {"employee_vendor_types": ["Employee"]}}
    given = {"company": company, "posting": posting, "people": people, "dimensions": dimensions or {}}
    return Configuration.model_validate(given)


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_no_stream_reads_what_is_nobodys_business(name):
    assert not [field for field in STREAMS[name].source_fields if BANNED.search(field) or "*" in field]


@pytest.mark.parametrize(
    "field", ["SSN", "BIRTHDATE", "GENDER", "ACHACCOUNTNUMBER", "PERSONALINFO.MAILADDRESS.CITY", "A B", "A;B", "1A"]
)
def test_no_field_of_that_kind_can_be_configured(field):
    with pytest.raises(ValidationError):
        settings(sources=[{"kind": "employee", "role_field": field}])


def test_what_else_a_source_names_is_asked_for_and_nothing_of_it_else():
    users, vendors = STREAMS["certify_users"], STREAMS["intacct_person_vendors"]
    shipped = [configured(stream, settings()) for stream in (users, INTACCT_EMPLOYEES)]
    texts = {"Currency", "Language", "Culture"}
    assert not [stream for stream in shipped if stream is None or texts & {*stream.source_fields} or stream.further]
    fields = {"currency": "CURRENCY", "employee_gld/2": "CLASSID", "language": {"default": "de"}}
    own = {
        "kind": "employee",
        "fields": fields,
        "accountant_field": "BOOKS",
        "start_field": "",
        "end_field": "LAST_DAY",
    }
    chosen = configured(INTACCT_EMPLOYEES, settings(sources=[own], vendors="list"))
    assert chosen is not None
    assert chosen.further == ("CURRENCY", "CLASSID", "BOOKS", "PERSONALINFO.CONTACTNAME")
    assert {"LAST_DAY"} <= {*chosen.source_fields}
    assert not {"STARTDATE", "ENDDATE"} & {*chosen.source_fields}
    read = configured(users, settings(sources=[own]))
    assert read is not None
    assert texts & {*read.source_fields} == {"Currency", "Language"}
    dated = configured(vendors, settings(sources=[{"kind": "vendor", "end_field": "LAST_DAY"}]))
    assert dated is not None
    assert {column.name: column.source for column in dated.columns if column.type == "date"} == {
        "start_date": "", "end_date": "LAST_DAY",
    }  # fmt: skip


def test_the_configured_fields_are_asked_for_once():
    plain = configured(INTACCT_EMPLOYEES, settings())
    assert plain is not None
    assert {"DEPARTMENTID", "LOCATIONID", "SUPERVISORID"} <= set(plain.source_fields)
    own = {
        "kind": "employee",
        "sync_field": "SYNC",
        "role_field": "CERTIFY_ROLE",
        "department_field": "",
        "location_field": "MEGAENTITYID",
    }
    chosen = configured(INTACCT_EMPLOYEES, settings(sources=[own]))
    assert chosen is not None
    assert {"SYNC", "CERTIFY_ROLE"} <= set(chosen.source_fields)
    assert "DEPARTMENTID" not in chosen.source_fields
    assert chosen.source_fields.count("MEGAENTITYID") == 1
    assert [column.name for column in chosen.columns] == [column.name for column in INTACCT_EMPLOYEES.columns]


def test_what_the_company_does_not_use_is_not_read():
    assert configured(INTACCT_USERS, settings()) is None
    assert configured(INTACCT_USERS, settings(sources=[{"kind": "user"}])) is not None
    assert configured(INTACCT_EMPLOYEES, settings(sources=[{"kind": "user"}])) is not None  # supervisors are employees
    assert (
        configured(INTACCT_LOCATIONS, settings(entities={"source": "none"})) is not None
    )  # they tell whether there are entities
    assert configured(STREAMS["intacct_projects"], settings()) is None


def test_a_list_of_certify_is_read_where_the_dimension_stands():
    def source(name: str, **dimensions: object) -> str:
        stream = configured(STREAMS[name], settings(dimensions))
        assert isinstance(stream, Stream)
        return stream.source

    assert source("certify_departments") == "departments"
    assert source("certify_entities") == "empglds/1"
    assert source("certify_entities", entity={"certify": "report_gld/3"}) == "exprptglds/3"
    assert source("certify_projects", project={"certify": "employee_gld/5"}) == "empglds/5"
    assert configured(STREAMS["certify_entities"], settings(entities={"source": "none"})) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"default_role": "Accountants"},
        {"sources": []},
        {"sources": [{"kind": "employee"}, {"kind": "employee"}]},
        {"deactivation": {"guard_share": "1.5"}},
        {"approvers": {"promote": True, "roles": ["Executives"]}},
        {"max_creates": -1},
    ],
    ids=str,
)
def test_a_configuration_that_would_do_harm_is_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_every_change_of_a_link_leaves_an_event_that_the_loader_cannot_change(database):
    with psycopg.connect(database.loader_url, autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO ledger.user_link (person_key, origin, employee_id, email, run_id)
            VALUES ('employee/1', 'created', 'E1', 'a@b.cd', 'r1')
            """
        )
        connection.execute("UPDATE ledger.user_link SET certify_id = 'u1', run_id = 'r2'")
        connection.execute("DELETE FROM ledger.user_link")
        events = connection.execute(
            "SELECT operation, certify_id, run_id FROM ledger.user_link_event ORDER BY event_id"
        ).fetchall()
        assert events == [("insert", None, "r1"), ("update", "u1", "r2"), ("delete", "u1", "r2")]
        for statement in ("UPDATE ledger.user_link_event SET run_id = 'x'", "DELETE FROM ledger.user_link_event"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
