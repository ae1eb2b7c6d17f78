"""Journal entries that are statistical, divided or approved, and what they need: accounts, journals and allocations."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox.intacct_writes.test_journals import entry, journal
from tests.sandbox_fixture import RunningSandbox

WHOLE = entry("100", "-1")


def divided(*splits: str, amount: str = "100", allocation: str = "Custom") -> str:
    """A debit without dimensions of its own."""
    return (
        f"<GLENTRY><ACCOUNTNO>6220</ACCOUNTNO><TR_TYPE>1</TR_TYPE><AMOUNT>{amount}</AMOUNT>"
        f"<ALLOCATION>{allocation}</ALLOCATION>{''.join(splits)}</GLENTRY>"
    )


def split(amount: str, **dimensions: str) -> str:
    """One SPLIT: here the dimensions carry their ID suffix."""
    fields = {"AMOUNT": amount, "LOCATIONID": "US"} | dimensions
    return "<SPLIT>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</SPLIT>"


@pytest.fixture
def statistics(client: Client) -> Client:
    """A client of a company that has a statistical journal and account, made by the legacy functions."""
    for function in (
        "<create_statjournal><symbol>SHC</symbol><title>Headcount</title></create_statjournal>",
        "<create_statglaccount><glaccountno>HEADS</glaccountno><title>Heads</title></create_statglaccount>",
    ):
        done = client.one(function)
        assert done.status == "success", done.errors
    return client


def test_a_custom_allocation_divides_a_line(client: Client, company: RunningSandbox) -> None:
    parts = split("60.5", DEPARTMENTID="D300"), split("39.5", LOCATIONID="NYC")
    done = client.one(journal(divided(*parts), WHOLE))
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "GLBATCH")
    line = kept["ENTRIES"][0]
    assert (line["TRX_AMOUNT"], line["ALLOCATION"], line.get("LOCATION", "")) == ("100.00", "Custom", "")
    read = client.one(f"<read><object>GLBATCH</object><keys>{kept['RECORDNO']}</keys></read>").data
    assert read is not None
    shown = [{cell.tag: cell.text for cell in one} for one in read.iter("SPLIT")]
    assert shown == [
        {"AMOUNT": "60.5", "LOCATIONID": "US", "DEPARTMENTID": "D300"},
        {"AMOUNT": "39.5", "LOCATIONID": "NYC"},
    ]


def test_its_parts_balance_by_entity(client: Client, company: RunningSandbox) -> None:
    across = divided(split("60"), split("40", LOCATIONID="US2"))
    assert client.one(journal(across, WHOLE)).first == "Transactions do not balance for Place US,"
    sides = entry("60", "-1"), entry("40", "-1", "US2")
    assert client.one(journal(across, *sides)).status == "success"


def test_a_division_that_is_none(client: Client, company: RunningSandbox) -> None:
    cases = {
        divided(
            split("60"), split("39.99")
        ): "The split amounts of an allocation must add up to the amount of the line.",
        divided(): "Required field Split is missing",
        divided(split("100", DEPARTMENTID="D404")): "The department 'D404' is invalid.",
        divided(split("100", DEPARTMENT="D300")): "There was an error processing the request.",
        divided(allocation="Thirds"): "Invalid Transaction Allocation 'Thirds' specified.",
    }
    for line, text in cases.items():
        done = client.one(journal(line, WHOLE))
        assert (done.status, done.first) == ("failure", text)
    assert company.state("intacct", "GLBATCH") == []


def test_an_update_without_lines_keeps_the_division(client: Client, company: RunningSandbox) -> None:
    client.one(journal(divided(split("60"), split("40", LOCATIONID="NYC")), WHOLE))
    (kept,) = company.state("intacct", "GLBATCH")
    change = (
        f"<update><GLBATCH><RECORDNO>{kept['RECORDNO']}</RECORDNO><BATCH_TITLE>New</BATCH_TITLE></GLBATCH></update>"
    )
    done = client.one(change)
    assert done.status == "success", done.errors
    read = client.one(f"<read><object>GLBATCH</object><keys>{kept['RECORDNO']}</keys></read>").data
    assert read is not None
    assert [one.text for one in read.iterfind(".//SPLIT/AMOUNT")] == ["60", "40"]


def test_an_allocation_of_the_company_divides_by_its_shares(client: Client, company: RunningSandbox) -> None:
    thirds = "".join(
        f"<ALLOCATIONENTRY><VALUE>{share}</VALUE><LOCATIONID>{place}</LOCATIONID></ALLOCATIONENTRY>"
        for share, place in (("33.33", "US"), ("33.33", "US"), ("33.34", "NYC"))
    )
    made = client.one(
        f"<create><ALLOCATION><ALLOCATIONID>Thirds</ALLOCATIONID><TYPE>Percentage</TYPE><ALLOCATIONENTRIES>{thirds}"
        "</ALLOCATIONENTRIES></ALLOCATION></create>"
    )
    assert made.status == "success", made.errors
    done = client.one(journal(divided(amount="0.10", allocation="Thirds"), entry("0.10", "-1")))
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "GLBATCH")
    read = client.one(f"<read><object>GLBATCH</object><keys>{kept['RECORDNO']}</keys></read>").data
    assert read is not None
    assert [one.text for one in read.iterfind(".//SPLIT/AMOUNT")] == ["0.03", "0.03", "0.04"]


def test_a_statistical_entry_has_one_line_and_need_not_balance(statistics: Client, company: RunningSandbox) -> None:
    done = statistics.one(journal(entry("2", "1", account="HEADS"), name="SHC"))
    assert done.status == "success", done.errors
    done = statistics.one(journal(entry("2", "1", account="HEADS"), entry("5", "1", account="HEADS"), name="SHC"))
    assert done.status == "success", done.errors
    first, second = company.state("intacct", "GLBATCH")
    assert (first["STATISTICAL"], first["ENTRIES"][0]["STATISTICAL"], len(second["ENTRIES"])) == ("true", "T", 2)
    assert (first["ENTRIES"][0]["AMOUNT"], first["ENTRIES"][0].get("CURRENCY", "")) == ("2.00", "")


def test_the_legacy_statistical_entry(statistics: Client, company: RunningSandbox) -> None:
    done = statistics.one(
        "<create_statgltransaction><journalid>SHC</journalid><datecreated><year>2026</year><month>11</month><day>15</day>"
        "</datecreated><description>Heads</description><statgltransactionentries><glentry><trtype>1</trtype>"
        "<amount>2.00</amount><glaccountno>HEADS</glaccountno><locationid>US</locationid></glentry>"
        "</statgltransactionentries></create_statgltransaction>"
    )
    assert done.status == "success", done.errors
    assert company.state("intacct", "GLBATCH")[0]["ENTRIES"][0]["TR_TYPE"] == "1"


@pytest.mark.parametrize(("name", "account"), [("SHC", "6220"), ("GJ", "HEADS")])
def test_statistical_and_financial_accounts_do_not_mix(
    statistics: Client, company: RunningSandbox, name: str, account: str
) -> None:
    done = statistics.one(journal(entry("2", "1", account=account), entry("2", "-1", account=account), name=name))
    assert (done.status, done.first) == ("failure", f"Account {account} is not valid")
    assert company.state("intacct", "GLBATCH") == []


def test_an_entry_that_waits_for_approval(client: Client, company: RunningSandbox) -> None:
    """V: with approvals on it stays Submitted."""
    company.settings(journal_approval=True)
    assert client.one(journal(entry("10", "1"), entry("10", "-1"))).status == "success"
    (kept,) = company.state("intacct", "GLBATCH")
    assert kept["STATE"] == "Submitted"
    company.act("approve", object="GLBATCH", record=kept["RECORDNO"])
    assert company.state("intacct", "GLBATCH")[0]["STATE"] == "Posted"


def test_exchange_rates_have_entries(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "EXCHANGERATETYPES", [{"NAME": "Month end"}])
    made = client.one(
        "<create><EXCHANGERATE><TYPENAME>Month end</TYPENAME><FROM_CURRENCY>CAD</FROM_CURRENCY><TO_CURRENCY>USD</TO_CURRENCY>"
        "<EXCHANGERATEENTRIES><EXCHANGERATEENTRY><EFFECTIVE_START_DATE>01/12/2026</EFFECTIVE_START_DATE>"
        "<EXCHANGE_RATE>0.7312</EXCHANGE_RATE></EXCHANGERATEENTRY></EXCHANGERATEENTRIES></EXCHANGERATE></create>"
    )
    assert made.status == "success", made.errors
    asked = client.one(
        "<query><object>EXCHANGERATEENTRY</object><select><field>EXCHANGE_RATE</field><field>EXCHANGERATE.TYPENAME</field>"
        "</select></query>"
    )
    assert asked.data is not None
    assert [cell.text for cell in asked.data[0]] == ["0.7312", "Month end"]


@pytest.mark.parametrize(
    "name", ["TRANSACTIONRULE", "TRANSACTIONRULEDETAIL", "PROJECTRESOURCES", "STATACCOUNT", "STATJOURNAL", "ALLOCATION"]
)
def test_objects_that_a_client_may_look_up(client: Client, company: RunningSandbox, name: str) -> None:
    assert client.one(f"<lookup><object>{name}</object></lookup>").status == "success"
    asked = client.one(f"<query><object>{name}</object><select><field>RECORDNO</field></select></query>")
    assert (asked.status, asked.data is not None and len(asked.data)) == ("success", 0)
