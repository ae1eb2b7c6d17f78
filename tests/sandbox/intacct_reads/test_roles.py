"""Roles, who has them and what they permit.

The requests are those of the vendor's pages (Company > Roles, Users, User groups); the fields those that a company of 2025 told
`lookup` (github.com/CPAanalytics/intacct_sdk, fixtures/lookup).
"""

from __future__ import annotations

import pytest

from tests.sandbox.gateway_client import GatewayClient, compare, query
from tests.sandbox_fixture import RunningSandbox


@pytest.fixture
def roles(fresh_sandbox: RunningSandbox) -> GatewayClient:
    """Two roles: one of two users, one of a group of one of them."""
    load = fresh_sandbox.load
    _, tsmith = load("intacct", "USERINFO", [{"LOGINID": "jsmith"}, {"LOGINID": "tsmith"}])["ids"]
    load("intacct", "ROLES", [{"NAME": "Accountant", "TYPE": "Enterprise"}, {"NAME": "Clerk", "TYPE": "Enterprise"}])
    load("intacct", "USERROLES", [{"USERID": name, "ROLENAME": "Accountant"} for name in ("jsmith", "tsmith")])
    load("intacct", "USERGROUP", [{"NAME": "Bookkeeping", "DESCR": "All of it"}])
    load("intacct", "ROLEGROUPS", [{"UGNAME": "Bookkeeping", "ROLENAME": "Clerk", "ROLEKEY": "2", "GROUPKEY": "1"}])
    load("intacct", "MEMBERUSERGROUP", [{"USERKEY": tsmith, "USERGROUPKEY": "1"}])
    right = {
        "ROLEKEY": "1",
        "POLICYKEY": "30",
        "POLICYNAME": "Bills",
        "MODULE": "Accounts Payable",
        "RIGHTS": "List|View",
    }
    load("intacct", "ROLEPOLICYASSIGNMENT", [right])
    return GatewayClient(fresh_sandbox.url)


def rows(gateway: GatewayClient, *arguments: str, **options: str) -> list[list[str]]:
    """The values of a query."""
    return [list(record.values()) for record in gateway.send(query(*arguments, **options)).records]


def test_the_roles_that_a_user_has(roles: GatewayClient) -> None:
    of_user = compare("equalto", "ROLEUSERS.USERLOGINID", "tsmith")
    assert rows(roles, "ROLES", "RECORDNO", "NAME", "ROLEUSERS.USERLOGINID", where=of_user) == [
        ["1", "Accountant", "tsmith"],
        ["2", "Clerk", "tsmith"],
    ]
    assert rows(roles, "ROLES", "NAME", "ROLEUSERS.USERINFO.LOGINID") == [
        ["Accountant", "jsmith"], ["Accountant", "tsmith"], ["Clerk", "tsmith"],
    ]  # fmt: skip
    assert rows(roles, "ROLES", "NAME") == [["Accountant"], ["Clerk"]], "without the way a row for each"
    assert rows(roles, "USERROLES", "USERID", "ROLENAME", where=compare("equalto", "USERID", "tsmith")) == [
        ["tsmith", "Accountant"]
    ]


def test_pages_of_what_has_several_rows(roles: GatewayClient) -> None:
    call = query("ROLES", "NAME", "ROLEUSERS.USERLOGINID", rest="<pagesize>2</pagesize><offset>2</offset>")
    data = roles.send(call).data
    assert [data.get(name) for name in ("totalcount", "count", "numremaining")] == ["3", "1", "0"]
    assert rows(roles, "ROLEGROUPS", "RECORDNO", "ROLENAME", "ROLES.ROLEUSERS.USERINFO.LOGINID") == [
        ["1", "Clerk", "tsmith"]
    ]


def test_who_has_a_role_is_computed_and_follows(roles: GatewayClient) -> None:
    assert rows(roles, "ROLEUSERS", "USERLOGINID", "ROLENAME") == [
        ["jsmith", "Accountant"], ["tsmith", "Accountant"], ["tsmith", "Clerk"],
    ]  # fmt: skip
    made = roles.send("<create><USERROLES><USERID>jsmith</USERID><ROLENAME>Clerk</ROLENAME></USERROLES></create>")
    assert made.text("operation/result/data/userroles/RECORDNO") == "3"
    assert ["jsmith", "Clerk"] in rows(roles, "ROLEUSERS", "USERLOGINID", "ROLENAME")
    roles.send("<delete><object>USERROLES</object><keys>1</keys></delete>")
    assert ["jsmith", "Accountant"] not in rows(roles, "ROLEUSERS", "USERLOGINID", "ROLENAME")
    assert rows(roles, "ROLEASSIGNMENT", "ROLENAME", "TYPE") == [
        ["Accountant", "U"], ["Clerk", "G"], ["Clerk", "U"],
    ]  # fmt: skip
    wrong = roles.send("<create><USERROLES><USERID>nobody</USERID><ROLENAME>Clerk</ROLENAME></USERROLES></create>")
    assert "The user 'nobody' is invalid." in wrong.errors[0][1]


def test_what_a_role_permits_and_reads_by_name(roles: GatewayClient) -> None:
    assert rows(roles, "ROLEPOLICYASSIGNMENT", "POLICYNAME", "ROLES.NAME") == [["Bills", "Accountant"]]
    data = roles.send("<readByName><object>ROLES</object><keys>Accountant</keys><fields>*</fields></readByName>").data
    assert [(one.findtext("RECORDNO"), one.findtext("TYPE")) for one in data] == [("1", "Enterprise")]
    told = roles.send("<lookup><object>ROLEUSERS</object></lookup>").data
    assert [one.text for one in told.iter("ID")] == [
        "RECORDNO", "ROLEKEY", "USERKEY", "ROLENAME", "USERLOGINID", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY",
        "RECORD_URL",
    ]  # fmt: skip
    assert [one.text for one in told.iter("OBJECTPATH")][:2] == ["ROLES", "USERINFO"]


def test_assignments_are_made_by_administrators(fresh_sandbox: RunningSandbox, roles: GatewayClient) -> None:
    fresh_sandbox.settings(administrators=[])
    call = "<create><USERROLES><USERID>jsmith</USERID><ROLENAME>Clerk</ROLENAME></USERROLES></create>"
    assert roles.send(call).errors[0][0] == "PL04000005"


def test_the_seeded_company_has_a_role_for_the_connector(fresh_sandbox: RunningSandbox) -> None:
    fresh_sandbox.reset(scale="demo", days=1)
    gateway = GatewayClient(fresh_sandbox.url)
    assert rows(gateway, "ROLEUSERS", "USERLOGINID", "ROLENAME") == [["xml_gateway", "Certify Integration"]]
    bills = compare("equalto", "POLICYNAME", "Bills")
    assert rows(gateway, "ROLEPOLICYASSIGNMENT", "MODULE", "ROLES.NAME", where=bills) == [
        ["Accounts Payable", "Certify Integration"]
    ]
