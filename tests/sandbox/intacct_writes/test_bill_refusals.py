"""Every refusal of an AP bill, in the vendor's words."""

from __future__ import annotations

import re

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox_fixture import RunningSandbox

ACROSS = (
    "Your configuration limits credits to the entity owners. You cannot apply negative line items in transactions with line items for "
    "multiple entities."
)
REFUSALS = [
    (bill(VENDORID=""), "Required field Vendor ID is missing"),
    (bill(WHENCREATED=""), "Required field Date is missing"),
    (bill(WHENDUE=""), "Required field Due date is missing"),
    (bill(WHENDUE="", TERMNAME="N30"), "Required field Due date is missing"),
    (bill(number=""), "Enter a Bill number, and try again."),
    (bill(VENDORID="9"), "Vendor '9' specified is not valid."),
    (bill(VENDORID="20001"), "Activate the vendor 20001, then try again."),
    (bill(VENDORID="20002"), "The vendor '20002' is on hold."),
    (bill(VENDORID="20003"), "Vendor '20003' specified is not valid."),
    (bill(VENDORID="20004"), "Vendor '20004' specified is not valid."),
    (bill(TERMNAME="N99"), "The term name N99 is invalid"),
    (bill(SUPDOCID="none"), "Invalid Attachment 'none' specified."),
    (bill(WHENCREATED="2026-11-15"), "The transaction date '2026-11-15' is invalid."),
    (bill(WHENCREATED="02/30/2026"), "The transaction date '02/30/2026' is invalid."),
    (bill(WHENPOSTED="<year>2026</year>"), "The transaction date 'Array' is invalid."),
    (bill(line(account="")), "Required field Account is missing"),
    (bill(line(account="1")), "Account 1 is not valid"),
    (bill(line(account="6240")), "Account 6240 is not valid"),
    (bill(line(account="6230")), "This transaction is missing the Department dimension for the Account 6230"),
    (bill(line(account="6250")), "GL account '6250': 'US' specified is not valid. GL account is restricted"),
    (bill(line("")), "Remove the extra line item in the request, then reclassify the bill."),
    (bill(line("1,000.00")), "Illegal format for Bill Line : Trx Amount 1,000.00"),
    (bill(line(location="")), "Use of empty Location is invalid. A valid Multi-Entity Location must be specified."),
    (bill(line(location="XX")), "The location 'XX' is invalid."),
    (bill(line(location="OLD")), "The location 'OLD' is invalid."),
    (bill(line(DEPARTMENTID="D1")), "The department 'D1' is invalid."),
    (bill(line(DEPARTMENTID="D900")), "Invalid Department D900 selected "),
    (bill(line(EMPLOYEEID="E2")), "The employee 'E2' is invalid."),
    (bill(line(PROJECTID="P0")), "Invalid Project 'P0' specified."),
    (bill(line(PROJECTID="P1", TASKID="T9")), "Invalid Task 'T9' specified."),
    (
        bill(line(PROJECTID="P1", CUSTOMERID="C2")),
        "The project you selected is not associated with the customer you selected",
    ),
    (bill(CURRENCY="QQQ", EXCHANGE_RATE="1"), "Currency QQQ is not valid."),
    (bill(BASECURR="CAD"), "Base currency must be USD. This value is auto-filled"),
    (bill(line(), line(location="LONE")), "Inter-entity relationship is not set up between 'US' and 'LONE'."),
    (bill(line(), line(location="CA")), "Inter-entity relationship is not set up between 'US' and 'CA'."),
    (bill(line(), line("-5", location="US2")), ACROSS),
    (bill(RECORDID="x" * 46), "Bill : Recordid may have at most 45 characters."),
    (
        bill(line(TAXENTRIES="<TAXENTRY><DETAILID>GST 10</DETAILID></TAXENTRY>")),
        "Required field Tax solution is missing",
    ),
]


def test_refusals(client: Client, company: RunningSandbox) -> None:
    answers = [client.one(function) for function, _ in REFUSALS]
    assert [(one.status, one.errors and one.first) for one in answers] == [("failure", text) for _, text in REFUSALS]
    assert company.state("intacct", "APBILL") == []


def test_the_vendor_has_several_texts_for_an_unknown_one(client: Client, company: RunningSandbox) -> None:
    texts = []
    for which in range(3):
        company.settings(invalid_reference_text=which)
        texts.append(client.one(bill(VENDORID="9")).first)
    assert texts == [
        "Vendor '9' specified is not valid.",
        "The vendor '9' is invalid.",
        "Invalid Vendor '9' specified.",
    ]


def test_no_lines_is_refused_unless_a_draft(client: Client, company: RunningSandbox) -> None:
    empty = bill().replace(line(), "")
    refused(client, empty, "Bill: at least one line item is required.")
    draft = empty.replace("<APBILLITEMS>", "<ACTION>Draft</ACTION><APBILLITEMS>").replace(
        "<WHENDUE>12/25/2026</WHENDUE>", ""
    )
    assert client.one(draft).status == "success"
    assert company.state("intacct", "APBILL")[0]["STATE"] == "Draft"


def test_the_stack_of_errors_is_decorated_as_the_vendor_does(client: Client) -> None:
    done = client.one(bill(line(PROJECTID="10064")), info=True)
    assert [number for number, _ in done.errors] == ["BL01001973"] * 3
    assert re.fullmatch(r"Invalid Project '10064' specified\. \[Support ID: \S+%7E\S+\]", done.errors[0][1])
    assert done.errors[1][1] == "Could not create apbill record!"
    assert done.errors[2][1] == "Currently, we can't create the transaction"
    assert done.corrections[2] == "Check the transaction for errors or inconsistencies, then try again."
    assert done.data is not None
    assert done.data.get("count") == "0"
    assert "Invalid Project &#039;10064&#039; specified." in client.raw
    assert done.xml.find("errormessage/error/additionalinfo") is not None


def test_a_number_is_used_once_for_a_vendor(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill()).status == "success"
    refused(client, bill(), "Another Bill with the given value(s) R-1  already exists")
    company.load("intacct", "VENDOR", [{"VENDORID": "20009", "NAME": "Another"}])
    assert client.one(bill(VENDORID="20009")).status == "success"
    company.settings(duplicate_bill_number="warn")
    assert client.one(bill()).status == "success"
    assert len(company.state("intacct", "APBILL")) == 3


def test_permission_to_add_is_needed(client: Client, company: RunningSandbox) -> None:
    company.settings(permissions_denied={"xml_gateway": {"APBILL": ["CREATE"]}})
    done = client.one(bill())
    assert done.errors[0][0] == "PL04000005"
    assert done.first == "You do not have permission for API operation CREATE on objects of type apbill"


def test_a_user_cannot_use_entities_that_it_does_not_see(client: Client, company: RunningSandbox) -> None:
    company.settings(user_entities={"xml_gateway": ["US2"]})
    refused(client, bill(), "The location 'US' is invalid.")
    assert client.one(bill(line(location="US2"))).status == "success"


def test_tax_details_must_be_of_the_solution(client: Client, company: RunningSandbox) -> None:
    entry = "<TAXENTRY><DETAILID>{}</DETAILID></TAXENTRY>"
    done = client.one(bill(line(TAXENTRIES=entry.format("UK Standard")), TAXSOLUTIONID="Australia - GST"))
    assert done.first == (
        "Tax detail UK Standard cannot be used in this transaction because it does not belong to tax solution"
        " Australia - GST."
    )
    assert done.corrections[0] == "Use tax details that belong to the tax solution."
    assert (
        client.one(bill(line("100", TAXENTRIES=entry.format("GST 10")), TAXSOLUTIONID="Australia - GST")).status
        == "success"
    )
    assert company.state("intacct", "APBILL")[0]["TRX_TOTALENTERED"] == "110.00"
    inclusive = line("", TOTALTRXAMOUNT="110", TAXENTRIES=entry.format("GST 10"))
    done = client.one(bill(inclusive, number="R-2", TAXSOLUTIONID="Australia - GST", INCLUSIVETAX="true"))
    assert done.status == "success", done.errors
    kept = company.state("intacct", "APBILL")[1]
    assert (kept["TRX_TOTALENTERED"], kept["APBILLITEMS"][0]["TRX_AMOUNT"]) == ("110.00", "100.00")


def test_labels_and_summaries(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill(line(account="", ACCOUNTLABEL="Taxi"))).status == "success"
    assert company.state("intacct", "APBILL")[0]["APBILLITEMS"][0]["ACCOUNTNO"] == "6220"
    company.settings(ap_account_labels=True, ap_summaries="user")
    refused(client, bill(number="R-2"), "Required field Summary is missing")
    refused(client, bill(number="R-2", PRBATCH="Weekly"), "Required field Account label is missing")
    assert client.one(bill(line(account="", ACCOUNTLABEL="Taxi"), number="R-2", PRBATCH="Weekly")).status == "success"


def test_lengths_are_a_setting(client: Client, company: RunningSandbox) -> None:
    company.settings(field_lengths={"APBILL": {"RECORDID": 5}})
    refused(client, bill(number="123456"), "Bill : Recordid may have at most 5 characters.")
    company.settings(over_length="truncate")
    assert client.one(bill(number="123456")).status == "success"
    assert company.state("intacct", "APBILL")[0]["RECORDID"] == "12345"


def test_unknown_tags_are_refused_or_passed_over(client: Client, company: RunningSandbox) -> None:
    done = client.one(bill(VENDOR_ID="20000"))
    assert (done.errors[0][0], done.first) == ("DL02000001", "There was an error processing the request.")
    company.settings(unknown_fields="ignore")
    assert client.one(bill(VENDOR_ID="20000")).status == "success"
