"""After posting somebody codes lines anew, with the same totals: the next days' runs say so, and read no report by itself for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.operators.open_items_to_staging import OpenItemsToStagingOperator
from tests.expense_company import DAY, Company
from tests.posting.test_recoded_before_sending import certify_calls, coded, edit, two_accounts

NEXT = DAY + timedelta(days=1)
LONG_AGO = DAY - timedelta(days=30)


def tomorrow(company: Company, days: int = 1) -> None:
    """As if what was compared until now had been compared so many days earlier."""
    company.sql("UPDATE ops.compared_date SET compared_at = compared_at - make_interval(days => %s)", days)


def compared(company: Company) -> list[Any]:
    """The dates whose lines were compared today."""
    return [
        row["day"]
        for row in company.sql(
            "SELECT day FROM ops.compared_date WHERE compared_at > now() - interval '1 hour' ORDER BY 1"
        )
    ]


def changed(report: str) -> dict[str, set[str]]:
    return {report: {"changed_after_posting"}}


def test_amounts_that_change_places_are_named_by_the_next_run(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sync(NEXT)
    assert company.held() == changed(report)
    (item,) = company.waiting(report)
    assert "amount: '900' became '100'" in item.reason
    # It waits until somebody decides, whatever is compared when.
    company.sync(NEXT)
    assert company.held() == changed(report)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ExpenseCategoryGLCode", "6300"), ("DepartmentCode", "31"), ("ExpenseDate", "2026-01-05"), ("Vendor", "Somebody else"),
        ("ExpenseReportGLD2Code", "C-1"), ("CCTransactionID", "T-other"), ("ReimAmount", "nothing"), ("Status", "Disapproved"),
    ],
)  # fmt: skip
def test_each_field_of_a_line_that_is_posted_is_compared(field, value, company):
    report = company.report(1, ("100.00", "100.00"), ("3.00", "3.00"))
    company.sync()
    edit(company, report, 0, **{field: value})
    company.sync(NEXT)
    assert company.open_items().keys() == {report}


@pytest.mark.parametrize(
    "changes", [{"EmpGLD1Code": "200"}, {"EmpGLD2Code": "X"}, {"Currency": "CAD"}, {"EmployeeID": "E-1008"}]
)
def test_each_field_of_a_header_that_is_posted_is_compared(changes, company):
    report = company.report(1)
    company.sync()
    company.sandbox.act("edit_report", report=report, changes=changes)
    company.sync(NEXT)
    assert company.held() == changed(report)


def test_what_moves_by_itself_is_no_difference(company):
    report = company.report(1)
    company.sync()
    company.sandbox.act("late_receipt", report=report)
    company.sandbox.act("reimburse", report=report)
    company.sandbox.act("edit_report", report=report, changes={"APSyncComplete": True})
    edit(company, report, 0, Location="Elsewhere")
    load, _ = company.plan(NEXT)
    assert compared(company) == [DAY]
    assert company.sql("SELECT * FROM staging.certify_expense WHERE load_id = %s", load) == []


def test_what_was_accepted_as_posted_is_not_named_again_and_a_further_change_is(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sync(NEXT)
    company.decide(report, "accept_as_posted")
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})
    tomorrow(company)
    company.sandbox.clear_calls()
    company.plan(NEXT)
    assert (company.held(), compared(company)) == ({}, [DAY])
    assert "GET expensereports/{id}/expenses" not in certify_calls(company)
    coded(company, report, "500.00", "500.00")
    tomorrow(company)
    company.sync(NEXT)
    assert company.held() == changed(report)


def test_what_is_undone_in_certify_waits_no_more(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sync(NEXT)
    coded(company, report, "900.00", "100.00")
    company.sync(NEXT)
    tomorrow(company)
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})


def test_what_is_posted_again_is_compared_with_what_it_is_since(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sync(NEXT)
    (number,) = company.posted()
    company.sandbox.act("reverse", object="APBILL", record=number)
    company.reconcile()
    company.sync(NEXT)
    company.decide(report, "post_again")
    assert company.sync(NEXT) == {"applied": 1}
    tomorrow(company)
    company.sync(NEXT)
    assert company.open_items() == {}
    coded(company, report, "900.00", "100.00")
    tomorrow(company)
    company.sync(NEXT)
    assert company.held() == changed(report)


def test_lines_that_are_added_and_cancel_each_other_out_are_posted(company):
    report = company.report(1, ("60.00", "60.00"))
    company.sync()
    line = company.sandbox.state("certify", "expenses")[0]
    line = {name: value for name, value in line.items() if not name.startswith("_")}
    meals = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    more = [{"Amount": "5.00", "ReimAmount": "5.00"}, {"Amount": "-5.00", "ReimAmount": "-5.00", **meals}]
    records = [{**line, **new, "ID": f"00000000-0000-4000-8000-00000000bbb{n}"} for n, new in enumerate(more)]
    company.sandbox.load("certify", "expenses", records)
    assert company.sync(NEXT) == {"applied": 1}
    tomorrow(company)
    company.sync(NEXT)
    assert sorted(Decimal(bill["TRX_TOTALENTERED"]) for (bill,) in company.bills().values()) == [0, 60]
    # Undone, the bill of nothing holds lines that are no more.
    for record in records:
        company.sandbox.act(
            "edit_report", report=report, line=record["ID"], line_changes={"Status": "Disapproved"}, keep_totals=True
        )
    tomorrow(company)
    company.sync(NEXT)
    assert company.held() == changed(report)


def test_a_line_that_was_left_out_and_means_nothing_is_read_once(company):
    report = company.report(1, ("60.00", "60.00"), ("0.00", "0.00"))
    company.sync()
    edit(company, report, 1, DepartmentCode="31")
    company.plan(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})
    tomorrow(company)
    company.sandbox.clear_calls()
    company.plan(NEXT)
    assert "GET expensereports/{id}/expenses" not in certify_calls(company)


def test_lines_are_compared_once_a_day_and_neither_by_a_backfill_nor_by_a_preview(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sandbox.clear_calls()
    company.plan(NEXT, preview=True)
    load, _ = company.extract(NEXT)
    company.sql("UPDATE ops.load SET run_type = 'backfill' WHERE load_id = %s", load)
    before = certify_calls(company)["GET expenses"]
    company.sql("DELETE FROM ops.compared_date")
    OpenItemsToStagingOperator(task_id="open_items", load_id=load).execute({})
    assert certify_calls(company)["GET expenses"] == before
    company.plan(NEXT)
    assert company.held() == changed(report)
    assert compared(company) == [DAY]
    company.sandbox.clear_calls()
    company.plan(NEXT)
    # Those of its own date.
    assert certify_calls(company)["GET expenses"] == 1


def test_a_run_that_came_to_no_plan_has_compared_nothing(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.extract(NEXT)
    assert company.open_items() == {}
    company.plan(NEXT)
    assert company.held() == changed(report)


def test_what_a_plan_would_post_of_it_is_not_lost_when_the_run_ends_there(company):
    company.report(1, ("60.00", "60.00"))
    company.sync()
    line = {k: v for k, v in company.sandbox.state("certify", "expenses")[0].items() if not k.startswith("_")}
    meals = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    more = [{"Amount": "5.00", "ReimAmount": "5.00"}, {"Amount": "-5.00", "ReimAmount": "-5.00", **meals}]
    records = [{**line, **new, "ID": f"00000000-0000-4000-8000-00000000bbb{n}"} for n, new in enumerate(more)]
    company.sandbox.load("certify", "expenses", records)
    company.plan(NEXT)
    # Cleared, it opens a load of its own.
    assert company.sync(NEXT) == {"applied": 1}
    assert company.open_items() == {}


def test_a_date_with_a_report_that_cannot_be_read_is_compared_again(company):
    report, other = two_accounts(company, 1), two_accounts(company, 2)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sandbox.fault(side="certify", match="GET expensereports/{id}/expenses", kind="malformed_xml", times=None)
    company.plan(NEXT)
    assert (company.open_items(), compared(company)) == ({}, [])
    company.sandbox.clear_faults()
    company.plan(NEXT)
    assert company.held() == changed(report)
    assert other not in company.open_items()


def test_a_date_that_cannot_be_read_is_said_and_compared_by_the_next_run(company):
    report = two_accounts(company)
    company.sync()
    coded(company, report, "100.00", "900.00")
    company.sandbox.fault(side="certify", match="GET expenses", kind="malformed_xml", times=None, skip=1)
    load, _ = company.plan(NEXT)
    (alarm,) = company.sql("SELECT * FROM ops.alarm WHERE load_id = %s", load)
    assert alarm["rule"] == "lines_not_compared"
    assert alarm["what"] == f"lines of posted reports, processed {DAY}"
    assert (company.held(), compared(company)) == ({}, [])
    company.sandbox.clear_faults()
    company.plan(NEXT)
    assert company.held() == changed(report)


def test_older_dates_are_compared_within_a_week(company):
    days = [LONG_AGO + timedelta(days=offset) for offset in range(10)]
    reports = [company.report(number, day=day) for number, day in enumerate(days, start=1)]
    for day in days:
        company.sync(day)
    company.sql("DELETE FROM ops.compared_date")
    for report in reports:
        edit(company, report, 0, Vendor="Somebody else")
    seen: list[Any] = []
    for _ in range(7):
        company.plan(NEXT)
        today = compared(company)
        assert 1 <= len(today) <= 2
        seen += today
        tomorrow(company)
    assert sorted(set(seen)) == days
    assert company.open_items() == dict.fromkeys(reports, "held")


def test_a_week_of_reports_is_compared_by_pages_and_only_what_differs_is_read(company):
    reports = [two_accounts(company, number) for number in range(1, 13)]
    assert company.sync() == {"applied": 12}
    coded(company, reports[4], "100.00", "900.00")
    coded(company, reports[7], "500.00", "500.00")
    company.sandbox.clear_calls()
    company.plan(NEXT)
    calls = certify_calls(company)
    # One list of the run's own date, with a day around it, and one of the date that is compared.
    assert calls["GET expenses"] == 2
    assert calls["GET expensereports/{id}/expenses"] == 2
    assert company.open_items() == {reports[4]: "held", reports[7]: "held"}


def test_many_reports_that_differ_come_in_by_and_by(company, monkeypatch):
    monkeypatch.setattr("certify_intacct.posting.posted_lines.MOST", 2)
    reports = [company.report(number) for number in range(1, 6)]
    company.sync()
    for report in reports:
        edit(company, report, 0, Vendor="Somebody else")
    for expected in (2, 4, 5):
        company.plan(NEXT)
        assert len(company.open_items()) == expected
    assert compared(company) == [DAY]


def test_a_report_in_doubt_that_is_recoded_is_named_once_it_was_found(company):
    report = two_accounts(company)
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit")
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"*": 3600}})
    company.sync()
    assert company.open_items() == {report: "in_doubt"}
    coded(company, report, "100.00", "900.00")
    company.plan(NEXT)
    assert company.held() == {}
    company.sandbox.settings(visibility_delay_seconds={})
    company.sync(NEXT)
    tomorrow(company)
    company.sync(NEXT)
    assert company.held() == changed(report)


def test_the_first_comparison_that_fails_altogether_stops_no_run(company):
    two_accounts(company)
    company.sync()
    company.sandbox.fault(side="certify", match="GET expenses", kind="http_503_html", times=None, skip=1)
    try:
        load, _ = company.plan(NEXT)
    except ConnectorError as error:  # pragma: no cover
        pytest.fail(str(error))
    assert [row["rule"] for row in company.sql("SELECT rule FROM ops.alarm WHERE load_id = %s", load)] == [
        "lines_not_compared"
    ]


def test_a_location_that_decides_the_tax_is_compared_from_then_on(company):
    """What was posted while it decided nothing is compared without it: forms in the ledger stay what they are."""
    before, recoded = company.report(1, {"Amount": "10", "ReimAmount": "10", "Location": "DE"}), company.report(2)
    company.sync()
    company.configure(tax={"country": "location"})
    edit(company, before, 0, Location="FR")
    company.sync(NEXT)
    after = company.report(3, {"Amount": "10", "ReimAmount": "10", "Location": "DE"})
    company.sync()
    assert (company.held(), company.open_items()) == ({}, {})
    tomorrow(company)
    edit(company, after, 0, Location="FR")
    company.sync(NEXT)
    assert company.held() == changed(after)
    (item,) = company.waiting(after)
    assert "location: 'DE' became 'FR'" in item.reason
    # Where it decides nothing any more, it is no difference.
    company.configure()
    company.sync(NEXT)
    assert company.open_items() == {}
    assert recoded not in company.held()


def test_a_location_that_changes_between_plan_and_sending_is_noticed_where_it_decides(company):
    company.configure(tax={"country": "location"})
    report = company.report(1, {"Amount": "10", "ReimAmount": "10", "Location": "DE"})
    plan = company.plan()
    edit(company, report, 0, Location="FR")
    assert company.load(*plan) == {"moved_on": 1}
