"""Dimensions that a company made itself, and how dimensions are related: told, demanded, filled in."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox.intacct_writes.test_custom_fields import own
from tests.sandbox.intacct_writes.test_expense_reports import expense, report
from tests.sandbox.intacct_writes.test_journals import entry, journal
from tests.sandbox_fixture import RunningSandbox


@pytest.fixture(autouse=True)
def _dimensions(company: RunningSandbox) -> None:
    company.settings(user_defined_dimensions={"udd_test": {"label": "Campaign"}, "udd_off": {"enabled_in_gl": False}})
    company.load("intacct", "udd_test", [{"id": "10008", "name": "Spring"}, {"name": "Autumn"}])


def values(client: Client, condition: str = "") -> list[tuple[str, str]]:
    """id and name of the values of udd_test."""
    asked = f"<query><object>udd_test</object><select><field>id</field><field>name</field></select>{condition}</query>"
    return [(row.findtext("id"), row.findtext("name")) for row in client.one(asked).data]


def test_its_values_are_an_object_with_id_and_name(client: Client) -> None:
    assert values(client) == [("10008", "Spring"), ("10009", "Autumn")]
    named = "<filter><equalto><field>name</field><value>Autumn</value></equalto></filter>"
    assert values(client, named) == [("10009", "Autumn")]
    assert client.one("<create><udd_test><name>Winter</name></udd_test></create>").status == "success"
    assert values(client)[-1] == ("10010", "Winter")
    row = client.one(
        "<readByQuery><object>udd_test</object><fields>*</fields><query>id = 10008</query></readByQuery>"
    ).data[0]
    told = ["id", "name", "createdBy", "createdAt", "updatedBy", "updatedAt", "RECORD_URL"]
    assert [cell.tag for cell in row] == told
    assert (row.findtext("id"), row.findtext("name")) == ("10008", "Spring")
    assert [
        field.findtext("ID") for field in client.one("<lookup><object>UDD_TEST</object></lookup>").data.iter("Field")
    ] == told


def test_of_its_values_is_told_since_when_they_are_so(client: Client, company: RunningSandbox) -> None:
    """As a client recorded it that asks for what changed since a day."""
    assert client.one("<create><udd_test><name>Winter</name></udd_test></create>").status == "success"
    asked = (
        "<query><object>UDD_TEST</object><select><field>id</field><field>updatedAt</field><field>createdAt</field></select>"
        "<filter><greaterthanorequalto><field>updatedAt</field><value>{}</value></greaterthanorequalto></filter></query>"
    )
    (row,) = client.one(asked.format("01/01/2026 00:00:01")).data
    assert (row.tag, row.findtext("id")) == ("UDD_TEST", "10010")
    assert row.findtext("updatedAt") == row.findtext("createdAt")
    assert list(client.one(asked.format("01/01/2199 00:00:01")).data) == []


def test_a_line_leads_to_its_record(client: Client) -> None:
    """By a path that is called as recorded: RGLDIM, the number of the company, its own number."""
    assert client.one(bill(line(GLDIMUDD_TEST="10008"), number="W-1")).status == "success"
    found = client.one("<lookup><object>APBILLITEM</object></lookup>").data
    told = {one.findtext("OBJECTNAME"): one for one in found.iter("Relationship")}["UDD_TEST"]
    assert [told.findtext(name) for name in ("LABEL", "RELATIONSHIPTYPE", "RELATEDBY")] == [
        "Campaign", "MANY2ONE", "GLDIMUDD_TEST",
    ]  # fmt: skip
    path = told.findtext("OBJECTPATH")
    assert re.fullmatch(r"RGLDIM\d+_\d+", path or "")
    asked = f"<query><object>APBILLITEM</object><select><field>{path}.NAME</field></select></query>"
    assert client.one(asked).data[0][0].text == "Spring"


def test_get_dimensions_lists_it(client: Client) -> None:
    rows = client.one("<getDimensions/>").data.findall("dimensions/dimension")
    told = {row.findtext("objectName"): [cell.text for cell in row][1:] for row in rows}
    assert told["UDD_TEST"] == ["Campaign", "Campaign", "true", "true"]
    assert told["UDD_OFF"] == ["Udd_Off", "Udd_Off", "true", "false"]
    assert told["DEPARTMENT"] == ["Department", "Department", "false", "true"]


def test_get_dimensions_lists_as_recorded(client: Client, company: RunningSandbox) -> None:
    """Those of the recorded company of 2026 in their order; a term of the company's own beside the label."""
    company.settings(dimension_terms={"PROJECT": "Vehicle"}, user_defined_dimensions={})
    rows = client.one("<getDimensions/>").data.findall("dimensions/dimension")
    assert [row.findtext("objectName") for row in rows] == [
        "DEPARTMENT", "LOCATION", "PROJECT", "CUSTOMER", "VENDOR", "EMPLOYEE", "ITEM", "CLASS", "CONTRACT", "TASK", "WAREHOUSE",
        "COSTTYPE", "AFFILIATEENTITY", "WORKORDER", "FIXEDASSET", "LOANACCOUNT",
    ]  # fmt: skip
    assert [rows[2].findtext(name) for name in ("objectLabel", "termLabel")] == ["Project", "Vehicle"]
    assert {row.findtext("userDefinedDimension") for row in rows} == {"false"}
    related = client.one("<getDimensionRelationships/>").data
    assert [(row.findtext("dimension"), row.findtext("object_id")) for row in related][1] == ("LOCATION", "5003")


@pytest.mark.parametrize(
    ("which", "text"),
    [
        (0, "This transaction is missing the Campus dimension for the Account 6230"),
        (1, "This transaction is missing the 'Campus' dimension for the Account 6230"),
        (2, "The account number '6230' requires a Campus."),
    ],
)
def test_a_missing_dimension_is_called_what_the_company_calls_it(
    client: Client, company: RunningSandbox, which: int, text: str
) -> None:
    company.settings(missing_dimension_text=which, dimension_terms={"DEPARTMENT": "Campus"})
    refused(client, bill(line(account="6230")), text)


def test_lines_have_it_by_id(client: Client, company: RunningSandbox) -> None:
    done = client.one(bill(line(GLDIMUDD_TEST="10008")))
    assert done.status == "success", done.errors
    refused(client, bill(line(GLDIMUDD_TEST="Spring"), number="R-2"), "Invalid Campaign 'Spring' specified.")
    refused(client, bill(line(GLDIMUDD_OFF="1"), number="R-2"), "There was an error processing the request.")
    asked = "<query><object>APBILLITEM</object><select><field>GLDIMUDD_TEST</field></select></query>"
    assert client.one(asked).data[0].findtext("GLDIMUDD_TEST") == "10008"
    with_it = entry("1", "1").replace("</GLENTRY>", "<GLDIMUDD_TEST>10009</GLDIMUDD_TEST></GLENTRY>")
    assert client.one(journal(with_it, entry("1", "-1"))).status == "success"
    assert company.state("intacct", "GLBATCH")[0]["ENTRIES"][0]["GLDIMUDD_TEST"] == "10009"


def test_legacy_functions_give_it_as_a_customfield(client: Client, company: RunningSandbox) -> None:
    done = client.one(report(expense(tail=own(GLDIMUDD_TEST="10008"))))
    assert done.status == "success", done.errors
    asked = "<query><object>EEXPENSESITEM</object><select><field>GLDIMUDD_TEST</field></select></query>"
    assert client.one(asked).data[0].findtext("GLDIMUDD_TEST") == "10008"
    wrong = client.one(report(expense(tail=own(GLDIMUDD_TEST="7"))))
    assert wrong.first == "Invalid Campaign '7' specified."


def test_an_account_may_demand_it(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6990", "TITLE": "Ads", "REQUIREGLDIMUDD_TEST": "true"}])
    refused(
        client, bill(line(account="6990")), "This transaction is missing the Campaign dimension for the Account 6990"
    )
    assert client.one(bill(line(account="6990", GLDIMUDD_TEST="10008"))).status == "success"


def test_what_a_dimension_fills_in(client: Client, company: RunningSandbox) -> None:
    company.settings(dimension_relations={"PROJECT": {"CUSTOMER": "filled"}})
    assert client.one(bill(line(PROJECTID="P1"))).status == "success"
    first = company.state("intacct", "APBILL")[0]["APBILLITEMS"][0]
    assert (first["CUSTOMERID"], first["CUSTOMERNAME"]) == ("C1", "Nasa")
    company.settings(dimension_relations={"PROJECT": {"CUSTOMER": "fixed"}})
    refused(
        client,
        bill(line(PROJECTID="P1", CUSTOMERID="C2"), number="R-2"),
        "Customer must be C1. This value is auto-filled",
    )
    company.settings(dimension_relations={})
    assert client.one(bill(line(PROJECTID="P1"), number="R-3")).status == "success"
    assert not company.state("intacct", "APBILL")[1]["APBILLITEMS"][0].get("CUSTOMERID")


def test_a_dimension_of_ones_own_may_fill_in_another(client: Client, company: RunningSandbox) -> None:
    company.settings(dimension_relations={"udd_test": {"CLASS": "fixed"}, "PROJECT": {"udd_test": "filled"}})
    found = client.one("<getDimensionRelationships/>").data
    numbers = {
        (block.findtext("dimension"), related.findtext("dimension")): related.findtext("relationship_id")
        for block in found
        for related in block.findall("related")
    }
    assert numbers["UDD_TEST", "CLASS"] == numbers["CLASS", "UDD_TEST"]
    company.load("intacct", "CLASS", [{"CLASSID": "K1", "NAME": "One"}, {"CLASSID": "K2", "NAME": "Two"}])
    company.load("intacct", "udd_test", [{"name": "Tied", f"R{numbers['UDD_TEST', 'CLASS']}": "K1"}])
    company.load(
        "intacct", "PROJECT", [{"PROJECTID": "P7", "NAME": "Tied", f"R{numbers['PROJECT', 'UDD_TEST']}": "10010"}]
    )
    assert client.one(bill(line(PROJECTID="P7"))).status == "success"
    first = company.state("intacct", "APBILL")[0]["APBILLITEMS"][0]
    assert (first["GLDIMUDD_TEST"], first["CLASSID"]) == ("10010", "K1")
    refused(
        client, bill(line(PROJECTID="P7", CLASSID="K2"), number="R-2"), "Class must be K1. This value is auto-filled"
    )
    data = client.one(
        "<getDimensionRestrictedData><DimensionValue><dimension>CLASS</dimension><value>One</value></DimensionValue>"
        "</getDimensionRestrictedData>"
    ).data
    assert [[cell.text for cell in block] for block in data] == [["UDD_TEST", "10010"]]


def test_relations_are_told_as_the_page_has_them(client: Client, company: RunningSandbox) -> None:
    company.settings(dimension_relations={"PROJECT": {"CUSTOMER": "filled"}, "TASK": {"PROJECT": "fixed"}})

    def told(function: str, name: str) -> list[list[str]]:
        block = next(one for one in client.one(f"<{function}/>").data if one.findtext("dimension") == name)
        for number in [*block.iter("object_id", "relationship_id")]:
            number.getparent().remove(number)
        return [[cell.text for cell in one] or [one.text] for one in block]

    filled = told("getDimensionAutofillDetails", "PROJECT")
    assert filled == [["PROJECT"], ["true"], ["CUSTOMER", "Many-to-One"]]
    assert told("getDimensionAutofillDetails", "TASK") == [["TASK"], ["false"], ["PROJECT", "Many-to-One"]]
    related = told("getDimensionRelationships", "PROJECT")
    assert related == [["PROJECT"], ["true"], ["true"], ["CUSTOMER", "Many", "One"], ["TASK", "One", "Many"]]
    assert told("getDimensionRelationships", "LOCATION") == [["LOCATION"], ["false"], ["false"]]
    assert told("getDimensionRestrictions", "TASK") == [["TASK"], ["PROJECT"]]


def test_who_may_not_know_the_dimensions_is_refused(client: Client, company: RunningSandbox) -> None:
    company.settings(dimensions_readable=False)
    for function in (
        "getDimensions",
        "getDimensionRelationships",
        "getDimensionAutofillDetails",
        "getDimensionRestrictions",
    ):
        assert client.one(f"<{function}/>").first == "You do not have permission for API operation READ on dimensions"
