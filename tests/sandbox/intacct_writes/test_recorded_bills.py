"""What a bill and its lines show besides what was given: V, recorded from the service in 2020 (PsIntacct) and 2026 (tap-intacct)."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox

BILL = (
    "<create><APBILL><WHENCREATED>04/01/2026</WHENCREATED><VENDORID>V9</VENDORID><RECORDID>R-1</RECORDID>"
    "<TERMNAME>N30</TERMNAME><WHENDUE>05/01/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>6220</ACCOUNTNO>"
    "<TRX_AMOUNT>5900</TRX_AMOUNT><LOCATIONID>NYC</LOCATIONID><DEPARTMENTID>D300</DEPARTMENTID></APBILLITEM>"
    "</APBILLITEMS></APBILL></create>"
)


@pytest.fixture
def posted(client: Client, company: RunningSandbox) -> tuple[dict[str, str], dict[str, str]]:
    """A posted bill and its line, as `query` shows them."""
    company.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2000", "TITLE": "Accounts Payable"}])
    company.load(
        "intacct",
        "VENDOR",
        [
            {
                "VENDORID": "V9",
                "NAME": "Ann",
                "DISPLAYCONTACT.CONTACTNAME": "Ann Smith",
                "OBJECTRESTRICTION": "Unrestricted",
            }
        ],
    )
    assert client.one(BILL).status == "success"
    (bill,) = company.state("intacct", "APBILL")
    return bill, bill["APBILLITEMS"][0]


def test_the_header(posted: tuple[dict[str, str], dict[str, str]], company: RunningSandbox) -> None:
    bill, _ = posted
    (vendor,) = [v for v in company.state("intacct", "VENDOR") if v["VENDORID"] == "V9"]
    assert bill["VENDORKEY"] == vendor["RECORDNO"]
    assert bill["TERMVALUE"] == "::#30#:O:"
    assert bill["PRBATCH"] == "Bills: 2026/04/01 Batch"
    assert bill["PRBATCHKEY"].isdigit()
    assert (bill["BILLTOPAYTOCONTACTNAME"], bill["SHIPTORETURNTOCONTACTNAME"]) == ("Ann Smith", "Ann Smith")
    assert bill["BILLTOPAYTOKEY"] == bill["SHIPTORETURNTOKEY"] != ""
    assert {bill[name] for name in ("TRX_TOTALRETAINED", "TRX_TOTALRELEASED", "TOTALRETAINED")} == {bill["TOTALPAID"]}


def test_the_line(posted: tuple[dict[str, str], dict[str, str]]) -> None:
    """Its vendor is the bill's, its STATE a code, in the base currency it has a rate but no date of it."""
    bill, line = posted
    assert (line["VENDORID"], line["VENDORDIMKEY"]) == ("V9", bill["VENDORKEY"])
    assert (line["STATE"], line["RECORDTYPE"], line["RECORDID"], line["LINEITEM"]) == ("A", "pi", "R-1", "T")
    assert (line["EXCH_RATE_DATE"], line["EXCHANGE_RATE"]) == ("", "1")
    assert (line["OFFSETGLACCOUNTNO"], line["PRENTRYOFFSETACCOUNTNO"]) == ("2000", "2000")
    assert line["OFFSETGLACCOUNTTITLE"] == "Accounts Payable"
    assert (line["BILLED"], line["PARTIALEXEMPT"], line["TRX_TOTALSELECTED"]) == ("false", "false", bill["TOTALPAID"])
    assert line["BASELOCATION"]


def test_the_vendor_of_the_bill_satisfies_an_account_that_demands_one(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6999", "TITLE": "By vendor", "REQUIREVENDOR": "true"}])
    assert client.one(BILL.replace("6220", "6999").replace("V9", "20000")).status == "success"


def test_a_change_of_the_bill_keeps_both(
    client: Client, company: RunningSandbox, posted: tuple[dict[str, str], ...]
) -> None:
    """The lines of an update that sends none are those of before."""
    number = posted[0]["RECORDNO"]
    change = f"<update><APBILL><RECORDNO>{number}</RECORDNO><DESCRIPTION>New</DESCRIPTION></APBILL></update>"
    assert client.one(change).status == "success"
    (bill,) = company.state("intacct", "APBILL")
    assert (bill["DESCRIPTION"], bill["PRBATCH"]) == ("New", posted[0]["PRBATCH"])
    assert bill["APBILLITEMS"][0]["VENDORID"] == "V9"


def test_the_answer_to_a_creation_names_no_number(client: Client, company: RunningSandbox) -> None:
    """V: fyle-intacct-api, tests/test_sageintacct/fixtures.py, bill_response: RECORDNO and RECORD_URL of a transaction."""
    made = client.one(BILL.replace("V9", "20000"))
    assert [child.tag for child in made.data[0]] == ["RECORDNO", "RECORD_URL"]
