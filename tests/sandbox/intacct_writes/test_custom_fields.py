"""Fields that a company added: described, written by generic and legacy functions, read and queried like any other."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox.intacct_writes.test_expense_reports import expense, report
from tests.sandbox.intacct_writes.test_journals import entry, journal
from tests.sandbox_fixture import RunningSandbox

FIELDS = {
    "APBILL": {
        "TRIP": {"label": "Trip code", "max_length": 8},
        "REGIONS": {"type": "ENUM", "values": ["North", "South"], "multiple": True},
        "GRADE": {"type": "ENUM", "values": ["A", "B"]},
        "APPROVED_ON": {"type": "DATE"},
        "HEADS": {"type": "INTEGER"},
        "URGENT": {"type": "BOOLEAN"},
    },
    "APBILLITEM": {"SEAT": {}},
    "EEXPENSES": {"TRIP": {"label": "Trip code"}},
    "EEXPENSESITEM": {"SEAT": {}},
    "GLENTRY": {"SEAT": {}},
    "DEPARTMENT": {"HEADCOUNT": {"type": "INTEGER"}},
}


@pytest.fixture(autouse=True)
def _fields(company: RunningSandbox) -> None:
    company.settings(custom_fields=FIELDS)


def own(**values: str) -> str:
    """`customfields` of a legacy function."""
    inner = "".join(
        f"<customfield><customfieldname>{name}</customfieldname><customfieldvalue>{value}</customfieldvalue></customfield>"
        for name, value in values.items()
    )
    return f"<customfields>{inner}</customfields>"


def test_lookup_and_inspect_name_them(client: Client) -> None:
    fields = {
        field.findtext("ID"): field
        for field in client.one("<lookup><object>APBILL</object></lookup>").data.iter("Field")
    }
    assert fields["TRIP"].findtext("ISCUSTOM") == "true"
    assert fields["VENDORID"].findtext("ISCUSTOM") == "false"
    assert (fields["TRIP"].findtext("LABEL"), fields["HEADS"].findtext("DATATYPE")) == ("Trip code", "INTEGER")
    assert [word.text for word in fields["GRADE"].iter("VALIDVALUE")] == ["A", "B"]
    inspected = client.one('<inspect detail="1"><object>APBILL</object></inspect>').data
    lengths = {field.findtext("Name"): field.findtext("maxLength") for field in inspected.iter("Field")}
    assert lengths["TRIP"] == "8"


def test_a_bill_keeps_shows_and_finds_them(client: Client) -> None:
    given = bill(
        line(SEAT="12C"), TRIP="T-1", REGIONS="North#~#South", APPROVED_ON="11/14/2026", HEADS="3", URGENT="true"
    )
    assert client.one(given).status == "success"
    assert client.one(bill(number="R-2", TRIP="T-2")).status == "success"
    wanted = "<select><field>RECORDID</field><field>TRIP</field><field>REGIONS</field></select>"
    condition = "<filter><equalto><field>TRIP</field><value>T-1</value></equalto></filter>"
    (found,) = client.one(f"<query><object>APBILL</object>{wanted}{condition}</query>").data
    assert [cell.text for cell in found] == ["R-1", "T-1", "North#~#South"]
    read = client.one("<read><object>APBILL</object><keys>1</keys><fields>*</fields></read>").data[0]
    assert (read.findtext("URGENT"), read.findtext("APBILLITEMS/apbillitem/SEAT")) == ("true", "12C")
    older = "<readByQuery><object>APBILL</object><fields>TRIP</fields><query>HEADS = 3</query></readByQuery>"
    assert [cell.text for cell in client.one(older).data.iter("TRIP")] == ["T-1"]


def test_an_update_changes_them_and_leaves_the_others(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line(SEAT="12C"), TRIP="T-1", HEADS="3"))
    done = client.one("<update><APBILL><RECORDNO>1</RECORDNO><TRIP>T-9</TRIP></APBILL></update>")
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["TRIP"], kept["HEADS"], kept["APBILLITEMS"][0]["SEAT"]) == ("T-9", "3", "12C")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"TRIP": "123456789"}, "Trip code"),
        ({"GRADE": "C"}, "GRADE"),
        ({"GRADE": "A#~#B"}, "GRADE"),
        ({"REGIONS": "North#~#West"}, "REGIONS"),
        ({"HEADS": "many"}, "HEADS"),
        ({"APPROVED_ON": "2026-11-14"}, "2026-11-14"),
        ({"COLOUR": "red"}, "There was an error processing the request."),
    ],
)
def test_what_a_field_cannot_hold_is_refused(client: Client, fields: dict[str, str], text: str) -> None:
    done = client.one(bill(**fields))
    assert done.status == "failure"
    assert text in done.first


def test_required_ones_are_demanded_of_header_and_line(client: Client, company: RunningSandbox) -> None:
    company.settings(
        custom_fields={
            "APBILL": {"TRIP": {"label": "Trip code", "required": True}},
            "APBILLITEM": {"SEAT": {"required": True}},
        }
    )
    refused(client, bill(line(SEAT="1")), "Required field Trip code is missing")
    refused(client, bill(TRIP="T"), "Required field SEAT is missing")
    assert client.one(bill(line(SEAT="1"), TRIP="T")).status == "success"


def test_read_only_ones_are_passed_over(client: Client, company: RunningSandbox) -> None:
    company.settings(custom_fields={"APBILL": {"SCORE": {"readonly": True}}})
    assert client.one(bill(SCORE="1")).status == "success"
    assert "SCORE" not in company.state("intacct", "APBILL")[0]


def test_legacy_functions_carry_them_as_customfields(client: Client, company: RunningSandbox) -> None:
    done = client.one(report(expense(tail=own(SEAT="12C")), fields=own(TRIP="T-1")))
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "EEXPENSES")
    assert (kept["TRIP"], kept["EEXPENSESITEMS"][0]["SEAT"]) == ("T-1", "12C")
    for wrong in ("COLOUR", "STATE"):
        done = client.one(report(fields=own(**{wrong: "x"})))
        assert done.first == "There was an error processing the request.", wrong
    company.settings(unknown_fields="ignore")
    assert client.one(report(fields=own(COLOUR="red"))).status == "success"


def test_journals_and_lists_have_them_too(client: Client, company: RunningSandbox) -> None:
    done = client.one(journal(entry("1", "1").replace("</GLENTRY>", "<SEAT>9</SEAT></GLENTRY>"), entry("1", "-1")))
    assert done.status == "success", done.errors
    assert company.state("intacct", "GLBATCH")[0]["ENTRIES"][0]["SEAT"] == "9"
    company.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "D1", "TITLE": "One", "HEADCOUNT": "7"}])
    asked = "<query><object>DEPARTMENT</object><select><field>HEADCOUNT</field></select><filter><greaterthan><field>HEADCOUNT</field>"
    (found,) = client.one(f"{asked}<value>6</value></greaterthan></filter></query>").data
    assert found.findtext("HEADCOUNT") == "7"


def test_objects_that_do_not_exist_are_named(company: RunningSandbox) -> None:
    with pytest.raises(RuntimeError, match="APBIL: no such object"):
        company.settings(custom_fields={"APBIL": {}})
