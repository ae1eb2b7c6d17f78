"""Intacct's own meter: what was asked of the gateway, by day, sender, user and function."""

from __future__ import annotations

import pytest

from tests.sandbox.gateway_client import GatewayClient, query
from tests.sandbox_fixture import RunningSandbox

FIELDS = ("PARTNERID", "LOGINID", "FUNCTION", "N_TRANS", "STATUS")
CREATE = "<create><DEPARTMENT><DEPARTMENTID>{0}</DEPARTMENTID><TITLE>New</TITLE></DEPARTMENT></create>"


def told(gateway: GatewayClient) -> dict[tuple[str, str], int]:
    """By function and status what is billed of it."""
    records = gateway.send(query("APIUSAGEDETAIL", *FIELDS)).records
    assert {(one["PARTNERID"], one["LOGINID"]) for one in records} == {("sandbox_sender", "xml_gateway")}
    return {(one["FUNCTION"], one["STATUS"]): int(one["N_TRANS"]) for one in records}


@pytest.mark.usefixtures("company")
def test_records_that_are_written_and_pages_that_are_read_count_and_refusals_do_not(gateway):
    gateway.send(CREATE.format(77))
    gateway.send(CREATE.format(77))
    gateway.send(query("DEPARTMENT", "RECORDNO"), query("DEPARTMENT", "TITLE"))
    gateway.send(query("DEPARTMENT", "NOTHING"))
    gateway.send("<lookup><object>DEPARTMENT</object></lookup>")
    assert told(gateway) == {
        ("create", "success"): 1, ("create", "failure"): 0, ("query", "success"): 2, ("query", "failure"): 0, ("lookup", "success"): 0,
    }  # fmt: skip
    assert told(gateway)["query", "success"] == 3, "the meter's own query is one too"
    summary = (
        "<query><object>APIUSAGESUMMARY</object><select><field>PARTNERID</field><sum>N_TRANS</sum></select></query>"
    )
    (row,) = gateway.send(summary).records
    assert row == {"PARTNERID": "sandbox_sender", "N_TRANS": "5"}


@pytest.mark.usefixtures("company")
def test_what_counts_is_a_setting(gateway, company):
    gateway.send("<lookup><object>DEPARTMENT</object></lookup>")
    gateway.send("<readByName><object>DEPARTMENT</object><keys>10</keys><fields>*</fields></readByName>")
    for billed, counts in (("queries", (0, 0)), ("reads", (0, 1)), ("all", (1, 1))):
        company.settings(api_usage_billed=billed)
        found = told(gateway)
        assert (found["lookup", "success"], found["readByName", "success"]) == counts


def test_what_a_company_does_not_show_is_no_object_and_no_field(gateway, fresh_sandbox: RunningSandbox):
    fresh_sandbox.settings(api_usage_shown=["APIUSAGESUMMARY"], api_usage_fields="monthly")
    assert "not found" in gateway.send(query("APIUSAGEDETAIL", "RECORDNO")).errors[0][1]
    lookup = gateway.send("<lookup><object>APIUSAGESUMMARY</object></lookup>").data
    assert {node.text for node in lookup.iter("ID")} == {"RECORDNO", "PARTNERID", "LOGINID", "N_TRANS", "PERIOD"}


@pytest.mark.usefixtures("company")
def test_after_sixty_days_it_is_forgotten(gateway, company):
    gateway.send(query("DEPARTMENT", "RECORDNO"))
    assert told(gateway)["query", "success"] == 1
    company.settings(clock_shift_seconds=61 * 86_400)
    assert gateway.send(query("APIUSAGEDETAIL", *FIELDS)).records == []
