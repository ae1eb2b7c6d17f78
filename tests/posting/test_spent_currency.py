"""What was spent in another currency, on the lines of expense reports: the amount is Certify's to the cent, or posting stops."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import Company, report_id
from tests.posting.test_expense_reports import ANA, IN_EXPENSES, act, number, only, reports

ON = {"spent": {"on_lines": True}}
EUROS = {"Amount": "99", "ReimAmount": "99", "SubmittedAmount": "90", "SubmittedCurrency": "EUR"}
YEN = {"Amount": "100.75", "ReimAmount": "100.75", "SubmittedAmount": "15500", "SubmittedCurrency": "JPY"}
#: More decimals than are surely kept.
FINE = {"Amount": "100.10", "ReimAmount": "100.10", "SubmittedAmount": "15500", "SubmittedCurrency": "JPY"}

EACH_WAY = pytest.mark.parametrize("shown", ["reimbursement_base", "spent_base", "spent_reimbursement"])
EACH_AMOUNT = pytest.mark.parametrize("amount", ["required", "optional", "recomputed", "checked"])


@pytest.fixture
def books(company) -> Company:
    """The small company, whose expense reports state what was spent."""
    company.sandbox.load("intacct", "EMPLOYEE", [ANA])
    rates = {**company.sandbox.settings()["exchange_rates"], "JPY": "0.0066", "EUR": "1.08"}
    company.sandbox.settings(expense_approval=False, exchange_rates=rates)
    company.configure(employee_paid=IN_EXPENSES, currencies=ON)
    return company


def lines(company: Company) -> list[tuple[str, ...]]:
    """Of each line what was spent, by which rate, and what is paid back."""
    return [
        (line["ORG_CURRENCY"], f"{Decimal(line['ORG_AMOUNT']):f}", line["ORG_EXCHRATE"], line["AMOUNT"])
        for line in only(company)["EEXPENSESITEMS"]
    ]


@EACH_WAY
@EACH_AMOUNT
def test_the_amount_is_certify_s_whatever_intacct_makes_of_it(books, shown, amount):
    books.sandbox.settings(
        expense_line_amounts=shown, expense_amount=amount, expense_rate_decimals=4, amount_format="two_decimals"
    )
    books.report(1, EUROS, YEN, ("20", "20"))
    assert books.sync() == {"applied": 1}
    assert lines(books) == [
        ("EUR", "90.00", "1.1", "99.00"), ("JPY", "15500.00", "0.0065", "100.75"), ("USD", "20.00", "1", "20.00"),
    ]  # fmt: skip
    assert Decimal(only(books)["TRX_TOTALENTERED"]) == Decimal("219.75")
    assert books.states() == {"in_gl": 1}
    books.reconcile()
    assert (books.states(), books.sync(), books.open_items()) == ({"in_gl": 1}, {}, {})


def test_as_shipped_nothing_is_stated(books):
    books.configure(employee_paid=IN_EXPENSES)
    books.report(1, EUROS)
    books.sync()
    (line,) = only(books)["EEXPENSESITEMS"]
    assert (line["ORG_CURRENCY"], line["DESCRIPTION2"].count("EUR")) == ("USD", 0)


def test_the_first_that_states_it_is_sent_alone_and_what_states_none_waits_for_none(books):
    for report in (1, 2, 3):
        books.report(report, EUROS)
    books.report(4, ("20", "20"))
    assert books.sync() == {"applied": 2, "held": 2}
    assert {item.rules for report in (2, 3) for item in books.waiting(report_id(report))} == {("first_spent_currency",)}
    assert books.sync() == {"applied": 2}
    assert books.states() == {"in_gl": 4}


def drifting(company: Company) -> None:
    """Intacct works amounts out anew and keeps fewer decimals of a rate than connector.yaml says."""
    company.sandbox.settings(expense_amount="recomputed", expense_rate_decimals=3)


def test_an_amount_that_intacct_worked_out_anew_stops_them_and_without_it_all_is_posted(books):
    drifting(books)
    for report in (1, 2):
        books.report(report, YEN)
    assert books.sync() == {"applied": 1, "held": 1}
    assert books.states() == {"altered": 1}
    books.report(3, EUROS)
    assert books.sync() == {"held": 2}
    (waiting,) = books.waiting(report_id(2))
    assert (waiting.rules, number(1) in waiting.reason) == (("first_spent_currency",), True)
    # What it says: reversed in Intacct; and nothing is stated any more.
    act(books, "reverse")
    books.configure(employee_paid=IN_EXPENSES)
    books.reconcile()
    assert books.sync() == {"applied": 2}
    books.decide(report_id(1))
    assert books.sync() == {"applied": 1}
    assert books.states() == {"reversed": 1, "in_gl": 3}
    assert {record["TRX_TOTALENTERED"] for name, (record,) in reports(books).items() if name != number(1)} == {
        "100.75", "99.00",
    }  # fmt: skip


def test_one_that_drifts_later_stops_them_too(books):
    books.report(1, EUROS)
    books.sync()
    drifting(books)
    books.report(2, YEN)
    assert books.sync() == {"applied": 1}
    assert books.states() == {"in_gl": 1, "altered": 1}
    books.report(3, EUROS)
    assert books.sync() == {"held": 1}
    # What it says: it stands as it was sent.
    act(books, "edit_document", 2, amount="100.75")
    books.reconcile()
    assert books.sync() == {"applied": 1}
    assert (books.states(), books.open_items()) == ({"in_gl": 3}, {})


def test_what_intacct_refuses_as_contradicting_waits_and_goes_out_without(books):
    books.sandbox.settings(expense_amount="checked", expense_rate_decimals=3)
    books.report(1, YEN)
    assert books.sync() == {"rejected": 1}
    books.configure(employee_paid=IN_EXPENSES)
    assert books.sync() == {"applied": 1}
    assert (books.states(), books.open_items()) == ({"in_gl": 1}, {})


def test_a_currency_that_intacct_does_not_know_goes_out_without(books):
    books.report(1, EUROS | {"SubmittedCurrency": "XAU"})
    assert books.sync() == {"rejected": 1}
    books.configure(employee_paid=IN_EXPENSES, currencies={"spent": {"on_lines": True, "only": ["EUR", "JPY"]}})
    assert books.sync() == {"applied": 1}
    (line,) = only(books)["EEXPENSESITEMS"]
    assert (line["ORG_CURRENCY"], line["DESCRIPTION2"].endswith("(90 XAU)")) == ("USD", True)


def test_a_rate_of_too_many_decimals_is_not_sent_and_the_memo_says_what_was_spent(books):
    books.report(1, FINE)
    assert books.sync() == {"applied": 1}
    (line,) = only(books)["EEXPENSESITEMS"]
    assert (line["ORG_CURRENCY"], line["DESCRIPTION2"].endswith("(15500 JPY)")) == ("USD", True)
    books.configure(employee_paid=IN_EXPENSES, currencies={"spent": {"on_lines": True, "rate_decimals": 7}})
    books.report(2, FINE)
    assert books.sync() == {"applied": 1}
    ((record,),) = [reports(books)[number(2)]]
    assert record["EEXPENSESITEMS"][0]["ORG_CURRENCY"] == "JPY"


@EACH_WAY
def test_a_restored_database_adopts_what_was_posted_since(books, shown):
    books.sandbox.settings(expense_line_amounts=shown)
    books.report(1, EUROS, ("20", "20"))
    books.sync()
    books.forget_everything_but_the_deployment()
    assert books.sync() == {"already": 1}
    assert books.states() == {"in_gl": 1}
    books.reconcile()
    assert (books.states(), len(reports(books))) == ({"in_gl": 1}, 1)


@EACH_WAY
@pytest.mark.parametrize("change", [{"amount": "98"}, {"line_changes": {"ORG_AMOUNT": "80"}}])
def test_a_change_of_either_amount_is_noticed(books, shown, change):
    books.sandbox.settings(expense_line_amounts=shown)
    books.report(1, EUROS)
    books.sync()
    assert books.states() == {"in_gl": 1}
    act(books, "edit_document", **change)
    books.reconcile()
    assert books.states() == {"altered": 1}


def test_what_intacct_does_not_show_is_not_missed(books):
    books.sandbox.settings(hidden_fields={"EEXPENSESITEM": ["ORG_AMOUNT", "ORG_CURRENCY"]})
    books.report(1, EUROS)
    assert books.sync() == {"applied": 1}
    books.reconcile()
    assert books.states() == {"in_gl": 1}


@pytest.mark.parametrize("kind", ["drop_after_commit", "drop_before", "truncate_body"])
def test_a_fault_while_posting(books, kind):
    books.replays_are_refused()
    books.report(1, EUROS)
    books.sync()
    books.report(2, YEN)
    books.sandbox.fault(side="intacct", match="create_expensereport", kind=kind, times=1)
    for _ in range(6):
        with contextlib.suppress(ConnectorError):
            books.sync()
    assert (books.states(), len(reports(books)), books.open_items()) == ({"in_gl": 2}, 2, {})


def test_both_sides_are_reconciled(books):
    books.report(1, EUROS, YEN)
    load, run = books.plan()
    books.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    rows: list[dict[str, Any]] = books.sql(
        "SELECT kind, currency, bucket, amount FROM ops.reconciliation WHERE load_id = %s AND amount <> 0", load
    )
    assert ("expense_report", "USD", "in_gl", Decimal("199.75")) in [tuple(row.values()) for row in rows]
    assert books.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load) == []
