"""The texts that a person reads in Intacct: description and memo. Only they are ever cut."""

from __future__ import annotations

import unicodedata

from certify_intacct.model.reports import ExpenseLine, ExpenseReport

_NOT_XML = "\ufffe\uffff"
# Embeddings, overrides and isolates: they turn what follows, beyond the end of their own text too.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def readable(text: str, longest: int) -> str:
    """The text on one line, without characters that XML cannot carry or that turn the direction of writing.

    It is cut with an ellipsis when it is longer than ``longest``.
    """
    kept = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs") or character in _NOT_XML else character
        for character in text
        if character not in _TURNS
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
