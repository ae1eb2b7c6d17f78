"""What a GET finds and how it is written."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

KEYS = {"invoicereports": "InvoiceReports", "invoices": "Invoices", "cpdlists": "CPDLists"}


def test_page_envelope_and_paging(api, fresh_sandbox):
    fresh_sandbox.load("certify", "departments", [{"Name": f"D{n}", "Code": str(n)} for n in range(61)])
    first = api.get("departments")
    assert {name: first[name] for name in ("Page", "PageCount", "Records", "RecordCount")} == {
        "Page": 1,
        "PageCount": 3,
        "Records": 25,
        "RecordCount": 61,
    }
    pages = [api.get("departments", page=number) for number in (1, 2, 3)]
    codes = [department["Code"] for page in pages for department in page["Departments"]]
    assert codes == [str(n) for n in range(61)]
    assert pages[2]["Records"] == 11


def test_an_empty_answer_has_no_paging_fields(api):
    assert api.get("empglds/1") == {"EmpGLDs": []}


def test_page_size_is_a_setting(api, fresh_sandbox):
    fresh_sandbox.settings(certify_page_size=2, certify_empty_page_has_paging=True)
    fresh_sandbox.load("certify", "departments", [{"Name": f"D{n}"} for n in range(3)])
    assert api.get("departments")["PageCount"] == 2
    assert api.get("users") == {"Page": 1, "PageCount": 0, "Records": 0, "RecordCount": 0, "Users": []}


def test_get_by_id_comes_in_an_envelope(api, fresh_sandbox):
    identity = fresh_sandbox.load("certify", "users", [{"Email": "a@example.com"}])["ids"][0]
    answer = api.get(f"users/{identity}")
    assert [answer[name] for name in ("Page", "PageCount", "Records", "RecordCount")] == [1, 1, 1, 1]
    assert answer["Users"][0]["Email"] == "a@example.com"


def test_unset_texts_are_empty_and_flags_are_numbers(api, fresh_sandbox):
    fresh_sandbox.load("certify", "users", [{"Email": "a@example.com"}])
    user = api.get("users")["Users"][0]
    assert user["MobilePhone"] == ""
    assert user["SecondApproverID"] == ""
    assert user["Active"] == 1
    assert user["Treasurer"] == 0
    assert user["Active"] is not True


@pytest.mark.parametrize(
    ("resource", "key", "record", "field"),
    [
        ("departments", "Departments", {"Name": "Sales"}, "LastModifiedDate"),
        ("users", "Users", {"Email": "a@example.com"}, "LastModifiedDate"),
        ("receipts", "Receipts", {"Filename": "a.png"}, "UploadDate"),
    ],
)
def test_dates_that_clients_read_as_dates_are_never_empty(api, fresh_sandbox, resource, key, record, field):
    """A .NET client of the live service reads them into a type that has no empty value."""
    fresh_sandbox.load("certify", resource, [record])
    (shown,) = api.get(resource)[key]
    assert date.fromisoformat(shown[field])


def test_limits_of_a_category_are_whole_numbers_but_for_amounts(api, fresh_sandbox):
    """Both public clients read them into whole numbers."""
    whole = {"DailyMealLimit": 20, "CPDLunch": 1, "GSALodging": 0}
    api.put("expensecategories", {"Name": "Meals", "MaxAmount": 12.5, **whole})
    text = api.call("GET", "expensecategories").text
    (shown,) = json.loads(text, parse_float=Decimal)["ExpenseCategories"]
    assert {name: shown[name] for name in whole} == whole
    assert shown["MaxAmount"] == Decimal("12.5")
    assert api.call("PUT", "expensecategories", {"Name": "Drinks", "DailyMealLimit": 1.5}).status_code == 400
    fresh_sandbox.settings(certify_decimals_in_whole_numbers="cut")
    cut = api.get(f"expensecategories/{api.put('expensecategories', {'Name': 'Drinks', 'DailyMealLimit': 1.5})}")
    assert cut["ExpenseCategories"][0]["DailyMealLimit"] == 1
    beyond = api.http.put(f"{api.url}/v1/expensecategories", data='{"Name": "X", "DailyMealLimit": 1.5e9999999}')
    assert beyond.status_code == 400


def test_reports_have_booleans_and_exact_amounts(api, fresh_sandbox, report):
    fresh_sandbox.load("certify", "expensereports", [report(lines=[("10.10", "10.10")], NonReimAmount="0.000")])
    text = api.call("GET", "expensereports").text
    assert '"ReimAmount":10.10,' in text
    assert '"NonReimAmount":0.000,' in text
    record = json.loads(text, parse_float=Decimal)["ExpenseReports"][0]
    assert record["Processed"] is True
    assert record["Reimbursed"] is False
    assert record["ApprovalCode"] == "104001"


@pytest.mark.parametrize("amount", ["0.1", "-0.30", "12345678901234567890.123456789", "0"])
def test_amounts_keep_their_digits(api, fresh_sandbox, report, amount):
    fresh_sandbox.load("certify", "expensereports", [report(TotalAmount=amount)])
    assert f'"TotalAmount":{amount},' in api.call("GET", "expensereports").text


def test_processed_is_the_default_and_dates_exclude_the_unprocessed(api, fresh_sandbox, report):
    waiting = report(2, processed="")
    fresh_sandbox.load("certify", "expensereports", [report(1), waiting])
    one, two = report(1)["ID"], waiting["ID"]
    assert api.ids("expensereports", "ExpenseReports") == [one]
    assert api.ids("expensereports", "ExpenseReports", processed=0) == [two]
    assert api.ids("expensereports", "ExpenseReports", processed=2) == [one, two]
    assert api.ids("expensereports", "ExpenseReports", processed=2, enddate="2030-01-01") == [one]
    assert api.ids("expensereports", "ExpenseReports", processed=0, startdate="2020-01-01") == [one]


@pytest.mark.parametrize(("inclusive", "found"), [(True, [1, 2, 3]), (False, [1, 2])])
def test_date_range_is_of_processed_dates(api, fresh_sandbox, report, inclusive, found):
    fresh_sandbox.settings(certify_end_date_inclusive=inclusive)
    days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-02-28"]
    reports = [report(number, processed=day) for number, day in enumerate(days, start=1)]
    fresh_sandbox.load("certify", "expensereports", reports)
    wanted = [report(number)["ID"] for number in found]
    assert api.ids("expensereports", "ExpenseReports", startdate="2026-03-01", enddate="2026-03-03") == wanted


def test_other_report_filters(api, fresh_sandbox, report):
    fresh_sandbox.load(
        "certify",
        "expensereports",
        [
            report(1, _BatchID="B-7"),
            report(2, Reimbursed=True, ReimbursedDate="2026-03-10"),
        ],
    )
    one, two = report(1)["ID"], report(2)["ID"]
    assert api.ids("expensereports", "ExpenseReports", approvalcode="104002") == [two]
    assert api.ids("expensereports", "ExpenseReports", batchid="B-7") == [one]
    assert api.ids("expensereports", "ExpenseReports", reimbursed=1) == [two]
    assert api.ids("expensereports", "ExpenseReports", reimbursed=0) == [one]
    assert api.ids("expensereports", "ExpenseReports", reimbursedstartdate="2026-03-10") == [two]
    assert api.ids("expensereports", "ExpenseReports", reimbursedenddate="2026-03-09") == []


def test_lines_follow_their_report_and_hide_the_disapproved(api, fresh_sandbox, report):
    given = report(1, lines=[("10.00", "10.00"), ("5.00", "5.00")])
    given["Expenses"][1]["Status"] = "Disapproved"
    fresh_sandbox.load("certify", "expensereports", [given, report(2, processed="")])
    kept, gone = (line["ID"] for line in given["Expenses"])
    assert api.ids("expenses", "Expenses") == [kept]
    assert api.ids("expenses", "Expenses", includedisapproved=1) == [kept, gone]
    assert api.ids(f"expensereports/{given['ID']}/expenses", "Expenses") == [kept]
    fresh_sandbox.settings(certify_disapproved_in_report=True)
    assert api.ids(f"expensereports/{given['ID']}/expenses", "Expenses") == [kept, gone]
    line = api.get(f"expenses/{kept}")["Expenses"][0]
    assert line["ExpenseReportID"] == given["ID"]
    assert line["ProcessedDate"] == "2026-03-07"
    assert line["Processed"] is True


def test_unprocessed_by_id_is_hidden_unless_set(api, fresh_sandbox, report):
    waiting = report(2, processed="")
    fresh_sandbox.load("certify", "expensereports", [waiting])
    assert api.call("GET", f"expensereports/{waiting['ID']}").status_code == 404
    assert api.call("GET", f"expensereports/{waiting['ID']}/expenses").status_code == 404
    fresh_sandbox.settings(certify_unknown_id="empty")
    assert api.get(f"expensereports/{waiting['ID']}") == {"ExpenseReports": []}
    fresh_sandbox.settings(certify_unprocessed_by_id="shown")
    assert api.ids(f"expensereports/{waiting['ID']}", "ExpenseReports") == [waiting["ID"]]
    assert len(api.ids(f"expensereports/{waiting['ID']}/expenses", "Expenses")) == 2


def test_past_the_end_of_expenses(api, fresh_sandbox, report):
    fresh_sandbox.load("certify", "expensereports", [report()])
    assert api.call("GET", "expenses?page=2").status_code == 403
    assert api.get("expensereports", page=2) == {"ExpenseReports": []}
    fresh_sandbox.settings(certify_past_end_of_expenses="empty")
    assert api.get("expenses", page=2) == {"Expenses": []}


def test_glds_by_index_code_and_label(api, fresh_sandbox):
    fresh_sandbox.load(
        "certify", "empglds/1", [{"Name": "US", "Code": "10|A B"}, {"Name": "DE", "Code": "20", "Active": 0}]
    )
    fresh_sandbox.load("certify", "empglds/2", [{"Name": "Other", "Code": "10|A B"}])
    found = api.get("empglds/1", code="10|A B")["EmpGLDs"]
    assert [(gld["Name"], gld["EmpGLDIndex"], gld["EmpGLDLabel"], gld["Active"]) for gld in found] == [
        ("US", 1, "ENTITY", 1)
    ]
    assert [gld["Name"] for gld in api.get("empglds/1", active=0)["EmpGLDs"]] == ["DE"]
    assert [gld["Name"] for gld in api.get("empglds/1")["EmpGLDs"]] == ["US", "DE"]
    assert api.call("GET", "empglds").status_code == 404
    assert api.call("GET", "empglds/6").status_code == 404


def test_users_filters_and_the_email_that_may_be_ignored(api, fresh_sandbox):
    fresh_sandbox.load(
        "certify",
        "users",
        [
            {"Email": "a@example.com", "Role": "Managers"},
            {"Email": "b@example.com", "Active": 0},
        ],
    )
    assert len(api.get("users", email="a@example.com")["Users"]) == 2
    assert [user["Email"] for user in api.get("users", role="Managers")["Users"]] == ["a@example.com"]
    assert [user["Email"] for user in api.get("users", active=0)["Users"]] == ["b@example.com"]
    assert [user["Email"] for user in api.get("users", username="b@example.com")["Users"]] == ["b@example.com"]
    fresh_sandbox.settings(certify_email_filter="honoured")
    assert len(api.get("users", email="a@example.com")["Users"]) == 1


def test_receipts_have_their_image_only_by_id(api, fresh_sandbox):
    identity = fresh_sandbox.load("certify", "receipts", [{"Filename": "r.png", "ExpenseID": "e1"}])["ids"][0]
    fresh_sandbox.load("certify", "receipts", [{"Filename": "own.pdf", "ReceiptImage": "JVBERi0xLjQ="}])
    listed = api.get("receipts")["Receipts"]
    assert [one["ReceiptImage"] for one in listed] == ["", ""]
    drawn = api.get(f"receipts/{identity}")["Receipts"][0]["ReceiptImage"]
    assert drawn.startswith("iVBORw0KGgo")
    assert drawn == api.get(f"receipts/{identity}")["Receipts"][0]["ReceiptImage"]
    own = api.get(f"receipts/{listed[1]['ID']}")["Receipts"][0]["ReceiptImage"]
    assert own == "JVBERi0xLjQ="
    fresh_sandbox.settings(certify_receipt_encoding="data_uri")
    assert api.get(f"receipts/{identity}")["Receipts"][0]["ReceiptImage"].startswith("data:image/png;base64,iVBOR")
    fresh_sandbox.settings(certify_receipt_encoding="base64_lines")
    lines = api.get(f"receipts/{identity}")["Receipts"][0]["ReceiptImage"].split("\r\n")
    assert "".join(lines) == drawn
    assert max(map(len, lines)) == 76
    assert [one["ID"] for one in api.get("receipts", expid="e1")["Receipts"]] == [identity]


def test_xml_by_content_type(api, fresh_sandbox, report):
    fresh_sandbox.load("certify", "expensereports", [report(ExpenseReportName="Café & <co> \u0001 😀")])
    answer = api.call("GET", "expensereports", headers={"Content-Type": "application/xml"})
    root = etree.fromstring(answer.content)
    assert root.findtext("RecordCount") == "1"
    assert root.findtext(".//ExpenseReportName") == "Café & <co>  😀"
    assert root.findtext(".//ReimAmount") == "188.40"
    assert root.findtext(".//Processed") == "true"


def test_approval_code_as_number_and_omitted_fields(api, fresh_sandbox, report):
    fresh_sandbox.load("certify", "expensereports", [report()])
    fresh_sandbox.settings(certify_approval_code_type="number", certify_omitted_fields={"expensereports": ["Currency"]})
    record = api.get("expensereports")["ExpenseReports"][0]
    assert record["ApprovalCode"] == 104001
    assert "Currency" not in record


def test_new_records_may_stay_unseen_for_a_while(api, fresh_sandbox):
    fresh_sandbox.settings(certify_visibility_delay_seconds=3600)
    identity = api.put("users", {"Email": "new@example.com"})
    assert api.get("users") == {"Users": []}
    assert api.ids(f"users/{identity}", "Users") == [identity]


@pytest.mark.parametrize("query", ["page=0", "page=x", "startdate=03/01/2026", "processed=3", "startdate=2026-02-30"])
def test_wrong_parameters_are_refused(api, query):
    answer = api.call("GET", f"expensereports?{query}")
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "400"


def test_other_resources(api, fresh_sandbox):
    fresh_sandbox.load(
        "certify", "invoicereports", [{"TotalAmount": "10.00", "Processed": True, "ProcessedDate": "2026-03-01"}]
    )
    fresh_sandbox.load(
        "certify", "invoices", [{"InvoiceNumber": "7", "Processed": True, "ProcessedDate": "2026-03-01"}]
    )
    cpd = fresh_sandbox.load("certify", "cpdlists", [{"Name": "Domestic"}])["ids"][0]
    assert api.get("invoicereports", startdate="2026-03-01")["InvoiceReports"][0]["TotalAmount"] == Decimal("10.00")
    assert api.get("invoices", enddate="2026-02-28") == {"Invoices": []}
    assert api.get(f"cpdlists/{cpd}")["CPDLists"][0]["Name"] == "Domestic"
    fresh_sandbox.settings(certify_cpdlist_by_id="bare")
    assert api.get(f"cpdlists/{cpd}")["Name"] == "Domestic"


def test_the_fields_of_invoice_reports_invoices_and_per_diem_lists(api, fresh_sandbox):
    """V: the models of panoramicdata/Certify.Api: no more than these, Processed of a report is only asked for."""
    loaded = {"Processed": True, "ProcessedDate": "2026-03-01"}
    for resource in ("invoicereports", "invoices"):
        fresh_sandbox.load("certify", resource, [loaded])
    fresh_sandbox.load("certify", "cpdlists", [{"Name": "Domestic"}])
    report, invoice, cpd = (api.get(name)[key][0] for name, key in KEYS.items())
    assert " ".join(report) == (
        "ID EmployeeDepartment FirstName LastName EmployeeID TotalAmount Currency ProcessedDate ApprovalCode StartDate"
        " EndDate InvoiceReportName APSyncComplete Reimbursed ReimbursedDate ReimbursementTransactionID"
    )
    assert " ".join(name for name in invoice if "GLD" in name) == (
        "InvoiceTextGLD1Label InvoiceTextGLD1 InvoiceTextGLD2Label InvoiceTextGLD2"
        " InvoiceReportGLD1Label InvoiceReportGLD1Name InvoiceReportGLD1Code"
    )
    assert list(cpd) == ["ID", "Name", "Description", "Data", "Active"]
    assert api.get("invoicereports", processed="0") == {"InvoiceReports": []}


def test_receipts_are_those_of_processed_reports(api, fresh_sandbox, report):
    fresh_sandbox.load("certify", "expensereports", [report(1), report(2)])
    for number in ("104001", "104002"):
        fresh_sandbox.act("late_receipt", report=number)
    assert api.get("receipts")["RecordCount"] == 2
    fresh_sandbox.act("unprocess", report="104002")
    (receipt,) = api.get("receipts")["Receipts"]
    lines = {line["ID"] for line in api.get(f"expensereports/{report(1)['ID']}/expenses")["Expenses"]}
    assert receipt["ExpenseID"] in lines
    assert api.get("receipts", expid=receipt["ExpenseID"].upper())["RecordCount"] == 1
    assert api.get("receipts", exprptid=report(1)["ID"].upper())["RecordCount"] == 1
    assert api.get("receipts", exprptid=report(2)["ID"]) == {"Receipts": []}
    fresh_sandbox.settings(certify_unprocessed_by_id="shown")
    assert api.get(f"receipts/{receipt['ID']}")["Receipts"][0]["ReceiptImage"]


def test_a_page_after_the_last_one_of_a_reports_lines_is_empty(api, fresh_sandbox, report):
    """The refusal with 403 is known of /expenses only."""
    fresh_sandbox.load("certify", "expensereports", [report(1)])
    assert api.get(f"expensereports/{report(1)['ID']}/expenses", page=2) == {"Expenses": []}
    assert api.call("GET", "expenses?page=2").status_code == 403
