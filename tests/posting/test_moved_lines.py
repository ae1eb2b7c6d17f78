"""An expense that somebody moves into another report, after it was posted: nobody is paid twice, and nobody else waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.expense_company import DAY, Company
from tests.posting.test_by_hand import book, findings
from tests.posting.test_gl_journals import number

LATER = DAY + timedelta(days=1)


def move(company: Company, line: str, source: str, target: str) -> None:
    """Somebody takes a line out of one report and puts it into the other; both have their totals."""
    company.sandbox.act("edit_report", report=source, line=line, line_changes={"ExpenseReportID": target})
    company.sandbox.act("edit_report", report=target, line_changes={"Reason": "Client visit"})


def moved(company: Company) -> tuple[str, str, str]:
    """Report 1 is posted with two lines; then the second one stands in report 2, beside one of its own."""
    first = company.report(1, ("100.00", "100.00"), ("40.00", "40.00"))
    assert company.sync() == {"applied": 1}
    line = max(one["ID"] for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == first)
    other = company.report(2, ("5.00", "5.00"))
    move(company, line, first, other)
    return first, other, line


def test_an_expense_that_moved_into_another_report_waits_there_alone_until_it_is_reversed(company):
    first, other, _ = moved(company)
    company.report(3, ("7.00", "7.00"))
    assert company.sync() == {"applied": 1}
    assert company.held() == {first: {"changed_after_posting"}, other: {"expense_elsewhere"}}
    (item,) = company.waiting(other)
    assert number(1, letter="B") in item.reason
    assert "approval code 104001" in item.reason
    assert sorted(company.bills()) == sorted([number(1, letter="B"), number(3, letter="B")])
    (bill,) = company.bills()[number(1, letter="B")]
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    for _ in range(2):
        company.sync(LATER)
    assert company.held() == {first: {"post_again"}}
    assert number(2, letter="B") in company.bills()
    company.decide(first)
    company.sync(LATER)
    assert company.open_items() == {}
    live = [record for records in company.bills().values() for record in records if record["STATE"] != "Reversed"]
    assert sorted(record["TRX_TOTALENTERED"] for record in live if not record["TRX_TOTALENTERED"].startswith("-")) == [
        "100.00",
        "45.00",
        "7.00",
    ]


def test_taken_out_of_the_other_report_again_the_rest_is_posted(company):
    first, other, line = moved(company)
    company.sync()
    move(company, line, other, first)
    company.sync()
    assert company.open_items() == {}
    assert number(2, letter="B") in company.bills()


def test_it_is_asked_again_when_documents_are_claimed(company):
    """Between plan and claim another run may have posted it."""
    company.report(1, ("100.00", "100.00"))
    assert company.sync() == {"applied": 1}
    other, plain = company.report(2, ("5.00", "5.00")), company.report(3, ("7.00", "7.00"))
    load, run = company.plan()
    (line,) = [one["ID"] for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == other]
    company.sql("UPDATE ledger.document_expense SET expense_id = %s", line)
    assert company.load(load, run) == {"held": 1, "applied": 1}
    assert number(3, letter="B") in company.bills()
    assert company.open_items() == {other: "held"}
    assert plain not in company.open_items()


@pytest.mark.parametrize("decision", ["booked_by_hand", "not_ours"])
@pytest.mark.parametrize("way", ["as_here", "taken_back"])
def test_an_expense_that_was_decided_about_and_moved_into_another_report_waits_there(company, decision, way):
    first = company.report(
        1, ("100.00", "100.00"), {"Amount": "40", "ReimAmount": "40", "ExpenseCategoryGLCode": "9999"}
    )
    company.sync()
    # Accounts payable entered all of it, what is in the other report as well.
    record_no = book(company, total="145.00") if decision == "booked_by_hand" else ""
    company.decide(first, decision, record_no=record_no)
    line = max(one["ID"] for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == first)
    other = company.report(2, ("5.00", "5.00"))
    move(company, line, first, other)
    company.sandbox.act("edit_report", report=other, line=line, line_changes={"ExpenseCategoryGLCode": "6220"})
    assert company.sync() == {}
    assert company.held() == {other: {"expense_elsewhere"}}, "what is left of the first report stays decided"
    (item,) = company.waiting(other, "expense_elsewhere")
    assert line in item.reason
    assert f"report {first}" in item.reason
    assert (f"as record {record_no}." if record_no else "not ours") in item.reason.replace(", of", ".")
    if way == "as_here":
        company.decide_one(item, decision, record_no=record_no)
        assert (company.sync(), findings(company)) == ({}, [])
        assert [one for one in company.posted() if one != "BY HAND"] == []
    else:
        (earlier,) = [one for one in company.waiting(first) if one.state == decision]
        company.decide_one(earlier, "retry")
        assert company.sync() == {"applied": 2}
        totals = [
            bill["TRX_TOTALENTERED"] for key, bills in company.bills().items() if key != "BY HAND" for bill in bills
        ]
        assert sorted(totals) == ["100.00", "45.00"]
    assert company.open_items() == {}


def test_what_was_held_when_it_was_to_be_sent_and_booked_by_hand_waits_in_another_report_too(company):
    first = company.report(1)
    record_no = book(company)
    assert company.sync() == {"held": 1}
    (item,) = company.waiting(first, "look_alike")
    company.decide_one(item, "booked_by_hand", record_no=record_no)
    (line,) = [one["ID"] for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == first]
    other = company.report(2, ("5.00", "5.00"))
    move(company, line, first, other)
    assert company.sync() == {}
    assert company.held() == {other: {"expense_elsewhere"}}
    assert [one for one in company.posted() if one != "BY HAND"] == []
