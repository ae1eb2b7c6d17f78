"""What is found in Intacct after the ledger was lost is recorded as it stands there, whatever today's mapping would make of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.documents import kind_of
from certify_intacct.model.documents import Document
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company

#: Another mapping in everything that a mapping decides.
REMAPPED: dict[str, Any] = {
    "dimensions": {"entity": {"map": {"100": "200"}}, "department": {"map": {"30": "40"}}},
    "accounts": {"map": {"Hotel": "6300"}},
    "currencies": {"exchange_rate_type": "Intacct Daily Rate"},
    "employee_paid": {"date": "latest_expense_date", "due": {"rule": "days_after", "days": 3}},
}
JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2055"}}
OTHER_JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2050"}}


@pytest.fixture
def books(company) -> Company:
    """The small company, with what the other mapping leads to."""
    load = company.sandbox.load
    load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Marketing", "STATUS": "active"}])
    load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Card clearing", "STATUS": "active"}])
    return company


def intacct_day(text: str) -> date:
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def recorded(company: Company) -> dict[str, Document]:
    """What the ledger says of each document."""
    rows = company.sql("SELECT number, canonical FROM ledger.document ORDER BY number")
    return {row["number"]: Document.from_canonical(bytes(row["canonical"])) for row in rows}


def lose_the_ledger(company: Company, **posting: Any) -> None:
    company.forget_everything_but_the_deployment()
    company.configure(**{**REMAPPED, **posting})


def edit_a_line(company: Company, **changes: str) -> None:
    ((bill,),) = company.bills().values()
    company.sandbox.act("edit_document", object="APBILL", record=bill["RECORDNO"], line_changes=changes)


def same_as_in_intacct(company: Company, document: Document) -> None:
    kind = kind_of(document.kind)
    (record,) = [
        one for one in company.sandbox.state("intacct", kind.object) if one[kind.number_field] == document.number
    ]
    lines = [
        one for one in company.sandbox.state("intacct", kind.line_object) if one[kind.line_parent] == record["RECORDNO"]
    ]
    assert document.posting_date == intacct_day(record[kind.header_reads["posting_date"]])
    names = kind.line_reads
    booked = sorted(
        (one[names["account"]], one[names["location_id"]], one[names["department_id"]], Decimal(one["TRX_AMOUNT"]))
        for one in lines
    )
    ours = [(line.account, line.location_id, line.department_id, line.amount) for line in document.lines]
    offset = document.details.get("offset_account")
    if offset:
        booked = sorted(
            (one["ACCOUNTNO"], one["LOCATION"], one["DEPARTMENT"], Decimal(one["TRX_AMOUNT"]) * int(one["TR_TYPE"]))
            for one in lines
        )
        ours += [(offset, line.location_id, line.department_id, -line.total) for line in document.lines]
    assert sorted(ours) == booked
    assert document.entity == document.lines[0].location_id


INSIDE = {"posting_entity": "entity"}


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ({}, {}, []),
        ({"company_paid": JOURNAL}, {"company_paid": OTHER_JOURNAL}, [("-2.00", "0")]),
        (INSIDE, INSIDE, []),
        ({}, INSIDE, []),
        (INSIDE, {}, []),
    ],
    ids=["card transactions", "journals", "inside entities", "inside entities now", "inside entities before"],
)
def test_another_mapping_changes_nothing_of_what_stands(books, before, after, more):
    books.configure(**before)
    meals = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
    report = books.report(
        1, ("100.10", "100.10"), {"Amount": "7.25", "ReimAmount": "7.25", **meals}, ("30.00", "10.00"), *more
    )
    books.sync()
    first = recorded(books)
    lose_the_ledger(books, **after)
    load, run = books.plan()
    assert books.load(load, run) == {"already": 1}
    adopted = recorded(books)
    assert adopted.keys() == first.keys()
    for number, document in adopted.items():
        same_as_in_intacct(books, document)
        assert document.lines == first[number].lines
        assert (document.entity, document.base_currency, document.exchange_rate_type) == ("100", "USD", "")
        assert (document.posting_date, document.due_date) == (first[number].posting_date, first[number].due_date)
    rows = books.sql("SELECT entity, posting_date, kind, total FROM ledger.document ORDER BY number")
    assert {row["entity"] for row in rows} == {"100"}
    # The books hold, today and after they were read back.
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"]
    found = books.sql("SELECT DISTINCT entity, bucket FROM ops.reconciliation WHERE load_id = %s", load)
    assert found == [{"entity": "100", "bucket": "in_gl"}]
    assert set(books.states()) == {"in_gl"}
    # And what is changed in Certify afterwards is seen.
    assert books.sync() == {}
    books.sandbox.act("edit_report", report=report, line_changes={"Reason": "Somebody else's"})
    books.sync()
    assert books.held() == {report: {"changed_after_posting"}}


def test_what_a_clerk_recoded_before_is_recorded_as_it_was_left(books):
    books.report(1, ("100.10", "100.10"), ("7.25", "7.25"))
    books.sync()
    edit_a_line(books, ACCOUNTNO="6300")
    lose_the_ledger(books)
    assert books.sync() == {"already": 1}
    (document,) = recorded(books).values()
    same_as_in_intacct(books, document)
    assert sorted(line.account for line in document.lines) == ["6220", "6300"]


def test_a_reason_to_doubt_the_lines_holds_the_report(books):
    report = books.report(1, ("100.10", "100.10"), ("7.25", "7.25"))
    books.sync()
    edit_a_line(books, TRX_AMOUNT="50.00")
    lose_the_ledger(books)
    assert books.sync() == {"held": 1}
    assert "its lines add up to" in books.waiting(report)[0].reason


def test_what_was_refused_by_the_ledger_and_stands_in_intacct_is_recorded_as_it_stands(books):
    """The answer was a refusal, and the bill is there all the same, as it was sent then."""
    books.report(1, ("100.10", "100.10"))
    books.sync()
    books.sql(
        "ALTER TABLE ledger.document DISABLE TRIGGER USER; UPDATE ledger.document SET state = 'rejected', record_no = NULL"
    )
    books.sql("ALTER TABLE ledger.document ENABLE TRIGGER USER")
    books.configure(**REMAPPED)
    assert books.sync() == {"already": 1}
    (document,) = recorded(books).values()
    same_as_in_intacct(books, document)
    assert document.entity == "100"
    assert books.sql("SELECT adopted, revision, entity FROM ledger.document") == [
        {"adopted": True, "revision": 2, "entity": "100"}
    ]


def test_dates_far_from_today_s_rule_are_those_of_the_bill(books):
    books.configure(employee_paid={"date": "submitted_date"})
    books.report(1)
    books.sync()
    lose_the_ledger(books, employee_paid={"date": "latest_expense_date"})
    assert books.sync() == {"already": 1}
    (document,) = recorded(books).values()
    assert document.posting_date == DAY
    assert document.intended_date is None


def test_a_line_that_another_run_posted_meanwhile_is_a_sentence_and_stops_no_other(company):
    """The ledger has each expense once: what stands in Intacct twice is held, and not a task that fails."""
    first, second = company.report(1, ("10", "10")), company.report(2, ("20", "20"))
    company.sync()
    for table in ("event", "document_expense", "document", "report"):
        company.sql(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
    of_second = "WHERE document_id IN (SELECT document_id FROM ledger.document WHERE report_id = %s)"
    for table in ("event", "document_expense"):
        company.sql(f"DELETE FROM ledger.{table} {of_second}", second)
    for table in ("document", "report"):
        company.sql(f"DELETE FROM ledger.{table} WHERE report_id = %s", second)
        company.sql(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER")
    third = company.report(3, ("30", "30"))
    load, run = company.plan()
    (line,) = [one["ID"] for one in company.sandbox.state("certify", "expenses") if one["ExpenseReportID"] == second]
    company.sql("UPDATE ledger.document_expense SET expense_id = %s", line)
    assert company.load(load, run) == {"held": 1, "applied": 1}
    (item,) = company.waiting(second)
    assert (item.rules, line in item.reason) == (("number_taken",), True)
    assert "approval code 104001" in item.reason
    assert first not in company.open_items()
    assert third not in company.open_items()
