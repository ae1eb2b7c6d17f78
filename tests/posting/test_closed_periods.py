"""A document of a closed period goes to a day that is open: looked for by halving up to today, six sends in a run at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from certify_intacct.model.documents import Document
from certify_intacct.posting.sender import MOST_SENDS
from tests.expense_company import DAY, Company
from tests.shipped_config import today

LATEST = {"date": "latest_expense_date", "due": {"rule": "days_after", "days": 30}}


def spent(number: int, day: date, company: Company) -> str:
    """A report whose bill is dated by its expense."""
    return company.report(number, {"Amount": "10", "ReimAmount": "10", "ExpenseDate": str(day)})


def moving(company: Company, **posting: Any) -> None:
    company.configure(
        closed_periods={"policy": "next_open_day"}, employee_paid=LATEST, dates={"oldest_days": 400}, **posting
    )


def close(company: Company, day: date) -> None:
    company.sandbox.act("close_period", date=str(day), entity="100", subledger="AP")


def bills(company: Company) -> list[dict[str, Any]]:
    rows = company.sql("SELECT state, revision, posting_date, canonical, message FROM ledger.document ORDER BY number")
    return [row | {"document": Document.from_canonical(bytes(row.pop("canonical")))} for row in rows]


def sends(company: Company) -> int:
    return company.sql("SELECT count(*) AS n FROM ledger.event WHERE after_state = 'sending'")[0]["n"]


def test_an_open_day_is_found_in_the_run_that_was_refused(company):
    moving(company)
    intended = DAY - timedelta(days=25)
    spent(1, intended, company)
    closed = DAY - timedelta(days=4)
    close(company, closed)
    assert company.sync() == {"applied": 1}
    (bill,) = bills(company)
    assert bill["state"] == "in_gl"
    assert closed < bill["posting_date"] <= today()
    assert 2 <= sends(company) == bill["revision"] <= MOST_SENDS
    document = bill["document"]
    assert (document.posting_date, document.intended_date) == (bill["posting_date"], intended)
    assert document.due_date == max(intended + timedelta(days=30), document.posting_date)
    ((record,),) = company.bills().values()
    assert record["WHENPOSTED"] == f"{bill['posting_date']:%m/%d/%Y}"
    (said,) = company.sql("SELECT message FROM plan.outcome")
    assert f"{intended} lies in a closed period" in said["message"]
    assert company.open_items() == {}
    assert company.sync() == {}


def test_several_of_one_request_move_together_and_what_is_open_is_not_touched(company):
    moving(company)
    for number, days in ((1, 25), (2, 20), (3, 0)):
        spent(number, DAY - timedelta(days=days), company)
    close(company, DAY - timedelta(days=4))
    assert company.sync() == {"applied": 3}
    moved = {bill["document"].intended_date for bill in bills(company)}
    assert moved == {DAY - timedelta(days=25), DAY - timedelta(days=20), None}
    assert max(bill["revision"] for bill in bills(company)) <= MOST_SENDS
    assert len(company.posted()) == 3


def test_a_search_that_is_not_done_after_six_sends_goes_on_in_the_next_run(company):
    moving(company)
    spent(1, DAY - timedelta(days=190), company)
    last = today()
    close(company, last - timedelta(days=1))
    assert company.sync() == {"rejected": 1}
    assert sends(company) == MOST_SENDS
    assert company.posted() == []
    # A night passes. What was refused is not forgotten while an open day is looked for.
    company.sql("UPDATE ledger.closed_date SET learnt_at = learnt_at - interval '24 hours'")
    assert company.sync() == {"applied": 1}
    (bill,) = bills(company)
    assert bill["posting_date"] == last
    assert sends(company) <= 2 * MOST_SENDS


def test_where_today_is_closed_too_it_waits_and_is_never_sent_into_the_future(company):
    moving(company)
    report = spent(1, DAY, company)
    close(company, today() + timedelta(days=10))
    assert company.sync() == {"rejected": 1}
    company.sync()
    assert company.held() == {report: {"closed_period"}}
    refused = [row["day"] for row in company.sql("SELECT day FROM ledger.closed_date ORDER BY day")]
    assert refused[-1] == today()


def test_an_outage_in_the_midst_of_the_search_leaves_nothing_in_doubt_and_nothing_twice(company):
    moving(company)
    company.replays_are_refused()
    spent(1, DAY, company)
    company.sync()
    spent(2, DAY - timedelta(days=25), company)
    close(company, DAY - timedelta(days=4))
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1, skip=1)
    for _ in range(6):
        company.sync()
    assert company.open_items() == {}
    assert len(company.posted()) == 2
    assert company.states() == {"in_gl": 2}
