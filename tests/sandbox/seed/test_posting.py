"""The seeded company takes documents through its own gateway: what is clean posts, what hurts is refused for its reason."""

from __future__ import annotations

import pytest
import requests
from lxml import etree

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<request><control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password><controlid>c</controlid>
<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control>
<operation><authentication><login><userid>xml_gateway</userid><companyid>SANDBOX</companyid>
<password>sandbox_user_password</password></login></authentication>
<content>{functions}</content></operation></request>"""

BILL = """<function controlid="{number}"><create><APBILL><WHENCREATED>{day}</WHENCREATED><VENDORID>{vendor}</VENDORID>
<RECORDID>T-{number}</RECORDID><WHENDUE>{day}</WHENDUE><BASECURR>{currency}</BASECURR><CURRENCY>{currency}</CURRENCY>
<APBILLITEMS><APBILLITEM><ACCOUNTNO>6220</ACCOUNTNO><TRX_AMOUNT>10.25</TRX_AMOUNT><LOCATIONID>{entity}</LOCATIONID>
<DEPARTMENTID>{department}</DEPARTMENTID></APBILLITEM></APBILLITEMS></APBILL></create></function>"""


def ask(sandbox, functions):
    answer = requests.post(
        f"{sandbox.url}/ia/xml/xmlgw.phtml",
        data=ENVELOPE.format(functions=functions).encode(),
        headers={"Content-Type": "application/xml"},
        timeout=60,
    )
    return etree.fromstring(answer.content)


def bill(number, vendor, entity, department="102", day="03/10/2026", currency="USD"):
    return BILL.format(number=number, vendor=vendor, entity=entity, department=department, day=day, currency=currency)


@pytest.fixture
def demo(fresh_sandbox):
    """The demo company with fewer people and reports, dated."""
    small = {"people": 160, "entities": 12, "departments": 14, "reports_per_day": 2, "days": 1}
    fresh_sandbox.reset(scale=small, today="2026-03-20")
    return fresh_sandbox


def vendor_of(demo, trouble):
    return next(
        case["person"] for case in demo.state("seed", "cases") if case["case"] == trouble and "report" not in case
    )


def test_a_bill_posts_in_every_sound_entity(demo):
    entities = [one for one in demo.state("intacct", "LOCATIONENTITY") if one["STATUS"] == "active"]
    closed = demo.state("intacct", "LOCATIONENTITY")[-1]["LOCATIONID"]
    asked = [one for one in entities if one["LOCATIONID"] != closed]
    department = demo.state("intacct", "DEPARTMENT")[2]["DEPARTMENTID"]
    answer = ask(
        demo,
        "".join(
            bill(number, "E10005", one["LOCATIONID"], department, currency=one["CURRENCY"])
            for number, one in enumerate(asked)
        ),
    )
    statuses = {result.findtext("controlid"): result.findtext("status") for result in answer.iter("result")}
    assert len(statuses) == 10
    assert set(statuses.values()) == {"success"}, etree.tostring(answer).decode()
    assert len(demo.state("intacct", "APBILL")) == 10


@pytest.mark.parametrize(
    ("trouble", "text"),
    [
        ("missing_vendor", "not valid"),
        ("inactive_vendor", "Activate the vendor"),
        ("vendor_on_hold", "hold"),
        ("private_vendor", "not valid"),
    ],
)
def test_what_hurts_is_refused(demo, trouble, text):
    answer = ask(demo, bill(1, vendor_of(demo, trouble), "100"))
    assert answer.findtext(".//result/status") == "failure"
    assert text in answer.findtext(".//result/errormessage/error/description2")


def test_the_closed_entity_refuses_until_it_is_opened(demo):
    closed = demo.state("intacct", "LOCATIONENTITY")[-1]
    refused = ask(demo, bill(1, "E10005", closed["LOCATIONID"], currency=closed["CURRENCY"]))
    assert "closed" in refused.findtext(".//result/errormessage/error/description2")
    demo.act("open_period", entity=closed["LOCATIONID"])
    taken = ask(demo, bill(1, "E10005", closed["LOCATIONID"], currency=closed["CURRENCY"]))
    assert taken.findtext(".//result/status") == "success"
    demo.act("close_period", entity="100", subledger="AP", date="2026-03-31")
    assert ask(demo, bill(2, "E10005", "100")).findtext(".//result/status") == "failure"
    assert ask(demo, bill(3, "E10005", "110")).findtext(".//result/status") == "success"


@pytest.mark.parametrize(
    ("kind", "bills"),
    [("drop_before", 0), ("drop_after_commit", 2), ("http_524_after_commit", 2), ("partial_commit", 1)],
)
def test_lost_answers_at_intacct(demo, kind, bills):
    demo.fault(side="intacct", match="APBILL", kind=kind, **({"commit_first": 1} if kind == "partial_commit" else {}))
    if kind == "http_524_after_commit":
        with pytest.raises(etree.XMLSyntaxError):  # the proxy's page
            ask(demo, bill(1, "E10005", "100") + bill(2, "E10006", "100"))
    else:
        with pytest.raises(requests.ConnectionError):
            ask(demo, bill(1, "E10005", "100") + bill(2, "E10006", "100"))
    assert len(demo.state("intacct", "APBILL")) == bills


def test_actors_reverse_delete_and_edit_bills(demo):
    ask(demo, bill(1, "E10005", "100") + bill(2, "E10006", "100") + bill(3, "E10007", "100"))
    demo.act("edit_bill", record="T-1", amount="99.99", changes={"DESCRIPTION": "corrected"})
    reversal = demo.act("reverse", object="APBILL", record="T-2")["reversal"]
    demo.act("delete", object="APBILL", record="T-3")
    bills = {one["RECORDID"]: one for one in demo.state("intacct", "APBILL")}
    assert (bills["T-1"]["TRX_TOTALENTERED"], bills["T-1"]["DESCRIPTION"]) == ("99.99", "corrected")
    assert bills["T-1"]["APBILLITEMS"][0]["TRX_AMOUNT"] == "99.99"
    assert bills["T-2"]["STATE"] == "Reversed"
    mirror = next(one for one in bills.values() if one["RECORDNO"] == reversal)
    assert (mirror["STATE"], mirror["TRX_TOTALENTERED"]) == ("Reversal", "-10.25")
    assert "T-3" not in bills
    deleted = [row for row in demo.state("intacct", "AUDITHISTORY") if row["ACCESSMODE"] == "D"]
    assert [row["OBJECTTYPE"] for row in deleted] == ["apbill"]


def test_actors_approve_and_decline(demo):
    demo.settings(ap_approval=True)
    ask(demo, bill(1, "E10005", "100") + bill(2, "E10006", "100"))
    assert {one["STATE"] for one in demo.state("intacct", "APBILL")} == {"Submitted"}
    demo.act("approve", record="T-1")
    demo.act("decline", record="T-2")
    states = {one["RECORDID"]: (one["STATE"], one["RAWSTATE"]) for one in demo.state("intacct", "APBILL")}
    assert states == {"T-1": ("Posted", "A"), "T-2": ("Declined", "U")}
