"""What a company forbids by rules of its own: Smart Rules, and expenses of people who are no resources of a project."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox.intacct_writes.test_cards import charge
from tests.sandbox.intacct_writes.test_expense_reports import expense, report
from tests.sandbox_fixture import RunningSandbox

VIOLATED = "Smart Rule 1000123 Violated"


def rule(company: RunningSandbox, object: str, field: str, like: str) -> None:
    """One Smart Rule, and no other."""
    company.settings(smart_rules=[{"number": "1000123", "object": object, "field": field, "like": like}])


def test_a_smart_rule_looks_at_the_header_as_it_would_be_kept(client: Client, company: RunningSandbox) -> None:
    rule(company, "APBILL", "RECORDID", "%NR")
    refused(client, bill(number="CERT-1-NR"), VIOLATED)
    assert client.one(bill(number="CERT-1-R")).status == "success"
    rule(company, "APBILL", "VENDORNAME", "Ann%")
    refused(client, bill(number="CERT-2-R"), VIOLATED)


def test_it_looks_at_lines_and_at_changes(client: Client, company: RunningSandbox) -> None:
    rule(company, "APBILLITEM", "ENTRYDESCRIPTION", "%gift%")
    refused(client, bill(line(), line(ENTRYDESCRIPTION="a gift card")), VIOLATED)
    assert client.one(bill()).status == "success"
    change = "<update><APBILL><RECORDNO>1</RECORDNO><APBILLITEMS>{}</APBILLITEMS></APBILL></update>"
    done = client.one(change.format(line(ENTRYDESCRIPTION="gift")))
    assert done.first == VIOLATED
    assert company.state("intacct", "APBILL")[0]["APBILLITEMS"][0]["ENTRYDESCRIPTION"] == "Line"


@pytest.mark.parametrize(
    ("object", "field", "like", "call"),
    [
        ("CCTRANSACTION", "RECORDID", "CC-%", charge()),
        ("EEXPENSES", "EMPLOYEEID", "E1", report(expense())),
        ("VENDOR", "NAME", "New%", "<create><VENDOR><VENDORID>V9</VENDORID><NAME>New one</NAME><DISPLAYCONTACT><PRINTAS>N</PRINTAS>"
         "</DISPLAYCONTACT></VENDOR></create>"),
        ("DEPARTMENT", "TITLE", "%", "<update><DEPARTMENT><DEPARTMENTID>D300</DEPARTMENTID><TITLE>X</TITLE></DEPARTMENT></update>"),
    ],
)  # fmt: skip
def test_it_holds_for_any_object(
    client: Client, company: RunningSandbox, object: str, field: str, like: str, call: str
) -> None:
    rule(company, object, field, like)
    assert client.one(call).first == VIOLATED
    company.settings(smart_rules=[])
    assert client.one(call).status == "success"


def test_expenses_of_those_who_are_no_resource_of_a_project(client: Client, company: RunningSandbox) -> None:
    company.settings(expense_resources_only=True)
    call = report(expense(tail="<projectid>P1</projectid>"))
    assert client.one(call).first == "The employee isn't a resource of the project 'P1'."
    assert client.one(report(expense())).status == "success"
    company.load("intacct", "PROJECTRESOURCES", [{"PROJECTID": "P1", "EMPLOYEEID": "E1"}])
    assert client.one(call).status == "success"
