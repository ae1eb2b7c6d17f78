"""Between plan and sending somebody codes lines anew, with the same totals: what is sent is what Certify says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.expense_company import Company

ACCOUNTS = {"Hotel": "6220", "Meals": "6300"}


def expenses(company: Company, report: str) -> list[dict[str, Any]]:
    """The lines of a report in Certify, in order."""
    lines = [line for line in company.sandbox.state("certify", "expenses") if line["ExpenseReportID"] == report]
    return sorted(lines, key=lambda line: line["ID"])


def edit(company: Company, report: str, position: int, **changes: Any) -> None:
    """Changes fields of a line; the header's totals stay."""
    line = expenses(company, report)[position]["ID"]
    company.sandbox.act("edit_report", report=report, line=line, line_changes=changes, keep_totals=True)


def coded(company: Company, report: str, first: str, second: str) -> None:
    """The two lines get these amounts."""
    for position, amount in enumerate((first, second)):
        edit(company, report, position, Amount=amount, ReimAmount=amount)


def two_accounts(company: Company, number: int = 1) -> str:
    """A report with 900 for the hotel and 100 for meals."""
    meals = {"Amount": "100.00", "ReimAmount": "100.00", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    return company.report(number, {"Amount": "900.00", "ReimAmount": "900.00"}, meals)


def booked(company: Company) -> dict[str, Decimal]:
    """What stands in Intacct's bills, by account."""
    lines = [line for (bill,) in company.bills().values() for line in bill["APBILLITEMS"]]
    return {line["ACCOUNTNO"]: Decimal(line["TRX_AMOUNT"]) for line in lines}


def said(company: Company) -> str:
    """The outcome of the newest load."""
    (row,) = company.sql(
        "SELECT message FROM plan.outcome o JOIN plan.change c USING (change_id) ORDER BY o.outcome_id"
    )
    return str(row["message"])


def certify_calls(company: Company) -> dict[str, int]:
    return {name: figures["calls"] for name, figures in company.sandbox.calls()["certify"].items()}


def test_amounts_that_change_places_are_not_posted_as_they_were_planned(company):
    report = two_accounts(company)
    load, run = company.plan()
    coded(company, report, "100.00", "900.00")
    assert company.load(load, run) == {"moved_on": 1}
    assert company.posted() == []
    line = expenses(company, report)[0]["ID"]
    assert f"line {line} amount: '900' became '100'" in said(company)
    assert company.open_items() == {report: "found"}
    assert company.sync() == {"applied": 1}
    assert booked(company) == {"6220": Decimal("100.00"), "6300": Decimal("900.00")}
    assert company.open_items() == {}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("category", "ExpenseCategory", "Meals"),
        ("category_gl_code", "ExpenseCategoryGLCode", "6300"),
        ("department_code", "DepartmentCode", "31"),
        ("expense_date", "ExpenseDate", "2026-01-05"),
        ("posting_date", "PostingDate", "2026-01-05"),
        ("vendor", "Vendor", "Somebody else"),
        ("reason", "Reason", "Another one"),
        ("billable", "Billable", True),
        ("vat_amount", "VATAmount", "3.00"),
        ("currency", "Currency", "CAD"),
        ("report_glds", "ExpenseReportGLD2Code", "C-1"),
        ("card_name", "PaymentCardName", "Corporate Amex"),
        ("card_last", "CCLast", "0001"),
        ("card_transaction_id", "CCTransactionID", "T-other"),
        ("converted_amount", "ConvertedAmount", "1.00"),
        ("reimbursable", "Reimbursable", True),
    ],
)
def test_each_field_that_is_posted_or_decides_is_compared(name, field, value, company):
    company.report(1, ("100.00", "0"))
    load, run = company.plan()
    edit(company, company.outcomes().popitem()[0], 0, **{field: value})
    assert company.load(load, run) == {"moved_on": 1}
    assert f" {name}: " in said(company)
    assert company.posted() == []


def test_what_moves_by_itself_stops_nothing(company):
    report = company.report(1)
    load, run = company.plan()
    company.sandbox.act("late_receipt", report=report)
    company.sandbox.act("edit_report", report=report, changes={"APSyncComplete": True})
    edit(company, report, 0, Location="Elsewhere", LastAction="Looked at")
    assert company.load(load, run) == {"applied": 1}


def test_a_line_that_is_gone_and_one_of_another_id_stop_the_whole_report(company):
    company.sandbox.settings(certify_disapproved_in_report=True)
    reports = [company.report(number, ("60.00", "60.00"), ("40.00", "0")) for number in (1, 2)]
    load, run = company.plan()
    gone = expenses(company, reports[0])[0]
    company.sandbox.act(
        "edit_report", report=reports[0], line=gone["ID"], line_changes={"Status": "Disapproved"}, keep_totals=True
    )
    renumbered = expenses(company, reports[1])[1]
    edit(company, reports[1], 1, Status="Disapproved")
    new = {name: value for name, value in renumbered.items() if not name.startswith("_")}
    company.sandbox.load("certify", "expenses", [{**new, "ID": "00000000-0000-4000-8000-00000000aaaa"}])
    assert company.load(load, run) == {"moved_on": 2}
    assert company.posted() == []
    assert company.sync() == {"applied": 1}
    # Without its line the first one does not add up to its header.
    assert company.held() == {reports[0]: {"totals_differ"}}
    assert len(company.posted()) == 2


def test_the_other_document_of_the_report_does_not_wait_for_a_line_that_it_has_not(company):
    report = company.report(1, ("60.00", "60.00"), ("40.00", "0"))
    load, run = company.plan()
    edit(company, report, 1, Vendor="Another shop")
    assert company.load(load, run) == {"moved_on": 1}
    assert len(company.bills()) == 1
    assert company.card_transactions() == {}
    assert company.sync() == {"applied": 1}
    ((card,),) = company.card_transactions().values()
    assert card["DESCRIPTION2"] == "Another shop" or "Another shop" in str(card)


def test_a_changed_line_of_what_is_posted_stops_the_rest(company):
    company.configure(company_paid={"cards": []})
    report = company.report(1, ("60.00", "60.00"), ("40.00", "0"))
    assert company.sync() == {"applied": 1}
    company.configure()
    load, run = company.plan()
    edit(company, report, 0, DepartmentCode="31")
    assert company.load(load, run) == {"moved_on": 1}
    assert company.card_transactions() == {}
    company.plan()
    assert company.held() == {report: {"changed_after_posting"}}


def test_lines_that_are_added_and_cancel_each_other_out_are_posted_beside_the_rest(company):
    report = company.report(1, ("60.00", "60.00"))
    load, run = company.plan()
    line = {name: value for name, value in expenses(company, report)[0].items() if not name.startswith("_")}
    meals = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    more = [{"Amount": "5.00", "ReimAmount": "5.00"}, {"Amount": "-5.00", "ReimAmount": "-5.00", **meals}]
    records = [{**line, **new, "ID": f"00000000-0000-4000-8000-00000000bbb{n}"} for n, new in enumerate(more)]
    company.sandbox.load("certify", "expenses", records)
    assert company.load(load, run) == {"applied": 1}
    assert company.sync() == {"applied": 1}
    assert sorted(Decimal(bill["TRX_TOTALENTERED"]) for (bill,) in company.bills().values()) == [0, 60]


def test_a_line_that_cannot_be_read_stops_its_report_alone(company):
    reports = [company.report(number) for number in (1, 2)]
    load, run = company.plan()
    edit(company, reports[0], 0, ExpenseDate="soon")
    assert company.load(load, run) == {"moved_on": 1, "applied": 1}
    (row,) = company.sql("SELECT reason FROM ledger.open_item")
    assert 'ExpenseDate is "soon"' in row["reason"]


def test_lines_that_certify_cannot_tell_stop_their_report_alone(company):
    for number in (1, 2):
        company.report(number)
    load, run = company.plan()
    company.sandbox.fault(
        side="certify", match="GET expensereports/{id}/expenses", kind="malformed_xml", times=None, skip=1
    )
    result = company.load(load, run)
    assert result == {"applied": 1, "moved_on": 1}


@pytest.mark.parametrize("settings", [{}, {"certify_end_date_inclusive": False}, {"certify_page_size": 3}])
def test_the_lines_of_a_day_are_read_as_one_list(settings, company):
    company.sandbox.settings(**settings)
    reports = [two_accounts(company, number) for number in range(1, 13)]
    load, run = company.plan()
    coded(company, reports[3], "100.00", "900.00")
    company.sandbox.clear_calls()
    assert company.load(load, run) == {"moved_on": 1, "applied": 11}
    calls = certify_calls(company)
    size = settings.get("certify_page_size", 25)
    # Of the one that differs by its ID, too.
    assert calls["GET expenses"] == -(-24 // size)
    assert calls["GET expensereports/{id}/expenses"] == 1
    assert sum(calls.values()) <= -(-24 // size) + -(-12 // size) + 1


def test_a_list_that_takes_more_calls_than_the_reports_is_not_read(company):
    company.sandbox.settings(certify_page_size=1)
    for number in range(1, 8):
        two_accounts(company, number)
    load, run = company.plan()
    company.sandbox.clear_calls()
    assert company.load(load, run) == {"applied": 7}
    calls = certify_calls(company)
    assert calls["GET expenses"] == 1
