"""Writes as parts of requests: many functions, transactions, replayed control IDs, lost answers, counts, survival."""

from __future__ import annotations

import time

import pytest
import requests

from tests.sandbox.intacct_writes.conftest import ENVELOPE, Client, bill, line
from tests.sandbox_fixture import RunningSandbox


def numbers(company: RunningSandbox) -> list[str]:
    """The numbers of the bills that are kept."""
    return [one["RECORDID"] for one in company.state("intacct", "APBILL")]


def test_one_bad_function_does_not_stop_the_others(client: Client, company: RunningSandbox) -> None:
    done = client.send(bill(number="A"), bill(VENDORID="9", number="B"), bill(number="C"))
    assert [one.status for one in done] == ["success", "failure", "success"]
    assert numbers(company) == ["A", "C"]
    counts = company.calls()["intacct"]["create APBILL"]
    assert (counts["calls"], counts["written"]) == (3, 2)


def test_a_transaction_is_all_or_nothing(client: Client, company: RunningSandbox) -> None:
    done = client.send(bill(number="A"), bill(VENDORID="9", number="B"), bill(number="C"), transaction=True)
    assert [one.status for one in done] == ["aborted", "failure", "aborted"]
    assert done[1].errors[0][1].startswith("Vendor '9' specified is not valid.")
    assert done[1].errors[-1][0] == done[0].errors[0][0] == "XL03000009"
    assert numbers(company) == []
    assert company.state("intacct", "APBILLITEM") == []


def posted(client: Client, control_id: str, function: str) -> str:
    """The raw answer to one function under a control ID with uniqueid."""
    return client.http.post(
        client.sandbox.url + "/ia/xml/xmlgw.phtml",
        timeout=30,
        data=ENVELOPE.format(
            unique="true",
            info="false",
            transaction="false",
            user="xml_gateway",
            password="sandbox_user_password",
            entity="",
            functions=f'<function controlid="{control_id}">{function}</function>',
        ).encode(),
    ).text


def test_a_replayed_control_id_writes_nothing(client: Client, company: RunningSandbox) -> None:
    company.settings(duplicate_bill_number="accept")
    assert "<status>failure</status>" in posted(client, "id-1", bill(VENDORID="9"))
    assert "<apbill>" in posted(client, "id-1", bill())
    assert "already been used" in posted(client, "id-1", bill())
    assert numbers(company) == ["R-1"]


def test_a_lost_answer_may_become_visible_late(client: Client, company: RunningSandbox) -> None:
    company.settings(late_commit_seconds=1)
    company.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    with pytest.raises(requests.ConnectionError):
        client.send(bill())
    assert numbers(company) == []
    deadline = time.monotonic() + 20
    while not numbers(company) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert numbers(company) == ["R-1"]


def test_a_bill_written_here_is_read_there(client: Client) -> None:
    client.send(bill(line(), line("5")))
    query = (
        "<query><object>{}</object><select>{}</select>"
        "<filter><equalto><field>{}</field><value>{}</value></equalto></filter></query>"
    )
    fields = "".join(f"<field>{name}</field>" for name in ("RECORDID", "TOTALENTERED", "STATE", "VENDOR.NAME"))
    done = client.one(query.format("APBILL", fields, "RECORDID", "R-1"))
    assert [cell.text for cell in done.data[0]] == ["R-1", "105.12", "Posted", "Ann Smith"]
    lines = client.one(query.format("APBILLITEM", "<field>TRX_AMOUNT</field>", "RECORDKEY", "1"))
    assert [one.findtext("TRX_AMOUNT") for one in lines.data] == ["100.12", "5.00"]
    audited = client.one(
        query.format("AUDITHISTORY", "<field>ACCESSMODE</field><field>OBJECTKEY</field>", "OBJECTTYPE", "apbill")
    )
    assert [cell.text for cell in audited.data[0]] == ["C", "1"]


def test_bills_survive_a_kill(client: Client, company: RunningSandbox) -> None:
    client.send(*(bill(number=f"K-{n}") for n in range(20)))
    company.kill()
    company.start()
    assert len(numbers(company)) == 20
    assert client.one(bill(number="K-20")).data[0].findtext("RECORDNO") == "21"


def test_a_company_without_entities_needs_no_location(fresh_sandbox: RunningSandbox) -> None:
    fresh_sandbox.load("intacct", "VENDOR", [{"VENDORID": "20000", "NAME": "Ann"}])
    fresh_sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6220", "TITLE": "Travel"}])
    done = Client(fresh_sandbox).one(bill(line(location="")))
    assert done.status == "success", done.errors
