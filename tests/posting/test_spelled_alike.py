"""IDs that are one but for case or dashes: two reports are never taken for one, nor one for two, and each has a way out."""

from __future__ import annotations

import pytest

from tests.expense_company import DAY, Company
from tests.posting.test_ways_out import LATER, rules

KNOWN = "abcdef00-0000-4000-8000-000000000001"
# The sandbox has no two IDs that are one but for case.
SPELLED = KNOWN.replace("-", "")


def filed(company: Company, identity: str, amount: str, day=DAY) -> str:
    line = {"Amount": amount, "ReimAmount": amount, "ID": f"{identity[:12]}-{amount}", "ExpenseReportID": identity}
    company.report(1, line, day=day, ID=identity)
    return identity


def test_two_of_one_run_wait_until_a_person_says_which_is_none(company):
    first, second = filed(company, KNOWN, "10.00"), filed(company, SPELLED, "20.00")
    company.report(2, ("5.00", "5.00"))
    assert company.sync() == {"applied": 1}
    assert company.held() == {first: {"report_twice"}, second: {"report_twice"}}
    assert second in company.waiting(first)[0].reason
    company.decide(second, "not_ours")
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
    assert sorted(bill["TRX_TOTALENTERED"] for (bill,) in company.bills().values()) == ["10.00", "5.00"]


@pytest.mark.parametrize("decision", ["not_ours", "booked_by_hand"])
def test_what_comes_after_the_other_was_posted_waits_alone(company, decision):
    filed(company, KNOWN, "10.00")
    assert company.sync() == {"applied": 1}
    second = filed(company, SPELLED, "10.00", LATER)
    assert company.sync(LATER) == {}
    assert rules(company, second) == ["report_twice"]
    company.decide(second, decision, record_no="99" if decision == "booked_by_hand" else "")
    assert company.sync(LATER) == {}
    assert (company.open_items(), len(company.bills())) == ({}, 1)


def test_what_comes_after_the_other_was_booked_by_hand_waits_too(company):
    first = filed(company, KNOWN, "10.00")
    company.configure(employee_paid={"target": "hold"})
    company.sync()
    company.decide(first, "booked_by_hand", record_no="99")
    company.configure()
    second = filed(company, SPELLED, "10.00", LATER)
    assert company.sync(LATER) == {}
    assert rules(company, second) == ["report_twice"]


@pytest.mark.parametrize("amount", ["10.00", "20.00"])
def test_two_that_two_runs_plan_before_either_posts_are_not_taken_for_one(company, amount):
    filed(company, KNOWN, "10.00")
    first = company.plan()
    second = filed(company, SPELLED, amount, LATER)
    other = company.plan(LATER)
    assert company.load(*first) == {"applied": 1}
    company.load(*other)
    assert len(company.bills()) == 1
    company.sync(LATER)
    assert rules(company, second) == ["report_twice"], company.open_items()
    assert len(company.bills()) == 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (KNOWN, KNOWN.upper(), True), (KNOWN, SPELLED.upper(), True), (f"invoice-{KNOWN}", f"invoice-{SPELLED.upper()}", True),
        (KNOWN, f"invoice-{KNOWN}", False), (KNOWN, KNOWN[:-1] + "2", False), ("R-1-23", "r-1-23", True), ("R-1-23", "R-12-3", False),
    ],
)  # fmt: skip
def test_which_ids_are_one(company, one, other, alike):
    """Of what is no GUID case alone is folded, as in numbers of documents: its dashes may say something."""
    (row,) = company.sql("SELECT ledger.folded_id(%s) = ledger.folded_id(%s) AS alike", one, other)
    assert row["alike"] is alike
