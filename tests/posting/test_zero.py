"""What adds up to nothing: it is posted where its lines book something, and counted everywhere where they do not."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.staging.database import Database
from certify_intacct.staging.report_timeline import report_timeline
from certify_intacct.staging.run_report import run_report
from certify_intacct.timeline.report import tell
from tests.expense_company import DAY, Company

MEALS = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}


def part(amount: str, **changes: object) -> dict[str, object]:
    return {"Amount": amount, "ReimAmount": amount, **changes}


def reconciled(company: Company, load: int, run: dict[str, object]) -> list[tuple[str, str, str, Decimal, int]]:
    """Runs the reconciliation, which must hold, and gives its rows."""
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"]
    rows = company.sql(
        "SELECT entity, payer, bucket, amount, reports FROM ops.reconciliation WHERE load_id = %s ORDER BY 2, 3, 1",
        load,
    )
    return [(row["entity"], row["payer"], row["bucket"], row["amount"], row["reports"]) for row in rows]


def test_a_bill_of_zero_moves_money_between_accounts(company):
    company.report(1, part("500"), part("-500", **MEALS))
    load, run = company.plan()
    assert company.load(load, run) == {"applied": 1}
    ((bill,),) = company.bills().values()
    assert Decimal(bill["TRX_TOTALENTERED"]) == 0
    lines = company.sandbox.state("intacct", "APBILLITEM")
    assert {line["ACCOUNTNO"]: Decimal(line["TRX_AMOUNT"]) for line in lines} == {"6220": 500, "6300": -500}
    assert reconciled(company, load, run) == [("100", "employee", "in_gl", Decimal(0), 1)]
    assert company.sync() == {}
    assert company.states() == {"in_gl": 1}


def test_a_card_charge_of_zero_is_posted_too(company):
    charge = {"ReimAmount": "0", "CCTransactionID": "T-1"}
    company.report(1, {**charge, "Amount": "500"}, {**charge, "Amount": "-500", **MEALS})
    assert company.sync() == {"applied": 1}
    ((charged,),) = company.card_transactions().values()
    assert Decimal(charged["TRX_TOTALENTERED"]) == 0


def test_a_company_that_takes_no_documents_of_zero_says_so_and_a_person_books_it(company):
    company.sandbox.settings(zero_totals="refuse")
    report = company.report(1, part("500"), part("-500", **MEALS))
    assert company.sync() == {"rejected": 1}
    assert company.open_items() == {report: "rejected"}
    company.decide(report, "booked_by_hand", record_no="99")
    load, run = company.plan()
    assert company.open_items() == {}
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert company.sql("SELECT bucket, amount, reports FROM ops.reconciliation WHERE load_id = %s", load) == [
        {"bucket": "booked_by_hand", "amount": Decimal(0), "reports": 1}
    ]


def test_what_cancels_out_is_counted_wherever_it_is_counted(company):
    alone = company.report(1, part("5"), part("-5"))
    beside = company.report(2, part("7"), part("-7"), {"Amount": "20", "ReimAmount": "0"})
    company.report(3, part("0"))
    load, run = company.plan()
    assert company.load(load, run) == {"applied": 1}
    assert reconciled(company, load, run) == [
        ("100", "company", "in_gl", Decimal(20), 1),
        ("100", "employee", "skipped: zero_document", Decimal(0), 2),
        ("100", "employee", "skipped: zero_report", Decimal(0), 1),
    ]
    with Database(company.database.loader_url).connection() as connection:
        counted = {
            row["action"]: row["changes"] for row in run_report(connection, "sandbox", load, DAY, ZoneInfo("UTC")).plan
        }
        stories = [str(tell(report_timeline(connection, report))) for report in (alone, beside)]
    assert counted == {"post": 1, "skip": 3}
    assert all("its lines cancel each other out" in story for story in stories)
    # Nothing of it is worked again, and nothing is posted for it later.
    assert company.sync() == {}
    assert company.open_items() == {}


def test_halves_that_wait_apart_are_both_counted(company):
    """In two entities, of which one is owed and the other gives back: together they are nothing."""
    company.configure(
        dimensions={"entity": {"certify": "report_gld/1"}}, currencies={"exchange_rate_type": "Intacct Daily Rate"}
    )
    report = company.report(
        1,
        part("500", ExpenseCategory="Private", ExpenseReportGLD1Code="100"),
        part("-500", ExpenseReportGLD1Code="200"),
    )
    load, run = company.plan()
    assert set(company.held()) == {report}
    rows = reconciled(company, load, run)
    assert sum(row[3] for row in rows) == 0
    assert {row[2] for row in rows} == {"held"}


@pytest.mark.parametrize(
    ("line", "header", "state"),
    [({"Reimbursable": False}, {}, "quarantined"), ({}, {"InitialApproverEmail": "a.ruiz@example.com"}, "held")],
    ids=["quarantined", "held"],
)
def test_a_report_of_zero_that_waits_is_counted_as_what_it_is(company, line, header, state):
    report = company.report(1, part("5"), part("-5"))
    company.sandbox.act("edit_report", report=report, line_changes=line, changes=header, keep_totals=True)
    load, run = company.plan(validate=True)
    assert company.open_items() == {report: state}
    assert reconciled(company, load, run) == [("100", "employee", state, Decimal(0), 1)]
