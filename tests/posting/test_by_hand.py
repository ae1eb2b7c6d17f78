"""What a person booked in Intacct is not posted a second time, and is compared with what they said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company


def book(company: Company, total: str = "100.10", days: int = 20, vendor: str = "E-1007", entity: str = "") -> str:
    """A bill that accounts payable entered by hand, at top level or in an entity; gives its RECORDNO."""
    day = (DAY - timedelta(days=days)).strftime("%m/%d/%Y")
    record = {
        "RECORDID": "BY HAND", "VENDORID": vendor, "CURRENCY": "USD", "TRX_TOTALENTERED": total, "WHENCREATED": day, "WHENPOSTED": day,
        "STATE": "Posted", "MEGAENTITYID": entity,
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [record])
    (found,) = [one for one in company.sandbox.state("intacct", "APBILL") if one["RECORDID"] == "BY HAND"]
    return str(found["RECORDNO"])


def findings(company: Company, day: date = DAY) -> list[str]:
    load_id, context = company.plan(day)
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    rows = company.sql(
        "SELECT text FROM ops.reconciliation_finding WHERE load_id = %s AND finding = 'booked_by_hand'", load_id
    )
    return [row["text"] for row in rows]


def test_what_was_booked_by_hand_waits_and_is_not_posted(company):
    report = company.report(1)
    record_no = book(company)
    assert company.sync() == {"held": 1}
    assert company.open_items() == {report: "held"}
    (item,) = company.sql("SELECT rule, reason FROM ledger.open_item")
    assert item["rule"] == "look_alike"
    assert f"APBILL record {record_no}" in item["reason"]
    company.decide(report, "booked_by_hand", record_no=record_no)
    assert company.sync() == {}
    assert len(company.sandbox.state("intacct", "APBILL")) == 1
    assert company.open_items() == {}
    assert findings(company) == []


@pytest.mark.parametrize("posted_in", ["top_level", "entity"])
@pytest.mark.parametrize("entity", ["", "100", "200"])
def test_it_is_found_wherever_it_was_booked(company, posted_in, entity):
    company.configure(posting_entity=posted_in)
    company.report(1)
    book(company, entity=entity)
    assert company.sync() == {"held": 1}


def test_what_only_looks_alike_is_released(company):
    report = company.report(1)
    book(company)
    company.sync()
    company.decide(report)
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize(
    "other",
    [{"total": "100.11"}, {"days": 90}, {"vendor": "SUP-9"}],
    ids=lambda value: next(iter(value)),
)
def test_what_is_not_alike_holds_nothing(company, other):
    company.report(1)
    book(company, **other)
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "is over 55.00 USD"),
        ({"vendor": "SUP-9", "total": "100.10"}, "is for SUP-9, not for E-1007"),
        (None, "does not show it"),
    ],
    ids=["total", "vendor", "nothing"],
)
def test_a_record_that_is_not_as_was_said_is_a_finding(company, named, said):
    report = company.report(1, {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"})
    company.sync()
    record_no = "987654" if named is None else book(company, **{"total": "55.00", **named})
    company.decide(report, "booked_by_hand", record_no=record_no)
    (text,) = findings(company)
    assert said in text


def test_one_record_may_stand_for_several_reports(company):
    first, second = (company.report(number, EmpGLD1Code="777") for number in (1, 2))
    company.sync()
    record_no = book(company, total="200.20")
    for report in (first, second):
        company.decide(report, "booked_by_hand", record_no=record_no)
    assert company.sync() == {}
    assert findings(company) == []


def test_the_next_run_of_any_date_checks_what_was_named_and_goes_on_following_it(company):
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    part, whole = company.report(1, wrong), company.report(2, wrong, InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    record_no = book(company, total="200.20")
    for report in (part, whole):
        company.decide(report, "booked_by_hand", record_no=record_no)
    other = DAY - timedelta(days=20)
    assert findings(company, other) == []
    company.sandbox.act("edit_bill", record=record_no, changes={"VENDORID": "SUP-9"})
    (text,) = findings(company, other)
    assert "it is for SUP-9, not for E-1007" in text
    company.sandbox.act("edit_bill", record=record_no, changes={"VENDORID": "E-1007", "STATE": "Reversed"})
    (text,) = findings(company, other)
    assert text.endswith("it was reversed.")
    # Taken back, it waits again and is named no more.
    company.decide(part, "retry")
    company.decide(whole, "retry")
    assert findings(company, other) == []
    assert set(company.open_items()) == {part, whole}
