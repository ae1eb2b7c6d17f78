"""The texts that a person reads in Intacct: description and memo. Only they are ever cut."""

from __future__ import annotations

import unicodedata

from certify_intacct.model.reports import ExpenseLine, ExpenseReport

_NOT_XML = "\ufffe\uffff"


def readable(text: str, longest: int) -> str:
    """The text on one line, without characters that XML cannot carry, cut with an ellipsis when it is longer than ``longest``."""
    kept = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs") or character in _NOT_XML else character
        for character in text
    )
    kept = " ".join(kept.split())
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def description(report: ExpenseReport, longest: int) -> str:
    """Approval code first: it is what an accountant searches for; then the report's name and the employee."""
    return readable(
        " ".join(part for part in (report.approval_code, report.name, report.employee_name) if part), longest
    )


def memo(line: ExpenseLine, longest: int) -> str:
    """Date, category, merchant and reason of a line."""
    day = line.expense_date.isoformat() if line.expense_date else ""
    head = " ".join(part for part in (day, line.category, line.vendor) if part)
    return readable(f"{head}: {line.reason}" if line.reason else head, longest)
