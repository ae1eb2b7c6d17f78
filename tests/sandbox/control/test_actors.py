"""What actors do to reports and people, seen through Certify's API and the services' state."""

from __future__ import annotations

from decimal import Decimal

import pytest
import requests

HEADERS = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret"}
REPORT = "5d0f2c61-7a0e-4f0a-9a55-000000000001"


@pytest.fixture
def books(fresh_sandbox):
    """One processed report of two lines, an entity, and one employee with contact and vendor."""
    fresh_sandbox.load("certify", "empglds/1", [{"Name": "US", "Code": "100"}, {"Name": "DE", "Code": "120"}])
    fresh_sandbox.load(
        "certify",
        "expensereports",
        [
            {
                "ID": REPORT,
                "EmployeeID": "E1",
                "ReimAmount": "10.00",
                "NonReimAmount": "5.00",
                "TotalAmount": "15.00",
                "ProcessedDate": "2026-03-07",
                "ApprovalCode": "104233",
                "EmpGLD1Code": "100",
                "Expenses": [
                    {"Amount": "10.00", "ReimAmount": "10.00", "ReceiptID": "r1"},
                    {"Amount": "5.00", "ReimAmount": "0.00"},
                ],
            }
        ],
    )
    fresh_sandbox.load(
        "intacct",
        "CONTACT",
        [{"CONTACTNAME": "Ruiz, Ana", "FIRSTNAME": "Ana", "LASTNAME": "Ruiz", "PRINTAS": "Ana Ruiz"}],
    )
    fresh_sandbox.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E1", "PERSONALINFO.CONTACTNAME": "Ruiz, Ana"}])
    fresh_sandbox.load("intacct", "VENDOR", [{"VENDORID": "E1", "NAME": "Ana Ruiz"}])
    return fresh_sandbox


def processed(sandbox, **query):
    answer = requests.get(f"{sandbox.url}/v1/expensereports", headers=HEADERS, params=query, timeout=30)
    return [(one["ApprovalCode"], one["ProcessedDate"]) for one in answer.json()["ExpenseReports"]]


def the_report(sandbox):
    return sandbox.state("certify", "expensereports")[0]


def obeys_the_law(report):
    owed = sum(Decimal(line["ReimAmount"]) for line in report["Expenses"])
    total = sum(Decimal(line["Amount"]) for line in report["Expenses"])
    assert [Decimal(report[name]) for name in ("ReimAmount", "NonReimAmount", "TotalAmount")] == [
        owed,
        total - owed,
        total,
    ]


def test_unprocess_hides_the_report_and_its_lines(books):
    books.act("unprocess", report="104233")
    assert processed(books) == []
    assert processed(books, processed=0) == [("", "")]
    lines = requests.get(f"{books.url}/v1/expenses", headers=HEADERS, timeout=30).json()
    assert lines == {"Expenses": []}
    books.act("process", report=REPORT, date="2026-03-09", approval_code="7")
    assert processed(books) == [("7", "2026-03-09")]
    assert {line["ProcessedDate"] for line in the_report(books)["Expenses"]} == {"2026-03-09"}


@pytest.mark.parametrize(("asked", "setting"), [("same", "new"), ("", "same")])
def test_reprocess_with_the_same_code(books, asked, setting):
    books.settings(certify_approval_code_on_reprocess=setting)
    books.act("reprocess", report=REPORT, date="2026-03-11", **({"approval_code": asked} if asked else {}))
    assert processed(books) == [("104233", "2026-03-11")]


def test_reprocess_with_a_new_code_keeps_its_day(books):
    books.act("reprocess", report=REPORT)
    ((code, day),) = processed(books)
    assert code.isdigit()
    assert code != "104233"
    assert day == "2026-03-07"


def test_reprocess_changed_moved_and_shortened(books):
    books.act("reprocess", report=REPORT, amount="12.34")
    assert the_report(books)["TotalAmount"] == "17.34"
    obeys_the_law(the_report(books))
    books.act("reprocess", report=REPORT, remove_line=True)
    assert len(the_report(books)["Expenses"]) == 1
    obeys_the_law(the_report(books))
    books.act("reprocess", report=REPORT, entity="120")
    assert the_report(books)["EmpGLD1Name"] == "DE"


def test_edits_keep_the_law_unless_told_otherwise(books):
    books.act(
        "edit_report",
        report=REPORT,
        changes={"ExpenseReportName": "New"},
        line_changes={"Amount": 20.50, "ReimAmount": "20.50"},
    )
    assert the_report(books)["ExpenseReportName"] == "New"
    obeys_the_law(the_report(books))
    books.act("edit_report", report=REPORT, line_changes={"Amount": "1.00"}, keep_totals=True)
    assert the_report(books)["TotalAmount"] == "25.50"


def test_late_receipt_reimburse_and_disapprove(books):
    done = books.act("late_receipt", report=REPORT)
    listed = requests.get(f"{books.url}/v1/receipts", params={"exprptid": REPORT}, headers=HEADERS, timeout=30).json()[
        "Receipts"
    ]
    assert [one["ID"] for one in listed] == [done["receipt"]]
    assert the_report(books)["Expenses"][1]["ReceiptID"] == done["receipt"]
    books.act("reimburse", report=REPORT, transaction="800412", date="2026-03-12")
    assert the_report(books)["Reimbursed"] is True
    books.act("disapprove_line", report=REPORT)
    assert the_report(books)["TotalAmount"] == "5.00"
    lines = requests.get(f"{books.url}/v1/expenses", headers=HEADERS, timeout=30).json()["Expenses"]
    assert [line["Amount"] for line in lines] == [5.0]


@pytest.mark.parametrize(("name", "approved"), [("APBILL", "Posted"), ("EEXPENSES", "Approved"), ("GLBATCH", "Posted")])
def test_what_a_document_is_when_it_is_approved_is_its_own(books, name, approved):
    (number,) = books.load("intacct", name, [{"STATE": "Submitted"}])["ids"]
    books.act("approve", object=name, record=number)
    assert books.state("intacct", name)[0]["STATE"] == approved


def test_people_leave_return_and_change(books):
    books.act("terminate", employee="E1", end_date="2026-03-31")
    employee, vendor = books.state("intacct", "EMPLOYEE")[0], books.state("intacct", "VENDOR")[0]
    assert (employee["STATUS"], employee["ENDDATE"], vendor["STATUS"]) == ("inactive", "03/31/2026", "inactive")
    books.act("rehire", employee="E1", start_date="2026-06-01")
    employee = books.state("intacct", "EMPLOYEE")[0]
    assert (employee["STATUS"], employee["ENDDATE"], employee["STARTDATE"]) == ("active", "", "06/01/2026")
    books.act("rename_person", employee="E1", last="Márquez", email="a@b.c")
    contact = books.state("intacct", "CONTACT")[0]
    assert (contact["PRINTAS"], contact["EMAIL1"], books.state("intacct", "VENDOR")[0]["NAME"]) == (
        "Ana Márquez",
        "a@b.c",
        "Ana Márquez",
    )
    books.act("hold_vendor", vendor="E1")
    assert books.state("intacct", "VENDOR")[0]["ONHOLD"] == "true"


def test_lists_and_users_are_edited_by_hand(books):
    books.load("certify", "users", [{"Email": "a@b.c", "EmployeeID": "E1"}])
    books.act("edit_user", user="E1", changes={"Active": 0, "FullAdministrator": 1})
    assert books.state("certify", "users")[0]["Active"] == 0
    books.act("edit_list", object="empglds/1", code="120", changes={"Active": 0})
    assert [one["Active"] for one in books.state("certify", "empglds/1")] == [1, 0]


@pytest.mark.parametrize(
    ("act", "hint"),
    [
        ({"action": "reproces", "report": REPORT}, "reprocess"),
        ({"action": "unprocess"}, "report"),
        ({"action": "unprocess", "report": REPORT, "why": "x"}, "arguments"),
        ({"action": "unprocess", "report": "none"}, "does not exist"),
        ({"action": "process", "report": REPORT}, "processed already"),
        ({"action": "reprocess", "report": REPORT, "date": "11.3.2026"}, "YYYY-MM-DD"),
        ({"action": "reprocess", "report": REPORT, "amount": "ten"}, "12.30"),
        ({"action": "close_period", "date": "2026-03-31", "subledger": "XX"}, "AP"),
        ({"action": "terminate", "employee": "E9"}, "E9"),
        ({"action": "edit_bill", "record": "B-9"}, "APBILL"),
    ],
)
def test_wrong_acts_say_what_is_right_and_change_nothing(books, act, hint):
    before = the_report(books)
    answer = requests.post(f"{books.url}/_sandbox/act", json=act, timeout=30)
    assert answer.status_code == 400
    assert hint in answer.json()["error"]
    assert the_report(books) == before
