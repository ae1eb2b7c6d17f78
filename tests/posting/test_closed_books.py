"""Closed periods are known before anything is refused, as far as the company shows them; what it does not show is learnt as before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.expense_company import DAY, Company
from tests.posting.test_closed_periods import LATEST, moving, sends, spent
from tests.shipped_config import today

ALL_SHOWN = ["get_closedbooksdate", "log", "summaries"]


def close(company: Company, day: date, subledger: str = "AP", entity: str = "100") -> None:
    company.sandbox.act("close_period", date=str(day), entity=entity, subledger=subledger)


def reopen(company: Company, subledger: str = "AP") -> None:
    company.sandbox.act("open_period", entity="100", subledger=subledger)


def held(company: Company) -> dict[str, Any]:
    (row,) = company.sql(
        "SELECT reason, cure FROM plan.change WHERE action = 'hold' AND load_id = (SELECT max(load_id) FROM ops.load)"
    )
    return row


@pytest.mark.parametrize(
    ("shown", "subledger", "source"),
    [
        (["get_closedbooksdate"], "GL", "get_closedbooksdate"),
        (["log"], "GL", "CLOSEBOOKS"),
        (["summaries"], "AP", "APCLOSESUMMARY"),
    ],
)
def test_a_closed_day_holds_before_anything_is_sent_and_posts_when_it_was_opened(company, shown, subledger, source):
    company.sandbox.settings(closed_books_shown=shown)
    company.report(1)
    close(company, DAY, subledger)
    assert company.sync() == {}
    assert sends(company) == 0
    said = held(company)
    assert f"AP of entity 100 is closed through {DAY}, as Intacct says ({source})" in said["reason"]
    assert "Open the period in Intacct" in said["cure"]
    assert "posting.closed_periods.ask_intacct: false" in said["cure"]
    reopen(company, subledger)
    assert company.sync(refresh=True) == {"applied": 1}
    assert len(company.posted()) == 1


@pytest.mark.parametrize("shape", ["entity_record", "no_entity", "two_dates", "no_date", "no_time"])
def test_of_logs_that_nobody_can_read_a_refusal_tells_as_before(company, shape):
    company.sandbox.settings(closed_books_shown=["log", "summaries"], closed_books_fields=shape)
    company.report(1)
    close(company, DAY)
    assert company.sync() == {"rejected": 1}
    assert company.sync(refresh=True) == {}
    assert sends(company) == 1
    assert "refused by Intacct on that day" in held(company)["reason"]


def test_the_first_open_day_is_taken_at_once(company):
    company.sandbox.settings(closed_books_shown=["summaries"])
    moving(company)
    intended = DAY - timedelta(days=25)
    spent(1, intended, company)
    close(company, DAY - timedelta(days=4))
    assert company.sync() == {"applied": 1}
    assert sends(company) == 1
    (bill,) = company.sandbox.state("intacct", "APBILL")
    assert bill["WHENPOSTED"] == f"{DAY - timedelta(days=3):%m/%d/%Y}"


def test_what_intacct_refuses_after_it_was_read_still_counts(company):
    """Closed further between the reading and the sending, it goes on from there and never back to the day that it was meant for."""
    company.sandbox.settings(closed_books_shown=["summaries"])
    moving(company)
    spent(1, DAY - timedelta(days=25), company)
    close(company, DAY - timedelta(days=10))
    planned = company.plan()
    company.sandbox.settings(clock_shift_seconds=5)
    close(company, DAY - timedelta(days=4))
    assert company.load(*planned) == {"applied": 1}
    refused = [row["day"] for row in company.sql("SELECT day FROM ledger.closed_date ORDER BY day")]
    assert refused[0] == DAY - timedelta(days=9)
    (bill,) = company.sandbox.state("intacct", "APBILL")
    assert DAY - timedelta(days=4) < datetime.strptime(bill["WHENPOSTED"], "%m/%d/%Y").date() <= today()


def test_never_later_than_today(company):
    company.sandbox.settings(closed_books_shown=["log"])
    company.configure(closed_periods={"policy": "next_open_day"})
    report = company.report(1)
    close(company, today() + timedelta(days=30), "GL")
    assert company.sync() == {}
    assert company.held() == {report: {"closed_period"}}
    assert sends(company) == 0


def test_a_refusal_is_overruled_by_a_younger_reading_that_says_that_the_day_is_open(company):
    company.report(1)
    close(company, DAY)
    assert company.sync() == {"rejected": 1}
    reopen(company)
    company.sync(refresh=True)
    assert company.posted() == [], "nothing has said that it is open: the refusal is believed"
    company.sandbox.settings(closed_books_shown=ALL_SHOWN)
    assert company.sync(refresh=True) == {"applied": 1}


def test_a_reading_that_says_what_it_said_before_overrules_nothing(company):
    """Opened from a later day on, the log names no closed day: what it does not name is refused once a day, not once a run."""
    company.sandbox.settings(closed_books_shown=ALL_SHOWN)
    close(company, DAY + timedelta(days=2))
    company.sandbox.act("open_period", entity="100", subledger="AP", date=str(DAY))
    company.report(1)
    assert company.sync() == {"rejected": 1}
    for _ in range(2):
        assert company.sync(refresh=True) == {}
    assert sends(company) == 1
    company.sandbox.settings(clock_shift_seconds=60)
    reopen(company)
    assert company.sync(refresh=True) == {"applied": 1}


def test_what_another_run_read_of_other_entities_overrules_nothing(company):
    """A run reads what is closed in its own entities: it has not said of another what that one's reading says again."""
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate", "summaries"])
    for entity in ("100", "200"):
        close(company, DAY - timedelta(days=200), "GL", entity)
    close(company, DAY + timedelta(days=2))
    company.sandbox.act("open_period", entity="100", subledger="AP", date=str(DAY))
    company.report(1)
    planned = company.plan()
    elsewhere = DAY - timedelta(days=20)
    company.report(2, day=elsewhere, EmpGLD1Code="200", EmpGLD1Name="Acme Canada")
    company.extract(elsewhere, refresh=True)
    assert company.load(*planned) == {"rejected": 1}
    assert company.sync(refresh=True) == {}
    assert sends(company) == 1


def test_a_reading_of_the_general_ledger_alone_overrules_no_refusal_of_payables(company):
    company.report(1)
    close(company, DAY)
    assert company.sync() == {"rejected": 1}
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate", "log"])
    assert company.sync(refresh=True) == {}
    assert sends(company) == 1


def test_what_intacct_says_is_left_out_where_connector_yaml_says_so(company):
    """The way out for a company whose books are open although Intacct names a day."""
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate"])
    company.configure(closed_periods={"ask_intacct": False})
    company.report(1)
    close(company, DAY, "GL")
    assert company.sync() == {"rejected": 1}
    company.sandbox.clear_calls()
    reopen(company, "GL")
    company.sql("DELETE FROM ledger.closed_date")
    assert company.sync(refresh=True) == {"applied": 1}
    assert "get_closedbooksdate" not in company.sandbox.calls()["intacct"]


def test_the_preview_shows_it_without_sending(company):
    company.sandbox.settings(closed_books_shown=["log"])
    company.configure(employee_paid=LATEST)
    report = company.report(1)
    close(company, DAY, "GL")
    company.plan(preview=True)
    assert company.held() == {report: {"closed_period"}}


def test_what_is_closed_is_asked_in_the_entities_of_open_items_too(company):
    """An item of an earlier date is posted by this run, in an entity in which none of its own reports is."""
    company.sandbox.settings(closed_books_shown=["get_closedbooksdate"])
    earlier = DAY - timedelta(days=20)
    company.report(1, day=earlier, EmpGLD1Code="200", EmpGLD1Name="Acme Canada", EmployeeID="")
    assert company.sync(earlier) == {}
    for entity in ("100", "200"):
        close(company, DAY - timedelta(days=200), "GL", entity)
    company.report(2)
    load_id, _ = company.extract(refresh=True)
    rows = company.sql(
        "SELECT DISTINCT attributes ->> 'entity_id' AS entity FROM staging.reference "
        "WHERE load_id = %s AND stream = 'intacct_closed_books' ORDER BY 1",
        load_id,
    )
    assert [row["entity"] for row in rows] == ["100", "200"]
