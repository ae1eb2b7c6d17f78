"""AP bills through the gateway: what is kept, and every refusal in the vendor's words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox_fixture import RunningSandbox


def test_a_bill_is_kept_with_totals_state_and_stamps(client: Client, company: RunningSandbox) -> None:
    done = client.one(bill(line("100.12"), line("-20.004", LOCATIONID="NYC")))
    assert done.status == "success", done.errors
    assert done.data.get("listtype") == "objects"
    assert done.data.get("count") == "1"
    answer = done.data[0]
    assert answer.tag == "apbill"
    assert [cell.tag for cell in answer] == ["RECORDNO", "RECORDID", "RECORD_URL"]
    (kept,) = company.state("intacct", "APBILL")
    assert kept["RECORDNO"] == answer.findtext("RECORDNO")
    assert kept["RECORD_URL"] == answer.findtext("RECORD_URL")
    assert (kept["TOTALENTERED"], kept["TRX_TOTALENTERED"], kept["TOTALDUE"]) == ("80.12", "80.12", "80.12")
    assert (kept["STATE"], kept["RAWSTATE"], kept["MODULEKEY"], kept["VENDORNAME"]) == (
        "Posted",
        "A",
        "3.AP",
        "Ann Smith",
    )
    assert (kept["WHENCREATED"], kept["WHENPOSTED"], kept["CURRENCY"], kept["BASECURR"]) == (
        "11/15/2026",
        "11/16/2026",
        "USD",
        "USD",
    )
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", kept["AUWHENCREATED"])
    first, second = kept["APBILLITEMS"]
    assert (first["TRX_AMOUNT"], second["TRX_AMOUNT"]) == ("100.12", "-20.00")
    assert (first["ACCOUNTTITLE"], second["LOCATIONNAME"], second["LINE_NO"]) == ("Travel", "New York", "2")
    assert "MEGAENTITYID" not in kept


def test_tags_are_matched_without_regard_to_case(client: Client, company: RunningSandbox) -> None:
    done = client.one(
        bill().replace("APBILL", "apbill").replace("VENDORID", "vendorid").replace("TRX_AMOUNT", "trx_amount")
    )
    assert done.status == "success", done.errors
    assert company.state("intacct", "APBILL")[0]["TOTALDUE"] == "100.12"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.decimals(min_value=0, max_value=99999, places=4), min_size=1, max_size=5))
def test_totals_are_the_sum_of_the_rounded_lines(
    client: Client, company: RunningSandbox, amounts: list[Decimal]
) -> None:
    company.settings(duplicate_bill_number="accept")
    done = client.one(bill(*(line(f"{amount:f}") for amount in amounts)))
    assert done.status == "success", done.errors
    kept = company.state("intacct", "APBILL")[-1]
    exact = [(a.scaleb(2) + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR").scaleb(-2) for a in amounts]
    assert [Decimal(one["TRX_AMOUNT"]) for one in kept["APBILLITEMS"]] == exact
    assert Decimal(kept["TRX_TOTALENTERED"]) == sum(exact)


LEGAL = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LEGAL, min_size=1, max_size=80))
def test_any_text_is_kept_as_it_was_sent(client: Client, company: RunningSandbox, text: str) -> None:
    company.settings(duplicate_bill_number="accept")
    done = client.one(bill(DESCRIPTION=escape(text)))
    assert done.status == "success", done.errors
    assert company.state("intacct", "APBILL")[-1]["DESCRIPTION"] == text


def refused(client: Client, function: str, text: str, **options: object) -> None:
    """The function fails with this most specific text, the generic errors behind it, and leaves nothing."""
    before = len(client.sandbox.state("intacct", "APBILL"))
    done = client.one(function, **options)
    assert done.status == "failure", "expected a refusal"
    assert done.first == text
    assert len(client.sandbox.state("intacct", "APBILL")) == before


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
    (bill(CURRENCY="EUR"), "Required field Exchange rate type or Exchange rate is missing"),
    (bill(CURRENCY="QQQ", EXCHANGE_RATE="1"), "Currency QQQ is not valid."),
    (bill(BASECURR="CAD"), "Base currency must be USD. This value is auto-filled"),
    (bill(line(), line(location="LONE")), "Inter-entity relationship is not set up between 'US' and 'LONE'."),
    (bill(line(), line(location="CA")), "Inter-entity relationship is not set up between 'US' and 'CA'."),
    (bill(line(), line("-5", location="US2")), "Negative line items are not allowed in an inter-entity transaction."),
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


def test_numbering_when_it_is_on(client: Client, company: RunningSandbox) -> None:
    company.settings(numbering=["APBILL"])
    assert client.one(bill(number="")).status == "success"
    assert company.state("intacct", "APBILL")[0]["RECORDID"] == "B000001"


@pytest.mark.parametrize(
    ("turned", "state", "raw"),
    [
        ({}, "Posted", "A"),
        ({"ap_approval": True}, "Submitted", "S"),
        ({"permissions_denied": {"xml_gateway": {"APBILL": ["POST"]}}}, "Draft", "D"),
    ],
)
def test_states(client: Client, company: RunningSandbox, turned: dict, state: str, raw: str) -> None:
    company.settings(**turned)
    assert client.one(bill()).status == "success"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["STATE"], kept["RAWSTATE"]) == (state, raw)


def test_permission_to_add_is_needed(client: Client, company: RunningSandbox) -> None:
    company.settings(permissions_denied={"xml_gateway": {"APBILL": ["CREATE"]}})
    done = client.one(bill())
    assert done.errors[0][0] == "PL04000005"
    assert done.first == "You do not have permission for API operation CREATE on objects of type apbill"


def test_a_user_cannot_use_entities_that_it_does_not_see(client: Client, company: RunningSandbox) -> None:
    company.settings(user_entities={"xml_gateway": ["US2"]})
    refused(client, bill(), "The location 'US' is invalid.")
    assert client.one(bill(line(location="US2"))).status == "success"


def test_foreign_currency(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill(CURRENCY="EUR", EXCHANGE_RATE="1.1")).status == "success"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["TRX_TOTALENTERED"], kept["TOTALENTERED"], kept["CURRENCY"], kept["BASECURR"]) == (
        "100.12",
        "110.13",
        "EUR",
        "USD",
    )
    daily = bill(number="R-2", CURRENCY="EUR", EXCH_RATE_TYPE_ID="Intacct Daily Rate")
    assert client.one(daily).status == "success"
    assert company.state("intacct", "APBILL")[1]["TOTALENTERED"] == "108.13"
    refused(
        client,
        bill(number="R-3", CURRENCY="EUR", EXCHANGE_RATE="1.1", EXCH_RATE_TYPE_ID="Intacct Daily Rate"),
        "Exchange rate type and exchange rate cannot be given together.",
    )
    assert client.one(bill(line(location="CA"), number="R-4")).status == "success"
    assert company.state("intacct", "APBILL")[2]["CURRENCY"] == "CAD"


def test_an_entity_session_owns_what_it_creates(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill(line(location=""), VENDORID="20003"), entity="CA").status == "success"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["MEGAENTITYID"], kept["MEGAENTITYNAME"], kept["BASECURR"]) == ("CA", "Acme Canada", "CAD")
    assert kept["APBILLITEMS"][0]["LOCATIONID"] == "CA"
    assert kept["APBILLITEMS"][0]["MEGAENTITYID"] == "CA"


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (
            "transaction_date",
            "Your transaction date (11/16/2026) is within a period that's been closed. You can add, modify, or delete a transaction"
            " only if the date of that transaction is within a period that's open. Enter a date that occurs on or after the date of"
            " the relevant entity, listed below. Note that different entities may have different dates:Acme US.",
        ),
        (
            "periods_are_closed",
            "Your transaction date (11/16/2026) is within a period that's been closed. You can add, modify, or delete a transaction"
            " only if the date of the transaction is within a period that's open.",
        ),
        ("date_on_or_after", "Date must be on or after 12/01/26"),
    ],
)
def test_closed_periods_by_entity_and_subledger(client: Client, company: RunningSandbox, style: str, text: str) -> None:
    company.settings(closed_period_style=style)
    company.act("close_period", date="2026-11-30", entity="US", subledger="AP")
    refused(client, bill(), text)
    assert client.one(bill(line(location="US2"))).status == "success"
    assert client.one(bill(number="R-2", WHENPOSTED="12/01/2026")).status == "success"
    company.act("open_period", entity="US")
    assert client.one(bill(number="R-3")).status == "success"


def test_closed_books_may_ask_for_the_bill_date_too(client: Client, company: RunningSandbox) -> None:
    company.act("close_period", date="2026-11-15")
    assert client.one(bill()).status == "success"
    company.settings(closed_period_dates="both")
    assert "Your transaction date (11/15/2026)" in client.one(bill(number="R-2")).first


def test_time_stamps_may_be_in_the_users_zone(client: Client, company: RunningSandbox) -> None:
    company.settings(timestamp_zone="America/Los_Angeles")
    client.one(bill())
    kept = company.state("intacct", "APBILL")[0]
    utc, local = (datetime.strptime(kept[name], "%m/%d/%Y %H:%M:%S") for name in ("AUWHENCREATED", "WHENMODIFIED"))
    with pytest.raises(RuntimeError, match="'Mars' is no time zone"):
        company.settings(timestamp_zone="Mars")
    assert utc - local in (timedelta(hours=7), timedelta(hours=8))


def test_closing_the_general_ledger_closes_bills_too_but_cards_books_do_not(
    client: Client, company: RunningSandbox
) -> None:
    company.act("close_period", date="2026-11-30", subledger="CM")
    assert client.one(bill()).status == "success"
    company.act("close_period", date="2026-11-30", subledger="GL")
    assert client.one(bill(number="R-2")).status == "failure"


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


def test_update_replaces_the_lines_it_sends(client: Client, company: RunningSandbox) -> None:
    number = client.one(bill(line("1"), line("2"))).data[0].findtext("RECORDNO")
    change = f"<update><APBILL><RECORDNO>{number}</RECORDNO><DESCRIPTION>New</DESCRIPTION>{{}}</APBILL></update>"
    assert client.one(change.format("")).status == "success"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["DESCRIPTION"], kept["TOTALDUE"], len(kept["APBILLITEMS"])) == ("New", "3.00", 2)
    done = client.one(change.format(f"<APBILLITEMS>{line('7')}</APBILLITEMS>"))
    assert done.status == "success", done.errors
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["TOTALDUE"], [one["TRX_AMOUNT"] for one in kept["APBILLITEMS"]]) == ("7.00", ["7.00"])
    company.act("pay", record=number)
    assert client.one(change.format("")).first == "The bill is paid and cannot be changed."


def test_reverse_and_delete(client: Client, company: RunningSandbox) -> None:
    client.send(bill(), bill(number="R-2"))
    date = "<datereversed><year>2026</year><month>11</month><day>20</day></datereversed>"
    done = client.one(f'<reverse_bill key="1">{date}<description>Wrong</description></reverse_bill>')
    assert done.status == "success", done.errors
    first, second, third = company.state("intacct", "APBILL")
    assert (first["STATE"], first["TOTALDUE"], first["REVERSALKEY"]) == ("Reversed", "0.00", done.key)
    assert (third["STATE"], third["TOTALENTERED"], third["RECORDID"], third["DESCRIPTION"]) == (
        "Reversal",
        "-100.12",
        "Reversed - R-1",
        "Wrong",
    )
    assert third["APBILLITEMS"][0]["TRX_AMOUNT"] == "-100.12"
    again = client.one(f'<reverse_bill key="1">{date}</reverse_bill>')
    assert again.first == "The transaction is reversed and cannot be reversed."
    done = client.one(f"<delete><object>APBILL</object><keys>{second['RECORDNO']}</keys></delete>")
    assert done.status == "success"
    assert done.data is None
    assert done.key == ""
    assert [one["RECORDNO"] for one in company.state("intacct", "APBILL")] == ["1", "3"]
    assert len(company.state("intacct", "APBILLITEM")) == 2


def test_legacy_create_bill_makes_the_same_bill(client: Client, company: RunningSandbox) -> None:
    done = client.one(
        "<create_bill><vendorid>20000</vendorid><datecreated><year>2026</year><month>11</month><day>15</day></datecreated>"
        "<termname>N30</termname><billno>L-1</billno><description>Legacy</description><billitems><lineitem>"
        "<glaccountno>6220</glaccountno><amount>12.5</amount><memo>Taxi</memo><locationid>US</locationid></lineitem>"
        "</billitems></create_bill>"
    )
    assert (done.status, done.key, done.data) == ("success", "1", None), done.errors
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["WHENDUE"], kept["TOTALDUE"], kept["RECORDID"]) == ("12/15/2026", "12.50", "L-1")
    assert kept["APBILLITEMS"][0]["ENTRYDESCRIPTION"] == "Taxi"


def test_gl_trace_balances(client: Client, company: RunningSandbox) -> None:
    company.settings(gl_trace=True)
    assert client.one(bill(line("10"), line("-4"))).status == "success"
    (batch,) = company.state("intacct", "GLBATCH")
    signed = [int(one["TR_TYPE"]) * Decimal(one["AMOUNT"]) for one in batch["ENTRIES"]]
    assert sorted(signed) == [Decimal("-6.00"), Decimal("-4.00"), Decimal("10.00")]


def test_several_objects_in_one_create(client: Client, company: RunningSandbox) -> None:
    good, bad = bill(), bill(VENDORID="9", number="R-2")
    both = good.replace("</create>", "") + bad.replace("<create>", "")
    assert client.one(both).status == "failure"
    assert company.state("intacct", "APBILL") == []
    company.settings(create_several="kept")
    done = client.one(both)
    assert (done.status, done.data.get("count"), done.data[0].findtext("RECORDID")) == ("failure", "1", "R-1")
    assert len(company.state("intacct", "APBILL")) == 1


def test_unknown_tags_are_refused_or_passed_over(client: Client, company: RunningSandbox) -> None:
    done = client.one(bill(VENDOR_ID="20000"))
    assert (done.errors[0][0], done.first) == ("DL02000001", "There was an error processing the request.")
    company.settings(unknown_fields="ignore")
    assert client.one(bill(VENDOR_ID="20000")).status == "success"


def test_audit_history_has_a_row_for_each_write(client: Client, company: RunningSandbox) -> None:
    client.one(bill())
    client.one("<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>New</DESCRIPTION></APBILL></update>")
    client.one("<delete><object>APBILL</object><keys>1</keys></delete>")
    rows = [row for row in company.state("intacct", "AUDITHISTORY") if row["OBJECTTYPE"] == "apbill"]
    assert [(row["ACCESSMODE"], row["OBJECTKEY"], row["USERID"], row["SOURCE"]) for row in rows] == [
        (mode, "1", "xml_gateway", "api") for mode in "CMD"
    ]
