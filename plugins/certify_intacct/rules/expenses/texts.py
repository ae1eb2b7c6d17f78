"""The texts that a person reads in Intacct: description and memo. Only they are ever cut."""

from __future__ import annotations

from datetime import date

from certify_intacct.model import templates
from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.reports import ExpenseLine, ExpenseReport, Invoice
from certify_intacct.rules.texts import readable


def memo(template: str, report: ExpenseReport, line: ExpenseLine, longest: int) -> str:
    """What the template says of a line."""
    return filled(template, report, line, longest)


def filled(template: str, report: ExpenseReport, line: ExpenseLine | None, longest: int) -> str:
    """What a template says of a report, and of one of its lines where it is about one."""
    return readable(templates.fill(template, _of_report(report) | (_of_line(line) if line else {})), longest)


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
        **{f"employee_gld_{number}": report.employee_gld_codes.get(number, "") for number in GLD_NUMBERS},
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
        "department_code": line.department_code,
        "gl_code": line.category_gl_code,
        "billable": str(line.billable).lower(),
        **{f"report_gld_{number}": line.report_gld_codes.get(number, "") for number in GLD_NUMBERS},
        **(_of_invoice(line.invoice) if line.invoice else {}),
    }


def _of_invoice(invoice: Invoice) -> dict[str, str]:
    """By the names that ``configuration.texts.INVOICE_FIELDS`` has beside those of a line."""
    return {
        "invoice_number": invoice.number,
        "due_date": _day(invoice.due_date),
        "po_number": invoice.po_number,
        "po_name": invoice.po_name,
        "image_link": invoice.image_link,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
