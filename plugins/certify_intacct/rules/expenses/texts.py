"""The texts that a person reads in Intacct: description and memo. Only they are ever cut."""

from __future__ import annotations

from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.rules.texts import readable


def description(report: ExpenseReport, longest: int) -> str:
    """Approval code first: it is what an accountant searches for; then the report's name and the employee."""
    return readable(
        " ".join(part for part in (report.approval_code, report.name, report.employee_name) if part), longest
    )


def memo(line: ExpenseLine, longest: int, cardholder: str = "") -> str:
    """Date, category, merchant and reason of a line.

    :param cardholder: stands with the merchant right after the date: by these a card's statement is ticked off, so they are cut last
    """
    day = line.expense_date.isoformat() if line.expense_date else ""
    parts = (day, line.vendor, f"({cardholder})", line.category) if cardholder else (day, line.category, line.vendor)
    head = " ".join(part for part in parts if part)
    return readable(f"{head}: {line.reason}" if line.reason else head, longest)
