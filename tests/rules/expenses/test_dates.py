"""The date of a document lies within bounds, or a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

PROCESSED = date(2026, 3, 7)
MOVING = configuration(closed_periods={"policy": "next_open_day"})


def plan(*lines, config=None, references=REFERENCES, header=None, **more):
    settings = config or configuration()
    return plan_report(report(*lines, **(header or {})), lines, references, settings, today=TODAY, **more)


def rules(planned):
    return {hold.rule for hold in planned.holds}


@pytest.mark.parametrize(
    ("posting_date", "rule"),
    [
        (date(1900, 1, 1), "old_date"),
        (date(2016, 2, 27), "old_date"),
        (PROCESSED - timedelta(days=201), "old_date"),
        (PROCESSED - timedelta(days=200), None),
        (date(219, 2, 21), "impossible_date"),
        (date(1, 1, 1), "impossible_date"),
    ],
)
def test_a_date_long_before_the_report_was_processed_is_held(posting_date, rule):
    lines = (line("a", "10"), card_line("b", "10", "T-1", posting_date=posting_date))
    planned = plan(*lines)
    assert rules(planned) == ({rule} if rule else set())
    assert bool(planned.documents) == (rule is None)
    released = plan(*lines, released={"old_date"})
    assert len(released.documents) == (0 if rule == "impossible_date" else 2)


def test_each_rule_of_the_date_has_its_bound():
    old = line("a", "10", expense_date=date(2025, 3, 1))
    latest = configuration(employee_paid={"date": "latest_expense_date"})
    assert rules(plan(old, config=latest)) == {"old_date"}
    submitted = configuration(employee_paid={"date": "submitted_date"})
    assert rules(plan(old, config=submitted, header={"submitted_date": date(2025, 3, 1)})) == {"old_date"}
    assert plan(old).documents, "the processed date is the date of this bill"


def test_how_old_is_a_setting():
    item = card_line("b", "10", "T-1", posting_date=PROCESSED - timedelta(days=31))
    assert rules(plan(item, config=configuration(dates={"oldest_days": 30}))) == {"old_date"}
    assert plan(item, config=configuration(dates={"oldest_days": 31})).documents


def test_a_closed_period_moves_no_old_date_to_one_that_passes():
    closed = configuration(closed_periods={"policy": "next_open_day", "closed_through": {"100": {"CM": "2026-02-28"}}})
    assert rules(plan(card_line("b", "10", "T-1", posting_date=date(2016, 2, 27)), config=closed)) == {"old_date"}
