"""A date of the header that dates documents by connector.yaml changes: nothing of it is left silently, and nothing else moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.expense_company import DAY, Company, document_number
from tests.posting.test_gl_journals import books, journals
from tests.posting.test_gl_journals import number as journal_number
from tests.posting.test_policies import PAID, policed
from tests.posting.test_recoded_before_sending import certify_calls

__all__ = ["books", "policed"]

NEXT = DAY + timedelta(days=1)
THEN, LATER = DAY - timedelta(days=6), DAY - timedelta(days=3)
RULES = pytest.mark.parametrize(
    ("rule", "field"), [("submitted_date", "SubmittedDate"), ("report_end_date", "EndDate")], ids=["submitted", "end"]
)
CHANGED = {"changed_after_posting"}


def dates(company: Company) -> list[str]:
    """Those of the newest bill."""
    bills = {number: found for number, found in company.bills().items() if number.startswith("C")}
    return [bill["WHENPOSTED"] for bill in bills[max(bills)]] if bills else []


def us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def edit(company: Company, report: str, **changes: Any) -> None:
    company.sandbox.act("edit_report", report=report, changes={name: str(value) for name, value in changes.items()})


def dated(company: Company, rule: str, field: str, *lines: Any, **posting: Any) -> str:
    """A report whose bill has the date THEN by that rule."""
    company.configure(employee_paid={"date": rule}, **posting)
    return company.report(1, *(lines or [("100", "100"), ("30", "0")]), **{field: str(THEN)})


@RULES
@pytest.mark.parametrize("way", ["undone", "accepted", "posted again"])
def test_a_date_that_changes_after_posting_is_named_and_each_way_out_ends_it(company, rule, field, way):
    mine = dated(company, rule, field)
    assert company.sync() == {"applied": 1}
    assert dates(company) == [us(THEN)]
    edit(company, mine, **{field: LATER})
    company.sync(NEXT)
    assert company.held() == {mine: CHANGED}
    (item,) = company.waiting(mine)
    assert (item.number, f"'{THEN}' became '{LATER}'" in item.reason) == (document_number(1), True)
    if way == "undone":
        edit(company, mine, **{field: THEN})
    elif way == "accepted":
        company.decide(mine)
    else:
        company.sandbox.act("reverse", object="APBILL", record=document_number(1))
        company.reconcile()
        company.sync(NEXT)
        company.decide(mine, "post_again")
        assert company.sync(NEXT) == {"applied": 1}
    company.sync(NEXT)
    assert company.open_items() == {}
    assert dates(company) == [us(LATER if way == "posted again" else THEN)]
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})


@RULES
def test_a_date_that_changes_between_plan_and_sending_is_sent_by_the_next_plan(company, rule, field):
    mine = dated(company, rule, field)
    load, run = company.plan()
    edit(company, mine, **{field: LATER})
    assert company.load(load, run) == {"moved_on": 1}
    (told,) = {row["message"] for row in company.sql("SELECT message FROM plan.outcome WHERE result = 'moved_on'")}
    assert f"{field} {LATER}" in told
    # The charge is dated by itself, and was sent.
    assert (dates(company), len(company.card_transactions())) == ([], 1)
    assert company.sync() == {"applied": 1}
    assert dates(company) == [us(LATER)]


@RULES
def test_what_a_person_released_is_what_is_sent(company, rule, field):
    mine = dated(company, rule, field, ("900", "900"), limits={"document_amount": {"USD": "500"}})
    company.sync()
    assert company.held() == {mine: {"above_limit"}}
    company.decide(mine)
    edit(company, mine, **{field: LATER})
    assert company.sync() == {}
    assert company.held() == {mine: {"above_limit"}}
    company.decide(mine)
    assert company.sync() == {"applied": 1}
    assert dates(company) == [us(LATER)]


def test_a_run_takes_the_date_of_its_own_and_not_that_of_a_preview(company):
    mine = dated(company, "submitted_date", "SubmittedDate")
    company.plan(preview=True)
    edit(company, mine, SubmittedDate=LATER)
    assert company.sync() == {"applied": 1}
    assert dates(company) == [us(LATER)]


@RULES
def test_a_date_that_dates_nothing_is_no_change(company, rule, field):
    """Neither another date of the header, nor one that dates what the other payer paid."""
    mine = dated(company, rule, field, ("30", "0"))
    other = company.report(2, SubmittedDate=str(THEN), EndDate=str(THEN))
    company.sync()
    edit(company, mine, SubmittedDate=LATER, EndDate=LATER)
    edit(company, other, **{"EndDate" if field == "SubmittedDate" else "SubmittedDate": LATER})
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})


@RULES
def test_a_report_that_is_reimbursed_later_is_no_changed_one(company, rule, field):
    mine = dated(company, rule, field)
    company.sync()
    company.sandbox.act("reimburse", report=mine)
    company.sandbox.clear_calls()
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})
    assert "GET expensereports/{id}/expenses" not in certify_calls(company)


def test_a_payment_whose_day_changes_is_named_and_one_that_comes_after_a_bill_is_not(policed):
    """What was posted as owed before is no clearing, whatever day it was paid on."""
    cleared, owed = policed.report(1, **PAID), policed.report(2)
    assert policed.sync() == {"applied": 2}
    policed.sandbox.act("reimburse", report=owed, transaction="800413")
    edit(policed, cleared, ReimbursedDate=NEXT)
    policed.sync(NEXT)
    assert policed.held() == {cleared: CHANGED}
    policed.sandbox.act("reverse", object="GLBATCH", record=journals(policed)[journal_number(1)][0]["RECORDNO"])
    for _ in range(2):
        policed.sync(NEXT)
    policed.decide(cleared, "post_again")
    assert policed.sync(NEXT) == {"applied": 1}
    (again,) = journals(policed)[journal_number(1).replace("-1-", "-2-")]
    assert again["BATCH_DATE"] == us(NEXT)
    policed.sync(NEXT)
    assert policed.open_items() == {}


def test_a_payment_whose_day_changes_before_it_is_sent_is_planned_anew(policed):
    mine = policed.report(1, **PAID)
    load, run = policed.plan()
    edit(policed, mine, ReimbursedDate=NEXT)
    assert policed.load(load, run) == {"moved_on": 1}
    assert policed.sync() == {"applied": 1}
    assert journals(policed)[journal_number(1)][0]["BATCH_DATE"] == us(NEXT)


@RULES
def test_what_was_posted_by_another_rule_or_version_is_no_finding_and_is_not_read_for_it(company, rule, field):
    """Forms of before have no date of the header: choosing the rule, or the version that knows it, changes no report."""
    mine, other = (company.report(number, **{field: str(THEN)}) for number in (1, 2))
    company.configure(limits={"document_amount": {"USD": "50"}})
    company.sync()
    company.decide(mine, "not_ours")
    company.decide(other, "release")
    assert company.sync() == {"applied": 1}
    company.configure(employee_paid={"date": rule})
    company.sandbox.clear_calls()
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})
    assert "GET expensereports/{id}/expenses" not in certify_calls(company)
    for report in (mine, other):
        edit(company, report, **{field: LATER})
    company.sync(NEXT)
    assert (company.held(), company.open_items()) == ({}, {})
    company.sync(DAY)
    assert (company.held(), company.open_items()) == ({}, {})
    assert list(company.bills()) == [document_number(2)]
