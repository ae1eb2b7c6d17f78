"""The date of a document lies within bounds, or a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.references import ClosedThrough
from certify_intacct.model.report_plans import Hold
from certify_intacct.rules.expenses.dates import posting_date
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

PROCESSED = date(2026, 3, 7)
MOVING = configuration(closed_periods={"policy": "next_open_day"})


def plan(*lines, config=None, references=REFERENCES, header=None, **more):
    settings = config or configuration()
    return plan_report(report(*lines, **(header or {})), lines, references, settings, today=TODAY, **more)


def rules(planned):
    return {hold.rule for hold in planned.all_holds}


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
    assert len(planned.documents) == (1 if rule else 2)
    released = plan(*lines, released={planned.source_hash: {"old_date"}})
    assert len(released.documents) == (1 if rule == "impossible_date" else 2)


def test_each_rule_of_the_date_has_its_bound():
    old = line("a", "10", expense_date=date(2025, 3, 1))
    latest = configuration(employee_paid={"date": "latest_expense_date"})
    assert rules(plan(old, config=latest)) == {"old_date"}
    submitted = configuration(employee_paid={"date": "submitted_date"})
    assert rules(plan(old, config=submitted, header={"submitted_date": date(2025, 3, 1)})) == {"old_date"}
    assert plan(old).documents, "the processed date is the date of this bill"


CARDS = [{"payment_card": "Corp Visa", "card_id": "CORP-VISA"}]
SPENT = (date(2026, 2, 20), date(2026, 2, 24))
DATES = {
    "processed_date": PROCESSED,
    "submitted_date": date(2026, 3, 3),
    "report_end_date": date(2026, 2, 28),
    "latest_expense_date": SPENT[1],
    "earliest_expense_date": SPENT[0],
    "run_date": TODAY,
}


@pytest.mark.parametrize("payer", ["employee_paid", "company_paid"])
@pytest.mark.parametrize("rule", DATES)
def test_the_date_that_connector_yaml_asks_for(payer, rule):
    """Of a bill, and of a charge with two lines."""
    config = configuration(**{payer: {"date": rule, **({"cards": CARDS} if payer == "company_paid" else {})}})
    own = payer == "employee_paid"
    charge = {"card_transaction_id": "T-1"}
    lines = [
        line("a", "10", expense_date=SPENT[0]) if own else card_line("a", "10", expense_date=SPENT[0], **charge),
        line("b", "5", expense_date=SPENT[1]) if own else card_line("b", "5", expense_date=SPENT[1], **charge),
    ]
    (document,) = plan(*lines, config=config, header={"end_date": date(2026, 2, 28)}).documents
    assert document.posting_date == DATES[rule]


def test_a_report_without_its_end_waits():
    (hold,) = plan(line("a", "10"), config=configuration(employee_paid={"date": "report_end_date"})).all_holds
    assert hold.rule == "date_missing"


def test_how_old_is_a_setting():
    item = card_line("b", "10", "T-1", posting_date=PROCESSED - timedelta(days=31))
    assert rules(plan(item, config=configuration(dates={"oldest_days": 30}))) == {"old_date"}
    assert plan(item, config=configuration(dates={"oldest_days": 31})).documents


def test_a_closed_period_moves_no_old_date_to_one_that_passes():
    closed = configuration(closed_periods={"policy": "next_open_day", "closed_through": {"100": {"CM": "2026-02-28"}}})
    assert rules(plan(card_line("b", "10", "T-1", posting_date=date(2016, 2, 27)), config=closed)) == {"old_date"}


def learnt(*days: date):
    """What Intacct refused in entity 100's accounts payable."""
    return replace(REFERENCES, closed_days={("100", "AP"): frozenset(days)})


def test_a_refusal_closes_its_day_and_no_other():
    assert rules(plan(line("a", "10"), references=learnt(PROCESSED))) == {"closed_period"}
    assert plan(line("a", "10"), references=learnt(PROCESSED - timedelta(days=1), TODAY)).documents
    # Another subledger of the same entity may be open.
    assert plan(card_line("a", "10", "T-1", posting_date=PROCESSED), references=learnt(PROCESSED)).documents


def test_a_day_is_looked_for_halfway_between_the_last_refusal_and_today():
    (bill,) = plan(line("a", "10"), references=learnt(PROCESSED), config=MOVING).documents
    assert (bill.posting_date, bill.intended_date) == (PROCESSED + timedelta(days=2), PROCESSED)
    through = configuration(closed_periods={"policy": "next_open_day", "closed_through": {"100": {"AP": "2026-03-08"}}})
    (bill,) = plan(line("a", "10"), config=through).documents
    assert (bill.posting_date, bill.intended_date) == (date(2026, 3, 9), PROCESSED)
    (bill,) = plan(line("a", "10"), references=learnt(date(2026, 3, 9)), config=through).documents
    assert (bill.posting_date, bill.intended_date) == (TODAY, PROCESSED)


def test_the_first_day_of_a_month_is_tried_before_the_days_after_it():
    charge = card_line("a", "10", "T-1", posting_date=date(2026, 2, 11))
    references = replace(REFERENCES, closed_days={("100", "CM"): frozenset({date(2026, 2, 11)})})
    planned = plan(charge, references=references, config=MOVING)
    assert [document.posting_date for document in planned.documents] == [date(2026, 2, 25)]
    references = replace(REFERENCES, closed_days={("100", "CM"): frozenset({date(2026, 2, 11), date(2026, 2, 25)})})
    planned = plan(charge, references=references, config=MOVING)
    assert [document.posting_date for document in planned.documents] == [date(2026, 3, 1)]


@given(st.integers(0, 200), st.integers(0, 210), st.integers(0, 400))
def test_the_search_ends_on_an_open_day_or_says_that_there_is_none(age, closed_for, shift):
    """Whatever is closed, from the intended day on: about as many tries as halving takes, and never a day that has not come."""
    today = TODAY + timedelta(days=shift)
    intended = today - timedelta(days=age)
    closed = intended + timedelta(days=closed_for)
    refused: set[date] = set()
    policy = MOVING.posting.closed_periods
    while not isinstance(day := posting_date(intended, "100", "AP", policy, refused, today), Hold):
        assert intended <= day.posted <= today
        assert day.posted not in refused
        if day.posted >= closed:
            break
        refused.add(day.posted)
    assert isinstance(day, Hold) == (closed > today)
    assert len(refused) <= 2 + 2 * age.bit_length()
    if not isinstance(day, Hold):
        assert day.intended == (intended if refused else None)


@pytest.mark.parametrize("through", ["2026-03-10", "2026-12-31"])
def test_nothing_is_moved_into_the_future(through):
    """Closed through the end of the year, a bill of the year after was posted."""
    closed = configuration(closed_periods={"policy": "next_open_day", "closed_through": {"100": {"AP": through}}})
    planned = plan(line("a", "10"), config=closed)
    assert rules(planned) == {"closed_period"}
    assert "2026-03-10" in planned.all_holds[0].reason


def test_the_due_date_follows_the_date_that_was_intended():
    moved = learnt(PROCESSED, PROCESSED + timedelta(days=1))
    (bill,) = plan(line("a", "10"), references=moved, config=MOVING).documents
    assert bill.due_date == PROCESSED + timedelta(days=30)
    soon = configuration(
        closed_periods={"policy": "next_open_day"}, employee_paid={"due": {"rule": "days_after", "days": 1}}
    )
    (bill,) = plan(line("a", "10"), references=moved, config=soon).documents
    assert bill.due_date == bill.posting_date, "no bill is due before its own date"


near = st.integers(-40, 5).map(lambda days: TODAY + timedelta(days=days))


@given(near, st.frozensets(near, max_size=30), st.none() | near)
def test_whatever_is_closed_a_document_lies_after_all_that_was_refused_and_never_later_than_today(
    intended, refused, through
):
    known = {"closed_through": {"100": {"CM": through.isoformat()}}} if through else {}
    config = configuration(closed_periods={"policy": "next_open_day", **known})
    references = replace(REFERENCES, closed_days={("100", "CM"): refused})
    planned = plan(card_line("a", "10", "T-1", posting_date=intended), references=references, config=config)
    closed = max([intended, through or intended, *(day for day in refused if day <= TODAY)])
    if intended > TODAY + timedelta(days=1):
        assert rules(planned) == {"future_date"}
    elif intended not in refused and (through is None or intended > through):
        assert [document.posting_date for document in planned.documents] == [intended]
    elif closed >= TODAY:
        assert rules(planned) == {"closed_period"}
    else:
        (document,) = planned.documents
        assert closed < document.posting_date <= TODAY
        assert document.intended_date == intended


@given(near, st.frozensets(near, max_size=5), st.none() | near, st.none() | near, st.booleans())
def test_what_intacct_says_is_closed_through_its_day_and_no_further(intended, refused, listed, said, moves):
    """Whoever says it, nothing is dated on a day that is known to be closed; what is open and not refused stays where it is."""
    policy = configuration(
        closed_periods={
            "policy": "next_open_day" if moves else "hold",
            "closed_through": {"100": {"AP": listed.isoformat()}} if listed else {},
        }
    ).posting.closed_periods
    closed = ClosedThrough(day=said, source="CLOSEBOOKS") if said else None
    found = posting_date(intended, "100", "AP", policy, refused, TODAY, said=closed)
    through = max(listed or date.min, said or date.min)
    if intended > through and intended not in refused:
        assert not isinstance(found, Hold)
        assert (found.posted, found.intended) == (intended, None)
    elif not moves:
        assert isinstance(found, Hold)
        names_intacct = said is not None and intended <= said
        assert ("as Intacct says (CLOSEBOOKS)" in found.reason) is names_intacct
        assert ("posting.closed_periods.ask_intacct: false" in found.cure) is names_intacct
        assert ("posting.closed_periods.closed_through" in found.cure) is (listed is not None and intended <= listed)
    elif not isinstance(found, Hold):
        assert max(through, intended) < found.posted <= TODAY
        assert found.posted not in refused
        assert found.intended == intended


@given(near, near)
def test_the_day_after_is_taken_at_once(intended, said):
    policy = MOVING.posting.closed_periods
    found = posting_date(
        intended, "100", "AP", policy, (), TODAY, said=ClosedThrough(day=said, source="get_closedbooksdate")
    )
    if intended <= said < TODAY:
        assert not isinstance(found, Hold)
        assert found.posted == said + timedelta(days=1)
