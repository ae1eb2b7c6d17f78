"""What journals, accounts, cards and projects do not take, and under which names a company shows it."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox.intacct_writes.test_cards import charge
from tests.sandbox.intacct_writes.test_journals import entry, journal
from tests.sandbox_fixture import RunningSandbox


def change(company: RunningSandbox, object: str, key: str, value: str, **changes: str) -> None:
    """Changes a record as a clerk does."""
    (record,) = [one for one in company.state("intacct", object) if one[key] == value]
    company.act("edit_document", object=object, record=record["RECORDNO"], changes=changes)


def shown(client: Client, object: str) -> dict[str, str]:
    """The fields that `lookup` names, with their labels."""
    data = client.one(f"<lookup><object>{object}</object></lookup>").data
    if data is None:
        return {}
    return {field.findtext("ID", ""): field.findtext("LABEL", "") for field in data.iter("Field")}


def asked(client: Client, object: str, *fields: str) -> str:
    """Whether a query that asks for these fields succeeds."""
    select = "".join(f"<field>{name}</field>" for name in fields)
    return client.one(f"<query><object>{object}</object><select>{select}</select></query>").status


@pytest.mark.parametrize("switch", ["SUBLEDGERCONTROLON", "NODIRECTPOST"])
def test_an_account_that_disallows_direct_posting(client: Client, company: RunningSandbox, switch: str) -> None:
    change(company, "GLACCOUNT", "ACCOUNTNO", "6220", **{switch: "true"})
    done = client.one(journal(entry("10", "1"), entry("10", "-1", account="2100")))
    assert done.first == "Direct posting to the account 6220 is not allowed."
    assert client.one(bill()).status == "success"
    company.settings(direct_posting_of="all")
    refused(client, bill(number="R-2"), "Direct posting to the account 6220 is not allowed.")


def test_a_journal_that_disallows_direct_posting(client: Client, company: RunningSandbox) -> None:
    change(company, "GLJOURNAL", "SYMBOL", "GJ", DISALLOWDIRECTPOSTING="true")
    done = client.one(journal(entry("10", "1"), entry("10", "-1", account="2100")))
    assert done.first == "Direct posting to the journal GJ is not allowed."


def test_the_switch_is_shown_under_one_name_or_none(client: Client, company: RunningSandbox) -> None:
    assert {"SUBLEDGERCONTROLON"} == {"SUBLEDGERCONTROLON", "NODIRECTPOST"} & shown(client, "GLACCOUNT").keys()
    assert asked(client, "GLACCOUNT", "NODIRECTPOST") == "failure"
    company.settings(direct_posting_field="labelled")
    for name in ("GLACCOUNT", "GLJOURNAL"):
        assert shown(client, name)["NODIRECTPOST"] == "Disallow direct posting"
        assert asked(client, name, "NODIRECTPOST") == "success"
    company.settings(direct_posting_field="hidden")
    assert not {"SUBLEDGERCONTROLON", "NODIRECTPOST"} & shown(client, "GLACCOUNT").keys()
    assert asked(client, "GLACCOUNT", "SUBLEDGERCONTROLON") == "failure"


def test_a_field_that_is_named_and_cannot_be_asked_for(client: Client, company: RunningSandbox) -> None:
    company.settings(unreadable_fields={"CREDITCARD": ["EXP_YEAR"]}, hidden_fields={"CREDITCARD": ["EXP_MONTH"]})
    fields = shown(client, "CREDITCARD")
    assert "EXP_YEAR" in fields
    assert "EXP_MONTH" not in fields
    assert asked(client, "CREDITCARD", "EXP_YEAR") == asked(client, "CREDITCARD", "EXP_MONTH") == "failure"
    assert asked(client, "CREDITCARD", "CARDID") == "success"


@pytest.mark.parametrize(
    ("month", "year", "rule", "status"),
    [
        ("11", "2026", "by_date", "success"),
        ("10", "2026", "by_date", "failure"),
        ("October", "2026", "by_date", "failure"),
        ("10", "2026", "accept", "success"),
        ("11", "2020", "today", "failure"),
        ("12", "2099", "today", "success"),
    ],
)
def test_an_expired_card(
    client: Client, company: RunningSandbox, month: str, year: str, rule: str, status: str
) -> None:
    company.settings(expired_card=rule)
    change(company, "CREDITCARD", "CARDID", "AMEX-1", EXP_MONTH=month, EXP_YEAR=year)
    done = client.one(charge())
    assert done.status == status
    if status == "failure":
        assert done.first == "The credit card AMEX-1 has expired."


def test_a_project_whose_status_prevents_bills(client: Client, company: RunningSandbox) -> None:
    change(company, "PROJECT", "PROJECTID", "P1", PREVENTAPPO="true", PREVENTEXPENSE="true")
    text = "The Project 'P1' has a project status that prevents AP and purchasing transactions."
    refused(client, bill(line(PROJECTID="P1")), text)
    named = charge(
        "<ccpayitem><glaccountno>6220</glaccountno><paymentamount>1</paymentamount><locationid>US</locationid>"
        "<projectid>P1</projectid></ccpayitem>"
    )
    assert client.one(named).status == "success"
    company.settings(project_status_of="all")
    assert client.one(named.replace("CC-1", "CC-2")).first == text


def test_what_clerks_close_and_open_is_logged_where_the_company_shows_it(
    client: Client, company: RunningSandbox
) -> None:
    company.act("close_period", date="2026-10-31", entity="US", subledger="AP")
    company.act("close_period", date="2026-09-30", entity="US", subledger="GL")
    company.act("open_period", entity="US", subledger="AP")
    assert asked(client, "CLOSEBOOKS", "RECORDNO") == asked(client, "APCLOSESUMMARY", "RECORDNO") == "failure"
    company.settings(closed_books_shown=["log", "summaries"])
    assert shown(client, "CLOSEBOOKS").keys() == {"RECORDNO", "ASOFDATE", "LOCATIONID", "WHENCREATED"}
    logged = {
        name: [(one["LOCATIONID"], one["ASOFDATE"]) for one in company.state("intacct", name)]
        for name in ("CLOSEBOOKS", "OPENBOOKS", "APCLOSESUMMARY", "APOPENSUMMARY")
    }
    assert logged == {
        "CLOSEBOOKS": [("US", "09/30/2026")],
        "OPENBOOKS": [],
        "APCLOSESUMMARY": [("US", "10/31/2026")],
        "APOPENSUMMARY": [("US", "10/31/2026")],
    }
    assert client.one("<get_closedbooksdate/>", entity="US").status == "failure"
