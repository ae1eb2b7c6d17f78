"""The daily reconciliation looks at all dates whose books may be open, reads what changed, and is red until persons have decided."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certify_intacct.model.errors import BadInput, BooksDiffer
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company, report_id


def daily(company: Company, **params: str) -> dict[str, Any]:
    """A run of the DAG: what it counts, and what the task `books_agree` says. A time of change has whole seconds: this one is over."""
    time.sleep(1.1)
    company.runs += 1
    run = company.context(run_id=f"reconciliation-{company.runs}", **params)
    run["dag_run"].dag_id = "reconciliation"
    load = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(run)
    result = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    try:
        BooksAgreeOperator(task_id="books_agree", load_id=load).execute(run)
    except BooksDiffer as error:
        result["red"] = str(error)
    return result


def lines_read(company: Company) -> int:
    """The lines of bills that were read since the last time this was asked."""
    count = company.sandbox.calls()["intacct"].get("query APBILLITEM", {"read": 0})["read"]
    company.sandbox.clear_calls()
    return count


def the_bill(company: Company, number: int = 1) -> dict[str, Any]:
    (number_of,) = company.sql("SELECT number FROM ledger.document WHERE report_id = %s", report_id(number))
    (bill,) = company.bills()[number_of["number"]]
    return bill


def test_it_looks_as_far_back_as_books_may_be_open(company):
    company.configure(open_days=31)
    company.report(1)
    company.sync()
    assert daily(company) == {"holds": True, "reports": 1}
    (period,) = company.sql("SELECT period_start, period_end FROM ops.load ORDER BY load_id DESC LIMIT 1")
    assert period["period_end"] - period["period_start"] == timedelta(days=30)
    assert period["period_start"] <= DAY <= period["period_end"]
    # By hand it is about the dates that it is given.
    assert daily(company, period_start=str(DAY), period_end=str(DAY)) == {"holds": True, "reports": 1}


def test_a_document_that_has_not_changed_is_not_read_again(company):
    for number in range(1, 4):
        company.report(number)
    company.sync()
    lines_read(company)
    # A time of change has whole seconds: two looks have to see the same.
    for read in (3, 3, 0):
        assert daily(company) == {"holds": True, "reports": 3}
        assert lines_read(company) == read
    company.sandbox.act(
        "edit_document",
        object="APBILL",
        record=the_bill(company, 2)["RECORDNO"],
        line=1,
        line_changes={"ACCOUNTNO": "6300"},
    )
    for read in (1, 1, 0):
        result = daily(company)
        assert (result["holds"], result["altered"]) == (False, 1)
        assert lines_read(company) == read
    company.decide(report_id(2))
    assert daily(company) == {"holds": True, "reports": 3, "decided": 1}
    company.sync()
    assert daily(company) == {"holds": True, "reports": 3}


@pytest.mark.parametrize("stamped", [True, False])
def test_a_line_that_changes_without_its_document_is_named_within_a_week(company, stamped):
    company.sandbox.settings(line_changes_stamp_header=stamped)
    company.report(1)
    company.sync()
    for _ in range(3):
        daily(company)
    company.sandbox.act(
        "edit_document",
        object="APBILL",
        record=the_bill(company)["RECORDNO"],
        line=1,
        line_changes={"ACCOUNTNO": "6300"},
    )
    assert daily(company)["holds"] is not stamped
    company.sql("UPDATE ops.document_look SET looked_at = now() - interval '8 days'")
    assert daily(company)["altered"] == 1


def test_what_carries_our_names_and_is_of_no_report_is_found_and_decided(company):
    company.report(1)
    company.sync()
    bill = the_bill(company)
    stranger = {name: bill[name] for name in ("VENDORID", "CURRENCY", "TRX_TOTALENTERED", "WHENCREATED", "STATE")}
    stranger |= {"RECORDID": "CAAAAAAAAAA-1-001B", "DOCNUMBER": "CAAAAAAAAAA"}
    company.sandbox.load("intacct", "APBILL", [stranger])
    # A name of eleven letters that begins with a C is not one of ours.
    company.sandbox.load("intacct", "APBILL", [stranger | {"RECORDID": "CONSULTANTS-2026", "DOCNUMBER": "CONSULTANTS"}])
    result = daily(company)
    assert (result["holds"], result["orphan"]) == (False, 1)
    assert "CAAAAAAAAAA-1-001B" in result["red"]
    assert "accounts payable: Reverse or delete it" in result["red"]
    (item,) = company.waiting("CAAAAAAAAAA-1-001B", "orphan")
    assert company.sync() == {}, "nothing of it is a report's"
    assert "stays as it is" in company.decide_one(item)
    assert daily(company) == {"holds": True, "reports": 1, "decided": 1}
    assert company.open_items() == {}
    # Changed, it is another case.
    record = next(one for one in company.sandbox.state("intacct", "APBILL") if one["RECORDID"] == "CAAAAAAAAAA-1-001B")
    company.sandbox.act("edit_document", object="APBILL", record=record["RECORDNO"], changes={"TRX_TOTALENTERED": "5"})
    assert daily(company)["orphan"] == 1
    company.sandbox.act("delete", object="APBILL", record=record["RECORDNO"])
    assert daily(company) == {"holds": True, "reports": 1}
    assert company.open_items() == {}


@pytest.mark.parametrize("act", ["delete", "reverse"])
def test_what_is_gone_is_red_until_somebody_decides(company, act):
    report = company.report(1)
    company.report(2)
    company.sync()
    daily(company)
    company.sandbox.act(act, object="APBILL", record=the_bill(company)["RECORDNO"])
    result = daily(company)
    word = {"delete": "deleted", "reverse": "reversed"}[act]
    assert (result["holds"], result[word]) == (False, 1)
    assert "approval code 104001" in result["red"]
    assert "100.10 USD" in result["red"]
    company.sync()
    company.decide(report, "not_ours")
    assert daily(company)["holds"]


@pytest.mark.parametrize("whole", [False, True], ids=["the open dates", "their own dates"])
@pytest.mark.parametrize("act", ["delete", "reverse"])
def test_what_was_gone_and_stands_again_beside_its_successor_is_found(company, act, whole):
    """Shown to the user again after a lost right, restored, or its reversal undone: the report is booked twice then."""
    report = company.report(1)
    company.report(2)
    company.sync()
    bill = the_bill(company)
    company.sandbox.act(act, object="APBILL", record=bill["RECORDNO"])
    daily(company)
    company.sync()
    company.decide(report, "post_again")
    assert company.sync() == {"applied": 1}
    daily(company)
    assert company.open_items() == {}
    dates = {"period_start": str(DAY), "period_end": str(DAY)} if whole else {}
    if act == "delete":
        company.sandbox.load("intacct", "APBILL", [bill])
    else:
        company.sandbox.act("edit_document", object="APBILL", record=bill["RECORDNO"], changes={"STATE": "Posted"})
    result = daily(company, **dates)
    assert (result["holds"], result["orphan"]) == (False, 1), result
    (item,) = company.waiting(report, "orphan")
    word = {"delete": "deleted", "reverse": "reversed"}[act]
    assert f"and stands though it was {word}" in item.reason
    assert "stays as it is" in company.decide_one(item)
    assert daily(company, **dates) == {"holds": True, "reports": 2, "decided": 1}
    company.sandbox.act("delete", object="APBILL", record=bill["RECORDNO"])
    assert daily(company, **dates) == {"holds": True, "reports": 2}


def test_what_was_withdrawn_at_both_sides_is_no_finding(company):
    report = company.report(1)
    company.sync()
    company.sandbox.act("unprocess", report=report)
    result = daily(company)
    assert (result["not_processed"], "accounts payable: Process it again" in result["red"]) == (1, True)
    company.sandbox.act("reverse", object="APBILL", record=the_bill(company)["RECORDNO"])
    assert daily(company) == {"holds": True, "reports": 0}


def test_a_document_that_was_moved_into_the_open_dates_is_looked_at(company):
    company.configure(open_days=5)
    old = date.fromordinal(DAY.toordinal() - 40)
    company.report(1, day=old)
    company.sync(day=old)
    bill = the_bill(company)
    company.sandbox.act(
        "edit_document", object="APBILL", record=bill["RECORDNO"],
        changes={"WHENCREATED": f"{DAY:%m/%d/%Y}", "WHENPOSTED": f"{DAY:%m/%d/%Y}"},
    )  # fmt: skip
    result = daily(company)
    assert (result["reports"], result["altered"]) == (0, 1)
    assert f"date {DAY} instead of {old}" in result["red"]


def test_a_backfill_of_it_is_refused_with_what_to_do_instead(company):
    run = company.context(run_id="backfill-1")
    run["dag_run"].dag_id, run["dag_run"].run_type = "reconciliation", "backfill"
    six = datetime(2026, 3, 4, 6, tzinfo=UTC)
    run["dag_run"].data_interval_start = run["dag_run"].data_interval_end = six
    with pytest.raises(BadInput, match="period_start and period_end"):
        OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(run)


def test_what_is_found_of_other_dates_waits_on(company):
    """A report's stranger that is dated long ago is found by whoever reconciles the report's date, and no morning forgets it."""
    report = company.report(1)
    load, run = company.plan()
    company.load(load, run)
    bill = the_bill(company)
    stranger = {name: bill[name] for name in ("VENDORID", "CURRENCY", "TRX_TOTALENTERED", "STATE", "DOCNUMBER")}
    company.sandbox.load("intacct", "APBILL", [stranger | {"RECORDID": "BY-HAND", "WHENCREATED": "01/01/2020"}])
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["orphan"] == 1
    assert company.open_items() == {report: "alarm"}
    assert daily(company)["holds"]
    assert company.open_items() == {report: "alarm"}


def test_long_periods_are_read_some_dates_at_a_time(company):
    days = [DAY - timedelta(days=back) for back in (0, 9, 10, 11, 25)]
    for number, day in enumerate(days, start=1):
        company.report(number, day=day)
        company.sync(day=day)
    assert daily(company) == {"holds": True, "reports": len(days)}
