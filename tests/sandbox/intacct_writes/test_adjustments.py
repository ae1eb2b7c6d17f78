"""AP adjustments through the gateway: create_apadjustment, its kin, and what nobody publishes of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox

DATE = "<year>2026</year><month>11</month><day>15</day>"


def item(amount: str = "-42.10", account: str = "6220", location: str = "US", extra: str = "") -> str:
    """One lineitem."""
    place = f"<locationid>{location}</locationid>" if location else ""
    return f"<lineitem><glaccountno>{account}</glaccountno><amount>{amount}</amount><memo>Line</memo>{place}{extra}</lineitem>"


def adjustment(*items: str, vendor: str = "20000", number: str = "A-1", action: str = "", currency: str = "") -> str:
    """A create_apadjustment."""
    named = f"<adjustmentno>{number}</adjustmentno>" if number else ""
    acting = f"<action>{action}</action>" if action else ""
    return (
        f"<create_apadjustment><vendorid>{vendor}</vendorid><datecreated>{DATE}</datecreated><dateposted>{DATE}</dateposted>{named}"
        f"{acting}<billno>B-7</billno><description>Refund</description>{currency}"
        f"<apadjustmentitems>{''.join(items or (item(),))}</apadjustmentitems></create_apadjustment>"
    )


def entries(company: RunningSandbox) -> list[tuple[str, Decimal]]:
    """What the general ledger got: by account, debits above zero."""
    return sorted(
        (line["ACCOUNTNO"], Decimal(line["TR_TYPE"]) * Decimal(line["AMOUNT"]))
        for batch in company.state("intacct", "GLBATCH")
        for line in batch["ENTRIES"]
    )


def test_an_adjustment_is_kept_and_answered_with_its_key(client: Client, company: RunningSandbox) -> None:
    done = client.one(adjustment(item("-40"), item("-2.50", location="NYC")))
    assert (done.status, done.key, done.data) == ("success", "1", None), done.errors
    (kept,) = company.state("intacct", "APADJUSTMENT")
    assert (kept["VENDORID"], kept["VENDORNAME"], kept["RECORDID"], kept["DOCNUMBER"], kept["RECORDTYPE"]) == (
        "20000", "Ann Smith", "A-1", "B-7", "pa",
    )  # fmt: skip
    assert (kept["TRX_TOTALENTERED"], kept["TRX_TOTALDUE"], kept["STATE"], kept["RAWSTATE"]) == (
        "-42.50", "-42.50", "Posted", "A",
    )  # fmt: skip
    assert (kept["WHENCREATED"], kept["WHENPOSTED"], kept["CURRENCY"]) == ("11/15/2026", "11/15/2026", "USD")
    assert [(one["ACCOUNTNO"], one["TRX_AMOUNT"], one["LINE_NO"]) for one in kept["APADJUSTMENTITEMS"]] == [
        ("6220", "-40.00", "1"), ("6220", "-2.50", "2"),
    ]  # fmt: skip


REFUSALS = [
    (adjustment(item("-40"), item("2.50")), "The amounts of an adjustment must be all positive or all negative."),
    (adjustment(vendor="NONE"), "NONE"),
    (adjustment(vendor="20001"), "20001"),
    (adjustment(number=""), "Adjustment number"),
    (adjustment(item(location="")), "Use of empty Location is invalid. A valid Multi-Entity Location must be specified."),
    (adjustment(item(extra="<projectid>10064</projectid>")), "Invalid Project '10064' specified."),
    (adjustment(action="Post"), "Action 'Post' is not valid."),
    (adjustment(item(""),), "Remove the extra line item in the request, then reclassify the bill."),
]  # fmt: skip


def test_refusals(client: Client, company: RunningSandbox) -> None:
    for function, text in REFUSALS:
        done = client.one(function)
        assert (done.status, text in done.first) == ("failure", True), (function, done.errors)
    assert company.state("intacct", "APADJUSTMENT") == []


def test_an_attachment_has_no_place_in_it(client: Client, company: RunningSandbox) -> None:
    """The schema refuses the whole request."""
    spoilt = adjustment().replace("<apadjustmentitems>", "<supdocid>S</supdocid><apadjustmentitems>")
    assert client.one(spoilt).status == "control"


@pytest.mark.parametrize("shown", ["as_entered", "owed"])
@pytest.mark.parametrize("lowers", ["negative", "positive"])
def test_what_lowers_the_debt_is_a_setting_and_so_is_how_it_is_shown(client, company, lowers, shown) -> None:
    company.settings(adjustment_lowers=lowers, adjustment_amounts=shown, gl_trace=True)
    sign = -1 if lowers == "negative" else 1
    assert client.one(adjustment(item(str(10 * sign)))).status == "success"
    (kept,) = company.state("intacct", "APADJUSTMENT")
    seen = Decimal(-10) if shown == "owed" else Decimal(10 * sign)
    assert (Decimal(kept["TRX_TOTALENTERED"]), Decimal(kept["APADJUSTMENTITEMS"][0]["TRX_AMOUNT"])) == (seen, seen)
    # Whatever it shows, the payables are debited and the expense is credited.
    assert entries(company) == [("2000", Decimal(10)), ("6220", Decimal(-10))]
    company.settings(adjustment_credits="refuse")
    assert client.one(adjustment(item(str(10 * sign)), number="A-2")).status == "failure"
    assert client.one(adjustment(item(str(-10 * sign)), number="A-3")).status == "success"


def test_a_change_keeps_what_it_does_not_name(client: Client, company: RunningSandbox) -> None:
    company.settings(adjustment_lowers="positive", adjustment_amounts="owed")
    client.one(adjustment(item("40"), item("2")))
    changed = (
        '<update_apadjustment key="1"><description>Other</description><updateapadjustmentitems><updatelineitem line_num="2">'
        "<amount>3</amount></updatelineitem></updateapadjustmentitems></update_apadjustment>"
    )
    assert client.one(changed).status == "success"
    (kept,) = company.state("intacct", "APADJUSTMENT")
    assert (kept["DESCRIPTION"], kept["RECORDID"], Decimal(kept["TRX_TOTALENTERED"])) == ("Other", "A-1", -43)


def test_numbers_states_rights_and_closed_books(client: Client, company: RunningSandbox) -> None:
    assert client.one(adjustment()).status == "success"
    assert client.one(adjustment()).status == "failure"
    company.settings(duplicate_adjustment_number="accept", numbering=["APADJUSTMENT"], adjustment_approval=True)
    assert client.one(adjustment()).status == "success"
    assert client.one(adjustment(number="", action="Draft")).status == "success"
    company.settings(permissions_denied={"*": {"APADJUSTMENT": ["POST"]}})
    assert client.one(adjustment(number="A-4")).status == "success"
    kept = {one["RECORDID"]: one["STATE"] for one in company.state("intacct", "APADJUSTMENT")}
    assert kept == {"A-1": "Submitted", "ADJ000001": "Draft", "A-4": "Draft"}
    company.settings(permissions_denied={"*": {"APADJUSTMENT": ["CREATE"]}})
    assert client.one(adjustment(number="A-5")).errors[0][0] == "PL04000005"
    company.settings(permissions_denied={})
    company.act("close_period", date="2026-11-30", subledger="AP")
    assert client.one(adjustment(number="A-6")).status == "failure"
    company.act("open_period")
    company.act("close_period", date="2026-11-30", subledger="CM")
    assert client.one(adjustment(number="A-6")).status == "success"


def test_it_is_read_deleted_and_not_made_by_the_generic_functions(client: Client, company: RunningSandbox) -> None:
    client.send(adjustment(), adjustment(number="A-2"), adjustment(number="A-3"))
    query = (
        "<query><object>APADJUSTMENTITEM</object><select><field>APADJUSTMENT.RECORDID</field></select><filter><equalto>"
        "<field>RECORDKEY</field><value>2</value></equalto></filter></query>"
    )
    read = "<read><object>APADJUSTMENT</object><keys>2</keys><fields>*</fields></read>"
    by_query = "<readByQuery><object>APADJUSTMENT</object><fields>VENDORID</fields><query>RECORDID = 'A-2'</query></readByQuery>"
    described = (
        "<lookup><object>APADJUSTMENT</object></lookup>",
        '<inspect detail="1"><object>APADJUSTMENT</object></inspect>',
    )
    answers = client.send(query, read, by_query, *described)
    assert {one.status for one in answers} == {"success"}
    assert [one.findtext("APADJUSTMENT.RECORDID") for one in answers[0].data] == ["A-2"]
    shown = answers[1].data.find("APADJUSTMENT").findtext("APADJUSTMENTITEMS/apadjustmentitem/TRX_AMOUNT")
    assert Decimal(shown) == Decimal("-42.10")
    assert [one.findtext("VENDORID") for one in answers[2].data] == ["20000"]
    generic = client.one("<create><APADJUSTMENT><VENDORID>20000</VENDORID></APADJUSTMENT></create>")
    assert generic.status == "failure"
    gone = client.send("<delete><object>APADJUSTMENT</object><keys>2</keys></delete>", '<delete_apadjustment key="3"/>')
    assert {one.status for one in gone} == {"success"}
    assert [one["RECORDID"] for one in company.state("intacct", "APADJUSTMENT")] == ["A-1"]
    reversal = client.one(f'<reverse_apadjustment key="1"><datereversed>{DATE}</datereversed></reverse_apadjustment>')
    assert reversal.status == "control"


def test_clerks_hand_it_in_approve_pay_and_reverse_it(client: Client, company: RunningSandbox) -> None:
    company.settings(adjustment_approval=True, gl_trace=True)
    client.send(adjustment(action="Draft"), adjustment(number="A-2"))
    company.act("submit", object="APADJUSTMENT", record="1")
    company.act("approve", object="APADJUSTMENT", record="1")
    company.act("decline", object="APADJUSTMENT", record="2")
    states = {one["RECORDID"]: one["STATE"] for one in company.state("intacct", "APADJUSTMENT")}
    assert states == {"A-1": "Posted", "A-2": "Declined"}
    assert entries(company) == [("2000", Decimal("42.10")), ("6220", Decimal("-42.10"))]
    company.act("pay", object="APADJUSTMENT", record="1")
    company.act("reverse", object="APADJUSTMENT", record="2")
    states = {one["RECORDID"]: one["STATE"] for one in company.state("intacct", "APADJUSTMENT")}
    assert states == {"A-1": "Paid", "A-2": "Reversed", "Reversed - A-2": "Reversal"}
