"""A company with two US entities and a Canadian one, and a plain client of the gateway that knows nothing of the connector."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from lxml import etree

from tests.sandbox_fixture import RunningSandbox

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<request>
  <control><senderid>sandbox_sender</senderid><password>sandbox_sender_password</password><controlid>c</controlid>
    <uniqueid>{unique}</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace>
    <showadditionalerrorinfo>{info}</showadditionalerrorinfo></control>
  <operation transaction="{transaction}">
    <authentication><login><userid>{user}</userid><companyid>SANDBOX</companyid><password>{password}</password>
      <locationid>{entity}</locationid></login></authentication>
    <content>{functions}</content>
  </operation>
</request>"""


@dataclass
class Result:
    """One `<result>`, or the whole refusal when the gateway ran nothing (status "control")."""

    status: str
    key: str = ""
    data: etree._Element | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)
    xml: etree._Element | None = None

    @property
    def first(self) -> str:
        """The most specific error's text, without its Support ID."""
        return self.errors[0][1].split(" [Support ID:")[0]


class Client:
    """Posts functions to the gateway of a sandbox."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.http = requests.Session()
        self.http.trust_env = False

    def send(
        self,
        *functions: str,
        entity: str = "",
        user: str = "xml_gateway",
        password: str = "sandbox_user_password",
        transaction: bool = False,
        unique: bool = False,
        info: bool = False,
    ) -> list[Result]:
        """Send functions in one request."""
        answer = self.http.post(
            self.sandbox.url + "/ia/xml/xmlgw.phtml",
            data=ENVELOPE.format(
                unique=str(unique).lower(),
                info=str(info).lower(),
                transaction=str(transaction).lower(),
                user=user,
                password=password,
                entity=entity,
                functions="".join(f'<function controlid="{uuid.uuid4()}">{one}</function>' for one in functions),
            ).encode(),
            headers={"Content-Type": "application/xml"},
            timeout=60,
        )
        answer.raise_for_status()
        self.raw = answer.text
        root = etree.fromstring(answer.content)
        blocks = root.findall("operation/result")
        return [read(block) for block in blocks] or [read(root, "control")]

    def one(self, function: str, **options: object) -> Result:
        """Send one function."""
        (result,) = self.send(function, **options)  # type: ignore[arg-type]
        return result


def read(block: etree._Element, status: str = "") -> Result:
    """A result as tests look at it."""
    errors = block.findall("errormessage/error") or block.findall("operation/errormessage/error")
    return Result(
        status or block.findtext("status", ""),
        block.findtext("key", ""),
        block.find("data"),
        [(e.findtext("errorno", ""), e.findtext("description2", "")) for e in errors],
        [e.findtext("correction", "") for e in errors],
        block,
    )


COMPANY: dict[str, list[dict[str, str]]] = {
    "LOCATIONENTITY": [
        {"LOCATIONID": "US", "NAME": "Acme US", "CURRENCY": "USD", "HAS_IE_RELATION": "true"},
        {"LOCATIONID": "US2", "NAME": "Acme West", "CURRENCY": "USD", "HAS_IE_RELATION": "true"},
        {"LOCATIONID": "LONE", "NAME": "Acme Alone", "CURRENCY": "USD", "HAS_IE_RELATION": "false"},
        {"LOCATIONID": "CA", "NAME": "Acme Canada", "CURRENCY": "CAD", "HAS_IE_RELATION": "true"},
    ],
    "LOCATION": [
        {"LOCATIONID": "NYC", "NAME": "New York", "PARENTID": "US", "ENTITY": "US"},
        {"LOCATIONID": "OLD", "NAME": "Closed shop", "PARENTID": "US", "ENTITY": "US", "STATUS": "inactive"},
    ],
    "DEPARTMENT": [
        {"DEPARTMENTID": "D300", "TITLE": "Engineering"},
        {"DEPARTMENTID": "D900", "TITLE": "Gone", "STATUS": "inactive"},
    ],
    "VENDTYPE": [{"NAME": "Employee"}],
    "CONTACT": [{"CONTACTNAME": "Ann Smith", "PRINTAS": "Ann Smith", "EMAIL1": "ann@example.com"}],
    "VENDOR": [
        {"VENDORID": "20000", "NAME": "Ann Smith"},
        {"VENDORID": "20001", "NAME": "Gone", "STATUS": "inactive"},
        {"VENDORID": "20002", "NAME": "Held", "ONHOLD": "true"},
        {"VENDORID": "20003", "NAME": "Of Canada", "MEGAENTITYID": "CA"},
        {
            "VENDORID": "20004",
            "NAME": "Only west",
            "OBJECTRESTRICTION": "Restricted",
            "RESTRICTEDLOCATIONS": "US2#~#LONE",
        },
    ],
    "EMPLOYEE": [
        {
            "EMPLOYEEID": "E1",
            "PERSONALINFO.CONTACTNAME": "Ann Smith",
            "CONTACT_NAME": "Ann Smith",
            "STARTDATE": "01/01/2020",
        },
        {"EMPLOYEEID": "E2", "PERSONALINFO.CONTACTNAME": "Ann Smith", "STATUS": "inactive"},
    ],
    "GLACCOUNT": [
        {"ACCOUNTNO": "6220", "TITLE": "Travel"},
        {"ACCOUNTNO": "6230", "TITLE": "Meals", "REQUIREDEPT": "true"},
        {"ACCOUNTNO": "6240", "TITLE": "Old", "STATUS": "inactive"},
        {"ACCOUNTNO": "6250", "TITLE": "West only", "OBJECTRESTRICTION": "Restricted", "RESTRICTEDLOCATIONS": "US2"},
        {"ACCOUNTNO": "2100", "TITLE": "Card liability"},
    ],
    "GLJOURNAL": [{"SYMBOL": "GJ", "TITLE": "General"}],
    "APACCOUNTLABEL": [{"ACCOUNTLABEL": "Taxi", "DESCRIPTION": "Taxi", "GLACCOUNTNO": "6220"}],
    "EEACCOUNTLABEL": [{"ACCOUNTLABEL": "Airfare", "DESCRIPTION": "Airfare", "GLACCOUNTNO": "6220"}],
    "EXPENSEPAYMENTTYPE": [{"NAME": "Company card", "NONREIMBURSABLE": "true"}],
    "APTERM": [{"NAME": "N30", "DESCRIPTION": "Net 30", "DUEDATE": "30"}],
    "TAXSOLUTION": [{"SOLUTIONID": "Australia - GST"}, {"SOLUTIONID": "United Kingdom - VAT"}],
    "TAXDETAIL": [
        {"DETAILID": "GST 10", "VALUE": "10", "TAXSOLUTIONID": "Australia - GST"},
        {"DETAILID": "UK Standard", "VALUE": "20", "TAXSOLUTIONID": "United Kingdom - VAT"},
    ],
    "CREDITCARD": [
        {"CARDID": "AMEX-1", "DESCRIPTION": "Company Amex", "LIABACCTNO": "2100"},
        {"CARDID": "VISA-CA", "DESCRIPTION": "Canadian Visa", "MEGAENTITYID": "CA"},
        {"CARDID": "OLD", "STATUS": "inactive"},
    ],
    "PROJECT": [
        {"PROJECTID": "P1", "NAME": "Moon", "PROJECTCATEGORY": "Contract", "CUSTOMERID": "C1"},
        {"PROJECTID": "P0", "NAME": "Ended", "PROJECTCATEGORY": "Contract", "STATUS": "inactive"},
    ],
    "CUSTOMER": [{"CUSTOMERID": "C1", "NAME": "Nasa"}, {"CUSTOMERID": "C2", "NAME": "Esa"}],
    "TASK": [{"TASKID": "T1", "NAME": "Land", "PROJECTID": "P1"}],
}


@pytest.fixture
def company(fresh_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox with the company of this file."""
    for name, records in COMPANY.items():
        fresh_sandbox.load("intacct", name, records)
    # Its entities have two base currencies, and most tests of card charges are about something else.
    fresh_sandbox.settings(card_charges_at_top_level="accept")
    return fresh_sandbox


@pytest.fixture
def client(company: RunningSandbox) -> Client:
    """A client of that company's gateway."""
    return Client(company)


def line(amount: str = "100.12", account: str = "6220", location: str = "US", **more: str) -> str:
    """One APBILLITEM; an empty value leaves the tag out."""
    fields = {"ACCOUNTNO": account, "TRX_AMOUNT": amount, "ENTRYDESCRIPTION": "Line", "LOCATIONID": location} | more
    return "<APBILLITEM>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items() if v) + "</APBILLITEM>"


def bill(*lines: str, number: str = "R-1", **fields: str) -> str:
    """<create><APBILL>…; a field given as "" is left out."""
    header = {
        "WHENCREATED": "11/15/2026",
        "WHENPOSTED": "11/16/2026",
        "VENDORID": "20000",
        "RECORDID": number,
        "DOCNUMBER": "Ref 5678",
        "DESCRIPTION": "My bill",
        "WHENDUE": "12/25/2026",
    } | fields
    inside = "".join(f"<{k}>{v}</{k}>" for k, v in header.items() if v)
    return f"<create><APBILL>{inside}<APBILLITEMS>{''.join(lines or (line(),))}</APBILLITEMS></APBILL></create>"


def refused(client: Client, function: str, text: str, **options: object) -> None:
    """The function fails with this most specific text, the generic errors behind it, and leaves nothing."""
    before = len(client.sandbox.state("intacct", "APBILL"))
    done = client.one(function, **options)
    assert done.status == "failure", "expected a refusal"
    assert done.first == text
    assert len(client.sandbox.state("intacct", "APBILL")) == before
