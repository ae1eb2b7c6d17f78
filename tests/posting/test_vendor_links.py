"""An EmployeeID that leads to another vendor: what a person released is that vendor, whatever becomes of the report, and no other."""

from __future__ import annotations

import pytest

from tests.expense_company import INTACCT, Company
from tests.posting.test_ways_out import LATER, rules

ANA = next(one for one in INTACCT["VENDOR"] if one["VENDORID"] == "E-1007")


def another_vendor(company: Company) -> str:
    """Somebody deletes the vendor in Intacct and makes another one of the same ID."""
    (before,) = [one for one in company.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    company.sandbox.act("delete", object="VENDOR", record=before["RECORDNO"])
    company.sandbox.load("intacct", "VENDOR", [ANA])
    (now,) = [one for one in company.sandbox.state("intacct", "VENDOR") if one["VENDORID"] == "E-1007"]
    return str(now["RECORDNO"])


@pytest.fixture
def asked(company) -> str:
    """A report that waits because its vendor is another record by now."""
    company.report(1)
    company.sync()
    another_vendor(company)
    report = company.report(2)
    assert company.sync(refresh=True) == {}
    assert rules(company, report) == ["vendor_link_changed"]
    return report


def test_the_report_changes_after_the_release_and_is_posted(company, asked):
    company.decide(asked)
    (line,) = [one for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == asked]
    company.sandbox.act("edit_report", report=asked, line=line["ID"], line_changes={"ExpenseCategory": "Meals"})
    other = company.report(3)
    assert company.sync() == {"applied": 2}
    assert (company.open_items(), len(company.bills())) == ({}, 3)
    assert other not in company.open_items()


def test_the_vendor_changes_once_more_after_the_release_and_it_waits_until_that_one_is_released(company, asked):
    company.decide(asked)
    newest = another_vendor(company)
    assert company.sync(refresh=True) == {}
    for _ in range(2):
        company.sync(LATER)
        assert rules(company, asked) == ["vendor_link_changed"]
    assert f"belongs to record {newest}" in company.waiting(asked)[0].reason
    company.decide(asked)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}


def test_what_was_not_released_is_asked_of_the_next_report_too(company, asked):
    other = company.report(3)
    company.decide(asked, "not_ours")
    company.sync()
    assert rules(company, other) == ["vendor_link_changed"]
