"""Every kind of function that the connector can send, plain and rich, for the tests of schema and text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certify_intacct.intacct import functions as f
from certify_intacct.intacct.filters import (
    And,
    Between,
    Equal,
    GreaterOrEqual,
    In,
    Like,
    Or,
)

DAY = date(2026, 3, 7)
HARD = "Müller & Söhne <\"x\"> 'y' ]]> 漢字 🙂 \u202e =SUM(A1)\ttab\nline\rreturn"
TAXES = [{"detailid": "UK Standard", "trx_tax": Decimal("2.00")}, {"detailid": "UK Reduced"}]
CUSTOM = {"CERTIFY_ID": HARD, "EMPTY": ""}

ALL_FILTERS = And(
    Equal("STATUS", "active"),
    GreaterOrEqual("WHENMODIFIED", datetime(2026, 1, 2, 3, 4, 5)),
    Equal("WHENCREATED", DAY),
    Equal("RECORDNO", 17),
    GreaterOrEqual("TOTALENTERED", Decimal("-0.10")),
    Between("WHENPOSTED", date(2026, 1, 1), DAY),
    In("RECORDID", ["a", HARD]),
    In("RECORDID", [f"T{number}" for number in range(1000)]),
    Like("VENDORID", "V%"),
    Like("VENDORID", "_"),
    Or(Like("ENDDATE", "%"), Equal("ONHOLD", False)),
    And(Equal("single", "1")),
)

BILL = {
    "WHENCREATED": DAY,
    "WHENPOSTED": DAY,
    "VENDORID": "E-1007",
    "RECORDID": "C7ABCDEFGHIJ-1-1-B",
    "DOCNUMBER": "C7ABCDEFGHIJ",
    "DESCRIPTION": HARD,
    "WHENDUE": DAY,
    "BASECURR": "USD",
    "CURRENCY": "EUR",
    "EXCH_RATE_DATE": DAY,
    "EXCH_RATE_TYPE_ID": "Intacct Daily Rate",
    "INCLUSIVETAX": True,
    "SUPDOCID": None,
    "APBILLITEMS": {
        "APBILLITEM": [
            {"ACCOUNTNO": "6220", "TRX_AMOUNT": Decimal("100.10"), "ENTRYDESCRIPTION": HARD, "LOCATIONID": "100"},
            {"ACCOUNTNO": "6230", "TRX_AMOUNT": Decimal("-0.01"), "TAXENTRIES": {"TAXENTRY": [{"DETAILID": "x"}]}},
        ]
    },
}

JOURNAL = {
    "JOURNAL": "GJ",
    "BATCH_DATE": DAY,
    "BATCH_TITLE": "Certify 104233",
    "REFERENCENO": "C7ABCDEFGHIJ",
    "ENTRIES": {
        "GLENTRY": [
            {"ACCOUNTNO": "6220", "TR_TYPE": 1, "AMOUNT": Decimal("5.00"), "DEPARTMENT": "30", "LOCATION": "100"},
            {"ACCOUNTNO": "2000", "TR_TYPE": -1, "AMOUNT": Decimal("5.00"), "LOCATION": "100"},
        ]
    },
}

CARD_LINE = {
    "accountlabel": "Hotel",
    "description": HARD,
    "paymentamount": Decimal("412.10"),
    "departmentid": "30",
    "locationid": "100",
    "customerid": "C1",
    "vendorid": "V1",
    "employeeid": "E1",
    "projectid": "P1",
    "taskid": "T1",
    "costtypeid": "CT",
    "itemid": "I1",
    "classid": "K",
    "contractid": "CO",
    "warehouseid": "W",
    "customfields": CUSTOM,
    "totaltrxamount": Decimal("414.10"),
    "taxentries": TAXES,
    "billable": True,
}
CARD = {
    "ccpayitems": [CARD_LINE, {"glaccountno": "6220", "paymentamount": Decimal("-1.00")}],
    "taxsolutionid": "United Kingdom - VAT",
    "inclusivetax": True,
    "customfields": [{"customfieldname": "A", "customfieldvalue": "b"}],
    "exchratetype": "Intacct Daily Rate",
    "exchratedate": DAY,
    "currency": "EUR",
    "supdocid": "C7ABCDEFGHIJ",
    "description": HARD,
    "payee": "Hotel Teatro",
    "referenceno": "C7ABCDEFGHIJ-1-1-C",
    "paymentdate": DAY,
    "chargecardid": "VISA",
}
EXPENSE_LINE = {
    "expensetype": "Hotel",
    "amount": Decimal("412.10"),
    "currency": "EUR",
    "trx_amount": Decimal("400.00"),
    "exchratedate": DAY,
    "exchratetype": "Intacct Daily Rate",
    "expensedate": DAY,
    "memo": HARD,
    "form1099": "true",
    "form1099type": "MISC",
    "form1099box": "3",
    "paidfor": "room",
    "locationid": "100",
    "departmentid": "30",
    "customfields": CUSTOM,
    "projectid": "P1",
    "taskid": "T1",
    "costtypeid": "CT",
    "customerid": "C1",
    "vendorid": "V1",
    "employeeid": "E1",
    "itemid": "I1",
    "classid": "K",
    "contractid": "CO",
    "warehouseid": "W",
    "billable": False,
    "exppmttype": "Company card",
    "quantity": Decimal("1"),
    "rate": Decimal("412.10"),
    "totaltrxamount": Decimal("412.10"),
    "taxentries": TAXES,
}
EXPENSE_REPORT = {
    "expenses": [EXPENSE_LINE, {"glaccountno": "6220", "amount": Decimal("1.00"), "exchrate": Decimal("1.25")}],
    "taxsolutionid": "United Kingdom - VAT",
    "inclusivetax": False,
    "supdocid": "C7ABCDEFGHIJ",
    "customfields": CUSTOM,
    "currency": "EUR",
    "basecurr": "EUR",
    "externalid": "x",
    "memo": "memo",
    "description": HARD,
    "state": "Submitted",
    "expensereportno": "C7ABCDEFGHIJ-1-1-E",
    "batchkey": "12",
    "dateposted": DAY,
    "datecreated": DAY,
    "employeeid": "E1",
}
ADJUSTMENT_LINE = {
    "accountlabel": "Hotel",
    "offsetglaccountno": "2020",
    "amount": Decimal("-412.10"),
    "allocationid": "A",
    "memo": HARD,
    "locationid": "100",
    "departmentid": "30",
    "customfields": CUSTOM,
    "projectid": "P1",
    "taskid": "T1",
    "costtypeid": "CT",
    "customerid": "C1",
    "vendorid": "V1",
    "employeeid": "E1",
    "itemid": "I1",
    "classid": "K",
    "contractid": "CO",
    "warehouseid": "W",
    "billable": True,
    "totaltrxamount": Decimal("-414.10"),
    "taxentries": TAXES,
}
ADJUSTMENT = {
    "apadjustmentitems": [ADJUSTMENT_LINE, {"glaccountno": "6220", "amount": Decimal("-1.00")}],
    "taxsolutionid": "United Kingdom - VAT",
    "inclusivetax": False,
    "customfields": CUSTOM,
    "nogl": False,
    "exchratetype": "Intacct Daily Rate",
    "exchratedate": DAY,
    "currency": "EUR",
    "basecurr": "USD",
    "externalid": "x",
    "description": HARD,
    "billno": "B-7",
    "action": "Draft",
    "adjustmentno": "C7ABCDEFGHIJ-1-1-A",
    "batchkey": "12",
    "dateposted": DAY,
    "datecreated": DAY,
    "vendorid": "E-1007",
}
EXPENSE_ADJUSTMENT_LINE = {
    name: value
    for name, value in EXPENSE_LINE.items()
    if name not in ("paidfor", "form1099", "form1099type", "form1099box", "expensetype")
} | {"glaccountno": "6220"}
EXPENSE_ADJUSTMENT = {
    "taxsolutionid": "United Kingdom - VAT",
    "inclusivetax": False,
    "supdocid": "C7ABCDEFGHIJ",
    "expenseadjustments": [EXPENSE_ADJUSTMENT_LINE, {"expensetype": "Hotel", "amount": Decimal("-1.00")}],
    "currency": "EUR",
    "basecurr": "USD",
    "description": HARD,
    "docnumber": "R-7",
    "adjustmentno": "C7ABCDEFGHIJ-1-1-X",
    "batchkey": "12",
    "dateposted": DAY,
    "datecreated": DAY,
    "employeeid": "E1",
}
FILES = [{"attachmentname": HARD, "attachmenttype": "pdf", "attachmentdata": "aGVsbG8="}]
SUPDOC = {
    "attachments": FILES,
    "supdocdescription": HARD,
    "supdocfoldername": "Certify",
    "supdocname": "Certify 104233",
    "supdocid": "C7ABCDEFGHIJ",
}
FOLDER = {"supdocparentfoldername": "Up", "supdocfolderdescription": HARD, "supdocfoldername": "Certify"}

MINIMAL_CARD = {
    "chargecardid": "V",
    "paymentdate": DAY,
    "ccpayitems": [{"glaccountno": "1", "paymentamount": Decimal("1")}],
}
CASES: dict[str, Callable[[], f.Function]] = {
    "query minimal": lambda: f.query("DEPARTMENT", ["RECORDNO"]),
    "query without order": lambda: f.query("DEPARTMENT", ["RECORDNO"], order_by=()),
    "query rich": lambda: f.query(
        "APBILL",
        ["RECORDNO", "PAYTOCONTACT.MAILADDRESS.ZIP"],
        filter=ALL_FILTERS,
        order_by=("-WHENMODIFIED", "RECORDNO"),
        case_insensitive=True,
        show_private=False,
        page_size=1,
        offset=4000,
    ),
    "query one condition": lambda: f.query("VENDOR", ["NAME"], filter=Equal("VENDORID", HARD)),
    "read minimal": lambda: f.read("APBILL", [1]),
    "read rich": lambda: f.read("APBILL", range(1, 101), ["RECORDNO", "STATE"]),
    "lookup": lambda: f.lookup("APBILL"),
    "inspect": lambda: f.inspect("APBILL"),
    "inspect all": lambda: f.inspect("*", detail=False),
    "get_list minimal": lambda: f.get_list("supdocfolder"),
    "get_list one condition": lambda: f.get_list("supdoc", conditions=[("supdocid", "=", HARD)], max_items=1),
    "get_list rich": lambda: f.get_list(
        "supdoc",
        fields=["recordno", "supdocid"],
        conditions=[("supdocid", "like", "C7%"), ("folder", "=", "Certify")],
        start=5,
        show_private=False,
    ),
    "get_user_permissions": lambda: f.get_user_permissions(HARD),
    "read_user_formatting": lambda: f.read_user_formatting(HARD),
    "read_entity_details": lambda: f.read_entity_details(),
    "get_closed_books_date": lambda: f.get_closed_books_date(),
    "get_company_prefs": lambda: f.get_company_prefs("AP"),
    "get_financial_setup": lambda: f.get_financial_setup(),
    "query sums": lambda: f.query("APIUSAGESUMMARY", ["PARTNERID"], sums=["N_TRANS"], order_by=("PARTNERID",)),
    "get_applications": lambda: f.get_applications(),
    "get_dimensions": lambda: f.get_dimensions(),
    "get_dimension_autofill_details": lambda: f.get_dimension_autofill_details(),
    "get_api_session": lambda: f.get_api_session(),
    "get_api_session entity": lambda: f.get_api_session("100"),
    "get_api_session top": lambda: f.get_api_session(""),
    "create bill": lambda: f.create("APBILL", BILL, control_id="bill"),
    "create journal": lambda: f.create("GLBATCH", JOURNAL, control_id="journal"),
    "update bill": lambda: f.update("APBILL", {"RECORDNO": "17", "SUPDOCID": "C7"}, control_id="update"),
    "card minimal": lambda: f.record_cctransaction(MINIMAL_CARD, control_id="card-0"),
    "card rich": lambda: f.record_cctransaction(CARD, control_id="card-1"),
    "card with rate": lambda: f.record_cctransaction(
        MINIMAL_CARD | {"currency": "EUR", "exchrate": Decimal("1.0812")}, control_id="card-2"
    ),
    "expense report minimal": lambda: f.create_expensereport(
        {"employeeid": "E", "datecreated": DAY, "expenses": [{"expensetype": "x", "amount": Decimal("1")}]},
        control_id="e-0",
    ),
    "expense report rich": lambda: f.create_expensereport(EXPENSE_REPORT, control_id="e-1"),
    "adjustment minimal": lambda: f.create_apadjustment(
        {
            "vendorid": "E",
            "datecreated": DAY,
            "currency": "EUR",
            "exchrate": Decimal(1),
            "apadjustmentitems": [{"glaccountno": "1", "amount": Decimal("-1")}],
        },
        control_id="a-0",
    ),
    "adjustment rich": lambda: f.create_apadjustment(ADJUSTMENT, control_id="a-1"),
    "expense adjustment minimal": lambda: f.create_expenseadjustmentreport(
        {"employeeid": "E", "datecreated": DAY, "expenseadjustments": [{"expensetype": "x", "amount": Decimal("1")}]},
        control_id="x-0",
    ),
    "expense adjustment rich": lambda: f.create_expenseadjustmentreport(EXPENSE_ADJUSTMENT, control_id="x-1"),
    "supdoc minimal": lambda: f.create_supdoc({"supdocid": "C7"}, control_id="s-0"),
    "supdoc rich": lambda: f.create_supdoc(SUPDOC, control_id="s-1"),
    "update supdoc": lambda: f.update_supdoc({"supdocid": "C7", "attachments": FILES * 3}, control_id="s-2"),
    "folder minimal": lambda: f.create_supdocfolder({"supdocfoldername": "Certify"}, control_id="f-0"),
    "folder rich": lambda: f.create_supdocfolder(FOLDER, control_id="f-1"),
}


def texts(element: Any) -> list[str]:
    """All texts of an element, in order."""
    return [part.text for part in element.iter() if part.text]
