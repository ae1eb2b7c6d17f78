"""The texts that a person reads in Intacct: description and memo. Only they are ever cut."""

from __future__ import annotations

from datetime import date

from certify_intacct.model import templates
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.rules.texts import readable


def description(template: str, report: ExpenseReport, longest: int) -> str:
    """Approval code first: it is what an accountant searches for; then whatever the template of the company has."""
    return readable(templates.fill(template, _of_report(report)), longest)


def memo(template: str, report: ExpenseReport, line: ExpenseLine, longest: int) -> str:
    """What the template says of a line."""
    return readable(templates.fill(template, _of_report(report) | _of_line(line)), longest)


def _of_report(report: ExpenseReport) -> dict[str, str]:
    """By the names of ``configuration.texts.REPORT_FIELDS``."""
    return {
        "approval_code": report.approval_code,
        "report_name": report.name,
        "report_description": report.description,
        "employee_name": report.employee_name,
        "employee_id": report.employee_id,
        "submitted_date": _day(report.submitted_date),
        "processed_date": _day(report.processed_date),
        "report_end_date": _day(report.end_date),
    }


def _of_line(line: ExpenseLine) -> dict[str, str]:
    """By the names of ``configuration.texts.LINE_FIELDS``; the amount is that which Certify states, whoever paid it."""
    return {
        "expense_date": _day(line.expense_date),
        "category": line.category,
        "merchant": line.vendor,
        "reason": line.reason,
        "place": line.location,
        "department": line.department_name,
        "amount": "" if line.amount is None else f"{line.amount:f}",
        "currency": line.currency,
        "card": line.card_name,
        "card_last": line.card_last,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
