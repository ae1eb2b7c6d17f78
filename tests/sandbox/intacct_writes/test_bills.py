"""AP bills through the gateway: what is kept of them, in which state, currency and entity."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox_fixture import RunningSandbox


def test_a_bill_is_kept_with_totals_state_and_stamps(client: Client, company: RunningSandbox) -> None:
    done = client.one(bill(line("100.12"), line("-20.004", LOCATIONID="NYC")))
    assert done.status == "success", done.errors
    assert done.data.get("listtype") == "objects"
    assert done.data.get("count") == "1"
    answer = done.data[0]
    assert answer.tag == "apbill"
    assert [cell.tag for cell in answer] == ["RECORDNO", "RECORD_URL"]
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


def test_time_stamps_may_be_in_the_users_zone(client: Client, company: RunningSandbox) -> None:
    company.settings(timestamp_zone="America/Los_Angeles")
    client.one(bill())
    kept = company.state("intacct", "APBILL")[0]
    utc, local = (datetime.strptime(kept[name], "%m/%d/%Y %H:%M:%S") for name in ("AUWHENCREATED", "WHENMODIFIED"))
    with pytest.raises(RuntimeError, match="'Mars' is no time zone"):
        company.settings(timestamp_zone="Mars")
    assert utc - local in (timedelta(hours=7), timedelta(hours=8))


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
    assert (done.status, done.data.get("count"), done.data[0].findtext("RECORDNO")) == ("failure", "1", "1")
    assert len(company.state("intacct", "APBILL")) == 1


def test_a_draft_needs_neither_vendor_nor_dates_until_it_is_submitted(client: Client, company: RunningSandbox) -> None:
    bare = bill(VENDORID="", WHENCREATED="", WHENPOSTED="", WHENDUE="", ACTION="Draft")
    assert client.one(bare.replace("<ACTION>Draft</ACTION>", "")).first == "Required field Vendor ID is missing"
    done = client.one(bare)
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["STATE"], kept.get("VENDORID", ""), kept.get("WHENCREATED", "")) == ("Draft", "", "")
    for act in ("submit", "post"):
        with pytest.raises(RuntimeError, match="APBILL 1 cannot be handed in without VENDORID, WHENCREATED, WHENDUE"):
            company.act(act, record="1")
    change = "<update><APBILL><RECORDNO>1</RECORDNO>{}<ACTION>Submit</ACTION></APBILL></update>"
    assert client.one(change.format("")).first == "Required field Vendor ID is missing"
    whole = "<VENDORID>20000</VENDORID><WHENCREATED>11/15/2026</WHENCREATED><WHENDUE>12/15/2026</WHENDUE>"
    assert client.one(change.format(whole)).status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["STATE"], kept["VENDORNAME"], kept["WHENPOSTED"]) == ("Posted", "Ann Smith", "11/15/2026")
    assert (kept["APBILLITEMS"][0]["VENDORID"], kept["APBILLITEMS"][0]["STATE"]) == ("20000", "A")


def test_a_draft_whose_vendor_was_sent_empty_can_be_changed(client: Client, company: RunningSandbox) -> None:
    bare = bill(VENDORID="", WHENCREATED="", WHENPOSTED="", WHENDUE="", ACTION="Draft")
    done = client.one(bare.replace("<APBILL>", "<APBILL><VENDORID></VENDORID>"))
    assert done.status == "success", done.errors
    change = "<update><APBILL><RECORDNO>1</RECORDNO>{}</APBILL></update>"
    assert client.one(change.format("<DESCRIPTION>Other</DESCRIPTION>")).status == "success"
    assert client.one(change.format("<VENDORID>20000</VENDORID>")).status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["STATE"], kept["DESCRIPTION"], kept["APBILLITEMS"][0]["VENDORID"]) == ("Draft", "Other", "20000")


def test_a_draft_without_dates_can_be_deleted(client: Client, company: RunningSandbox) -> None:
    client.one(bill(VENDORID="", WHENCREATED="", WHENPOSTED="", WHENDUE="", ACTION="Draft"))
    assert client.one("<delete><object>APBILL</object><keys>1</keys></delete>").status == "success"
