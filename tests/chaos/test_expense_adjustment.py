"""The judge's kind of expense adjustment: one for the part below zero, never lines of both signs, read whichever way it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.chaos.books import Books
from include.chaos.kinds import EMPLOYEE, kind_of_number
from tests.chaos.test_expense_report import IN_EUROS, books, company
from tests.chaos.test_oracle_adjustments import refund
from tests.sandbox.gateway_client import GatewayClient
from tests.sandbox_fixture import RunningSandbox

__all__ = ["company"]
KIND = kind_of_number("X")
LINE = (
    "<expenseadjustment><glaccountno>6220</glaccountno><amount>{amount}</amount>{spent}<locationid>100</locationid><departmentid>30"
    "</departmentid></expenseadjustment>"
)
SENT = (
    "<create_expenseadjustmentreport><employeeid>E1</employeeid><datecreated><year>2026</year><month>3</month><day>10</day></datecreated>"
    "<adjustmentno>CAAAAAAAAAA-1-001X</adjustmentno><currency>USD</currency><expenseadjustments>{}</expenseadjustments>"
    "</create_expenseadjustmentreport>"
)


def adjusting() -> Books:
    """The company of the expense reports' tests, which has credits of employees adjusted."""
    plain = books()
    return Books(plain.lists, replace(plain.choices, credits={EMPLOYEE: KIND}))


def sent(company: RunningSandbox, amount: str, spent: str = "") -> dict[str, Any]:
    """The record of the adjustment that Intacct made of a line."""
    answer = GatewayClient(company.url).send(SENT.format(LINE.format(amount=amount, spent=spent)))
    assert answer.text("operation/result/status") == "success", answer.http.text
    (record,) = company.state("intacct", KIND.object)
    return record


def test_what_is_below_zero_is_an_adjustment_and_what_is_not_a_report():
    found = adjusting().expected(refund("-10"))
    assert [(one.object, one.payee, one.day, str(one.total)) for one in found.postings] == [
        ("EXPENSEADJUSTMENTS", "E1", "2026-03-10", "-10")
    ]
    assert [one.object for one in adjusting().expected(refund("10")).postings] == ["EEXPENSES"]
    assert adjusting().expected(refund("-10", "3")).hold == "lines of both signs"
    assert books().expected(refund("-10")).hold == "negative document"


@pytest.mark.parametrize("amounts", ["reimbursement_base", "spent_base", "spent_reimbursement"])
@pytest.mark.parametrize("shown", ["as_entered", "owed"])
@pytest.mark.parametrize("spent", ["", IN_EUROS.replace("92", "-9")], ids=["in dollars", "in euros"])
def test_it_reads_what_was_expected_whatever_the_fields_show(company, shown, amounts, spent):
    company.settings(expense_adjustment_amounts=shown, expense_line_amounts=amounts)
    record = sent(company, "-10", spent)
    (expected,) = adjusting().expected(refund("-10")).postings
    assert KIND.read(record) == expected
    company.act("edit_document", object=KIND.object, record=record["RECORDNO"], amount="-9.00")
    (record,) = company.state("intacct", KIND.object)
    assert KIND.read(record) != expected


def test_it_sees_another_sign(company):
    assert KIND.read(sent(company, "10")) != adjusting().expected(refund("-10")).postings[0]
