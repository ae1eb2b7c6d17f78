"""Expense adjustments: what lowers what an employee gets whose part of a report is below zero (docs/posting-rules.md, rule 16).

Intacct XML gateway reference, Time & Expenses > Employee expense adjustments: the call has no word for what lowers and what raises, so
the sign of the amounts says it. Which one lowers is the company's (`include.chaos.varieties`); here it is below zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from include.chaos.kinds.base import Member
from include.chaos.kinds.expense_report import ExpenseReport
from include.chaos.lists import Lists
from include.chaos.postings import Record


class ExpenseAdjustment(ExpenseReport):
    """For the employee, and of the day, of which the expense report would be."""

    target = "expense_adjustment"
    lowers = ExpenseReport.target
    first = "first_credit"
    settings: ClassVar[Mapping[str, Any]] = {"employee_paid": "adjustment"}
    sign, shows = "expense_adjustment_sign", "expense_adjustment_amounts"
    object = "EXPENSEADJUSTMENTS"
    lines = "EXPENSEADJUSTMENTSITEMS"
    letter = "X"
    tag = "adjustmentno"
    states_spent = False
    memo = "ENTRYDESCRIPTION"
    function = "create_expenseadjustmentreport"

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """As of the expense report, and never lines of both signs."""
        both = any(amount > 0 for _, amount in members)
        return "lines of both signs" if both else super().hold(report, members, lists, day)
