"""The legacy functions that change and delete: update_bill, update_cctransaction, delete_vendor and their kin."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox_fixture import RunningSandbox

DAY = "<year>2026</year><month>11</month><day>20</day>"
ITEM = "<ccpayitem><glaccountno>6220</glaccountno><paymentamount>{}</paymentamount><locationid>US</locationid>{}</ccpayitem>"
CHARGE = (
    "<record_cctransaction><chargecardid>AMEX-1</chargecardid><paymentdate>" + DAY + "</paymentdate>"
    "<referenceno>CC-1</referenceno><payee>Hilton</payee>{}<ccpayitems>{}</ccpayitems></record_cctransaction>"
)


def test_update_bill_changes_what_it_names_and_keeps_the_rest(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill(line("100"), line("50"))).status == "success"
    changed = client.one(
        '<update_bill key="1"><description>New</description><updatebillitems>'
        '<updatelineitem line_num="2"><glaccountno>6230</glaccountno><amount>60</amount>'
        "<departmentid>D300</departmentid></updatelineitem>"
        "<lineitem><glaccountno>6220</glaccountno><amount>7</amount><locationid>US</locationid></lineitem>"
        "</updatebillitems></update_bill>"
    )
    assert (changed.status, changed.key, changed.data) == ("success", "1", None), changed.errors
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["DESCRIPTION"], kept["RECORDID"], kept["TRX_TOTALENTERED"]) == ("New", "R-1", "167.00")
    assert [(one["ACCOUNTNO"], one["TRX_AMOUNT"]) for one in kept["APBILLITEMS"]] == [
        ("6220", "100.00"),
        ("6230", "60.00"),
        ("6220", "7.00"),
    ]


def test_update_bill_without_lines_keeps_them(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100"), line("50")))
    assert client.one('<update_bill key="1"><billno>R-9</billno></update_bill>').status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["RECORDID"], [one["TRX_AMOUNT"] for one in kept["APBILLITEMS"]]) == ("R-9", ["100.00", "50.00"])


@pytest.mark.parametrize("number", ["3", "0", "-1", "x", ""])
def test_a_line_that_is_not_there(client: Client, number: str) -> None:
    client.one(bill(line("100"), line("50")))
    wrong = f'<update_bill key="1"><updatebillitems><updatelineitem line_num="{number}"><amount>1</amount>'
    refused = client.one(wrong + "</updatelineitem></updatebillitems></update_bill>")
    assert refused.status == "failure"
    assert refused.errors[0][0] == "BL01001973"


def test_update_cctransaction(client: Client, company: RunningSandbox) -> None:
    assert client.one(CHARGE.format("", ITEM.format("40", ""))).key == "1"
    changed = client.one(
        '<update_cctransaction key="1"><payee>Costco</payee><description>Supplies</description><updateccpayitems>'
        '<updateccpayitem line_num="1"><description>Copier</description><paymentamount>154.32</paymentamount>'
        "</updateccpayitem></updateccpayitems></update_cctransaction>"
    )
    assert (changed.status, changed.key) == ("success", "1"), changed.errors
    (kept,) = company.state("intacct", "CCTRANSACTION")
    assert (kept["DESCRIPTION2"], kept["DESCRIPTION"], kept["RECORDID"]) == ("Costco", "Supplies", "CC-1")
    assert (kept["TOTALENTERED"], kept["CCTRANSACTIONENTRIES"][0]["DESCRIPTION"]) == ("154.32", "Copier")


def test_a_charge_with_inclusive_taxes_cannot_be_updated(client: Client) -> None:
    tax = (
        "<totaltrxamount>110</totaltrxamount><taxentries><taxentry><detailid>GST 10</detailid></taxentry></taxentries>"
    )
    header = "<inclusivetax>true</inclusivetax><taxsolutionid>Australia - GST</taxsolutionid>"
    assert client.one(CHARGE.format(header, ITEM.format("", tax))).status == "success"
    refused = client.one('<update_cctransaction key="1"><payee>Costco</payee></update_cctransaction>')
    assert (refused.status, refused.first) == ("failure", "A transaction with inclusive taxes cannot be updated.")


def test_a_line_may_have_two_tax_entries(client: Client, company: RunningSandbox) -> None:
    entry = "<taxentry><detailid>GST 10</detailid><trx_tax>{}</trx_tax></taxentry>"
    tax = f"<taxentries>{entry.format(5)}{entry.format(5)}</taxentries>"
    header = "<taxsolutionid>Australia - GST</taxsolutionid>"
    assert client.one(CHARGE.format(header, ITEM.format("100", tax))).status == "success"
    assert company.state("intacct", "CCTRANSACTION")[0]["TOTALENTERED"] == "110.00"
    three = client.one(CHARGE.format(header, ITEM.format("100", tax.replace("<taxentries>", "<taxentries>" + entry))))
    assert three.status == "control"


@pytest.mark.parametrize(
    ("call", "name", "key"),
    [
        ('<delete_vendor vendorid="20001"/>', "VENDOR", "20001"),
        ('<delete_employee employeeid="E2"/>', "EMPLOYEE", "E2"),
        ('<delete_department departmentid="D900"/>', "DEPARTMENT", "D900"),
        ('<delete_customer customerid="C2"/>', "CUSTOMER", "C2"),
        ('<delete_project key="P0"/>', "PROJECT", "P0"),
        ('<delete_location locationid="OLD"/>', "LOCATION", "OLD"),
        ('<delete_glaccount glaccountno="6250"/>', "GLACCOUNT", "6250"),
    ],
)
def test_deleting_by_name(client: Client, company: RunningSandbox, call: str, name: str, key: str) -> None:
    def keys() -> set[str]:
        return {value for record in company.state("intacct", name) for value in record.values()}

    assert key in keys()
    done = client.one(call)
    assert (done.status, done.key, done.data) == ("success", "", None), done.errors
    assert key not in keys()
    again = client.one(call)
    assert (again.status, again.errors[0][0]) == ("failure", "BL01001973")


def test_preferences_of_an_operation_are_accepted(client: Client) -> None:
    """The schema allows them between authentication and content; they change nothing."""
    answer = client.http.post(
        client.sandbox.url + "/ia/xml/xmlgw.phtml",
        data="<request><control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password>"
        "<controlid>c</controlid></control><operation><authentication><login><userid>xml_gateway</userid>"
        "<companyid>SANDBOX</companyid><password>sandbox_user_password</password></login></authentication>"
        "<preferences><preference><application>GL</application></preference></preferences>"
        '<content><function controlid="f"><getAPISession/></function></content></operation></request>',
        headers={"Content-Type": "application/xml"},
        timeout=60,
    )
    assert "<sessionid>" in answer.text


BY_ID = (
    f"<create_bill><vendorid>20000</vendorid><datecreated>{DAY}</datecreated><termname>N30</termname><billno>{{}}</billno>"
    "<externalid>{}</externalid><billitems><lineitem><glaccountno>6220</glaccountno><amount>5</amount>"
    "<locationid>US</locationid></lineitem></billitems></create_bill>"
)


def test_an_external_key_is_no_record_number(client: Client, company: RunningSandbox) -> None:
    """Two bills, each with the other's record number as its external ID: what is named by it is that one (externalkey)."""
    for number, external in (("R-1", "2"), ("R-2", "1")):
        done = client.one(BY_ID.format(number, external))
        assert done.status == "success", done.errors
    changed = client.one('<update_bill key="1" externalkey="true"><description>Second</description></update_bill>')
    assert (changed.status, changed.key) == ("success", "2"), changed.errors
    assert client.one('<update_bill key="1"><description>First</description></update_bill>').key == "1"
    kept = company.state("intacct", "APBILL")
    assert [(one["RECORDID"], one["DESCRIPTION"]) for one in kept] == [("R-1", "First"), ("R-2", "Second")]
    unknown = client.one('<update_bill key="3" externalkey="true"><description>None</description></update_bill>')
    assert unknown.first.startswith("Oops, we can't find this transaction")


def test_people_have_external_keys_too(client: Client, company: RunningSandbox) -> None:
    made = (
        "<create_vendor><vendorid>V-9</vendorid><name>Nine</name><externalid>x9</externalid><contactinfo><contact><contactname>Nine"
        "</contactname><printas>Nine</printas></contact></contactinfo></create_vendor>"
    )
    done = client.one(made)
    assert done.status == "success", done.errors
    assert client.one('<delete_vendor vendorid="V-9" externalkey="true"/>').status == "failure"
    assert client.one('<delete_vendor vendorid="x9" externalkey="true"/>').status == "success"
    assert "V-9" not in [one["VENDORID"] for one in company.state("intacct", "VENDOR")]
