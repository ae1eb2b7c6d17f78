"""The sandbox's schema gives the verdicts and messages of the vendor's (github.com/intacct/intacct_dtd, v3.0/api.xsd)."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator

import pytest
from lxml import etree

from include.sandbox.intacct import parsing
from include.sandbox.intacct.types import ControlFailed
from include.sandbox.settings import Settings
from tests import needs
from tests.sandbox.gateway_client import Answer, Element, GatewayClient

VENDORS = os.environ.get("INTACCT_XSD")
REQUEST = (
    "<request><control><senderid>a</senderid><password>b</password><controlid>c</controlid><uniqueid>false</uniqueid>"
    "<dtdversion>3.0</dtdversion><includewhitespace>true</includewhitespace></control><operation><authentication>"
    '<sessionid>s</sessionid></authentication><content><function controlid="1">{}</function></content></operation></request>'
)
DATE = "<year>2026</year><month>11</month><day>22</day>"
# Requests in order, of each kind of content model; they are also spoilt in many ways below.
IN_ORDER = [
    "<query><object>A</object><select><field>B</field><sum>C</sum></select><filter><and><equalto><field>B</field>"
    "<value>1</value></equalto><isnull><field>C</field></isnull></and></filter><orderby><order><field>B</field><descending/>"
    "</order></orderby><options><caseinsensitive/><showprivate>1</showprivate></options><pagesize/><offset/></query>",
    "<readByQuery><object>A</object><query/><fields>*</fields><pagesize>5</pagesize></readByQuery>",
    '<get_list object="supdoc" maxitems="1" showprivate="true"><filter><expression><field>a</field><operator>=</operator>'
    '<value>b</value></expression></filter><sorts><sortfield order="asc">a</sortfield></sorts><fields><field>a</field></fields>'
    "<additional_parameters><parameter><name>a</name><value>b</value></parameter></additional_parameters></get_list>",
    '<get object="supdoc" key="1"/>',
    f"<create_expensereport><expenses><expense><glaccountno>1</glaccountno><amount>2</amount><expensedate>{DATE}</expensedate>"
    f"</expense></expenses><inclusivetax>true</inclusivetax><datecreated>{DATE}</datecreated><employeeid>E</employeeid>"
    "</create_expensereport>",
    '<update_expensereport key="1"><updateexpenses><updateexpense line_num="1"><amount>3</amount></updateexpense><expense>'
    "<expensetype>T</expensetype></expense></updateexpenses></update_expensereport>",
    '<update_expensereport key="1"><updateexpenses/></update_expensereport>',
    f"<create_bill><vendorid>V</vendorid><datecreated>{DATE}</datecreated><termname>N30</termname><payto><contact><contactname>"
    "C</contactname><printas>C</printas></contact></payto><inclusivetax/><billitems><lineitem><glaccountno>1</glaccountno>"
    "<amount>2</amount></lineitem></billitems></create_bill>",
    f"<create_apadjustment><vendorid>V</vendorid><datecreated>{DATE}</datecreated><adjustmentno>A</adjustmentno><action>Draft</action>"
    "<basecurr>USD</basecurr><currency>CAD</currency><exchrate>1</exchrate><nogl>false</nogl><apadjustmentitems><lineitem><glaccountno>1"
    "</glaccountno><amount>-2</amount></lineitem></apadjustmentitems></create_apadjustment>",
    '<update_apadjustment key="1"><action>Submit</action><updateapadjustmentitems><updatelineitem line_num="1"><amount>3</amount>'
    "</updatelineitem></updateapadjustmentitems></update_apadjustment>",
    f"<create_expenseadjustmentreport><employeeid>E</employeeid><datecreated>{DATE}</datecreated><adjustmentno>A</adjustmentno><docnumber>"
    f"D</docnumber><currency>USD</currency><expenseadjustments><expenseadjustment><glaccountno>1</glaccountno><amount>2</amount>"
    f"<trx_amount>3</trx_amount><expensedate>{DATE}</expensedate><memo>M</memo><projectid>P</projectid><rate>1</rate></expenseadjustment>"
    "</expenseadjustments><supdocid>S</supdocid><inclusivetax>false</inclusivetax></create_expenseadjustmentreport>",
    '<update_expenseadjustmentreport key="1"><updateexpenseadjustments><updateexpenseadjustment line_num="1"><amount>3</amount>'
    "</updateexpenseadjustment></updateexpenseadjustments><supdocid>S</supdocid></update_expenseadjustmentreport>",
    f"<record_cctransaction><chargecardid>C</chargecardid><paymentdate>{DATE}</paymentdate><ccpayitems><ccpayitem>"
    "<glaccountno>1</glaccountno><paymentamount>2</paymentamount></ccpayitem></ccpayitems></record_cctransaction>",
    "<create_supdoc><supdocid>S</supdocid><supdocfoldername>F</supdocfoldername><attachments><attachment><attachmentname>n"
    "</attachmentname><attachmenttype>t</attachmenttype><attachmentdata>d</attachmentdata></attachment></attachments>"
    "</create_supdoc>",
    '<reverse_expensereport key="1"><datereversed>' + DATE + "</datereversed></reverse_expensereport>",
    "<create_reimbursementrequest><bankaccountid>B</bankaccountid><employeeid>E</employeeid><paymentmethod>Cash</paymentmethod>"
    f"<paymentdate>{DATE}</paymentdate><paymentoption>employee</paymentoption><eppaymentrequestitems><eppaymentrequestitem><key>1</key>"
    "<paymentamount>2</paymentamount></eppaymentrequestitem></eppaymentrequestitems><paymentdescription>D</paymentdescription>"
    "</create_reimbursementrequest>",
    "<void_appaymentrequest><appaymentkeys><appaymentkey>1</appaymentkey></appaymentkeys></void_appaymentrequest>",
    '<reverse_appayment key="1"><datereversed>' + DATE + "</datereversed></reverse_appayment>",
    "<getAPISession><locationid/></getAPISession>",
]
WRONG = [
    (
        '<get_list object="nothing"/>',
        "Error 1840: Element 'get_list', attribute 'object': [facet 'enumeration'] The value",
    ),
    (
        '<get object="supdoc" key="1"><fields><field x="1">a</field></fields></get>',
        "Error 1866: Element 'field', attribute",
    ),
    (IN_ORDER[4].replace("<amount>2", "<amount><b/>2"), "Error 1871: Element 'b': This element is not expected.."),
    (IN_ORDER[4].replace("<inclusivetax>true", "<inclusivetax>T"), "Error 1840: Element 'inclusivetax': [facet"),
    (
        IN_ORDER[5].replace(' line_num="1"', ""),
        "Error 1868: Element 'updateexpense': The attribute 'line_num' is required",
    ),
    (
        IN_ORDER[5].replace("<amount>3", "<zzz>3").replace("3</amount>", "3</zzz>"),
        "Error 1871: Element 'zzz': This element",
    ),
]


def messages(request: Element) -> list[str]:
    """What the sandbox's schema says of a request."""
    try:
        parsing.validate(request, Settings())
    except ControlFailed as refused:
        return [failure.description2.removeprefix("XML Parse schema error: ") for failure in refused.errors]
    return []


def request_of(function: str) -> Element:
    """A request with this function."""
    return etree.fromstring(REQUEST.format(function))


@pytest.mark.parametrize("function", IN_ORDER)
def test_requests_in_order_are_accepted(function: str) -> None:
    """Among them empty options of `query` (they have defaults) and a bill whose contact is written out."""
    assert messages(request_of(function)) == []


@pytest.mark.parametrize(("function", "message"), WRONG)
def test_messages_are_the_vendors(function: str, message: str) -> None:
    """Lists of allowed values, and leaves that are elements with mixed content (V: the vendor's schema)."""
    assert messages(request_of(function))[0].startswith(message)


@needs.vendor_schema
def test_spoilt_requests_get_the_vendors_verdict() -> None:
    """Every element of every request dropped, doubled, renamed, emptied, filled, and given a child or an attribute."""
    vendors = etree.XMLSchema(etree.parse(str(VENDORS)))
    differing = []
    for request in map(request_of, IN_ORDER):
        for number, _ in enumerate(request.iter()):
            for spoilt in _spoilt(request, number):
                vendors.validate(spoilt)
                codes = [entry.type for entry in vendors.error_log]
                if codes != [int(text.split(":")[0].removeprefix("Error ")) for text in messages(spoilt)]:
                    differing.append((etree.tostring(spoilt), vendors.error_log, messages(spoilt)))
    assert not differing


def _spoilt(request: Element, number: int) -> Iterator[Element]:
    def copied() -> tuple[Element, Element]:
        root = copy.deepcopy(request)
        return root, list(root.iter())[number]

    root, element = copied()
    if element.tag in ("request", "operation", "function", "select", "filter", "and"):
        return  # the sandbox has fewer functions than the vendor and another order of choices
    etree.SubElement(element, "zzz")
    yield root
    for name in ("zzz", *element.attrib):
        root, element = copied()
        element.set(name, "zzz zzz")
        yield root
    root, element = copied()
    element.tag = "zzz"
    yield root
    root, element = copied()
    element.addnext(copy.deepcopy(element))
    yield root
    root, element = copied()
    element.getparent().remove(element)
    yield root
    for text in ("", "a b", "-1", "1.5", "x" * 300):
        root, element = copied()
        if not len(element):
            element.text = text
            yield root


def test_a_function_that_the_sandbox_lacks_fails_alone(gateway: GatewayClient) -> None:
    """The vendor's schema knows some 290 functions: one that is not here spoils its own result, not the request."""
    answer = Answer(
        gateway.post(gateway.body("<getAPISession/>", "<create_invoice><customerid>C</customerid></create_invoice>"))
    )
    assert [result.findtext("status") for result in answer.results] == ["success", "failure"]
    assert answer.errors == [("XL03000006", "The function create_invoice is not carried out by this sandbox.")]
