"""An expense that somebody moves into another report, after it was posted: nobody is paid twice, and nobody else waits for it."""

from __future__ import annotations

from datetime import timedelta

from tests.expense_company import DAY, Company, report_id
from tests.posting.test_gl_journals import number

LATER = DAY + timedelta(days=1)


def second_line(company: Company) -> str:
    """The ID of the second line of report 1."""
    lines = [
        line["ID"] for line in company.sandbox.state("certify", "expenses") if line["ExpenseReportID"] == report_id(1)
    ]
    return max(lines)


def moved(company: Company) -> tuple[str, str]:
    """Report 1 is posted with two lines; then the second one stands in report 2, beside one of its own."""
    first = company.report(1, ("100.00", "100.00"), ("40.00", "40.00"))
    assert company.sync() == {"applied": 1}
    line = second_line(company)
    company.report(1, ("100.00", "100.00"))
    other = company.report(2, ("5.00", "5.00"), {"Amount": "40.00", "ReimAmount": "40.00", "ID": line})
    return first, other


def test_an_expense_that_moved_into_another_report_waits_there_alone_until_it_is_reversed(company):
    first, other = moved(company)
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
    moved(company)
    company.sync()
    company.report(1, ("100.00", "100.00"), ("40.00", "40.00"))
    company.report(2, ("5.00", "5.00"))
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
