"""Templates of what people read in Intacct, filled apart from the connector (include/connector.yaml, `posting.texts`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.chaos.postings import Record

# As shipped: posting.lengths.
LONGEST = 1000
# Marks that turn the direction of writing beyond the end of their text.
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_SHIPPED = {
    "description": "{approval_code} {report_name} {employee_name}",
    "memo": "{expense_date} {category} {merchant}[: {reason}]",
    "cardholder_memo": "{expense_date} {merchant} [({employee_name})] {category}[: {reason}]",
    "invoice_description": "{approval_code} {invoice_number}[ PO {po_number}] {merchant}: {report_name}",
    "invoice_memo": "{category}[: {reason}]",
}
_OF_REPORTS = {
    "approval_code": "ApprovalCode", "report_name": "ExpenseReportName", "employee_id": "EmployeeID",
    "submitted_date": "SubmittedDate", "processed_date": "ProcessedDate", "report_end_date": "EndDate",
}  # fmt: skip
_OF_LINES = {
    "expense_date": "ExpenseDate", "category": "ExpenseCategory", "merchant": "Vendor", "reason": "Reason", "place": "Location",
    "department": "DepartmentName", "amount": "Amount", "currency": "Currency", "card": "PaymentCardName", "card_last": "CCLast",
    "invoice_number": "InvoiceNumber", "po_number": "PONumber",
}  # fmt: skip


@dataclass(frozen=True)
class Variety:
    """The templates; what is not named is as shipped."""

    name: str
    templates: Mapping[str, str]

    @property
    def posting(self) -> dict[str, Any]:
        """What connector.yaml says under `posting`."""
        return {"texts": dict(self.templates)} if self.templates else {}

    def title(self, template: str, report: Record, line: Record, longest: int) -> str:
        """The text of a document, by the name of its template; of an invoice its lines have a say."""
        return self._filled(template, report, line, longest)

    def memo(self, template: str, report: Record, line: Record, ending: str = "") -> str:
        """The text of a line, by the name of its template; what it ends with is whole, and takes its room."""
        return self._filled(template, report, line, LONGEST - len(ending)) + ending

    def _filled(self, name: str, report: Record, line: Record, longest: int) -> str:
        template = {**_SHIPPED, **self.templates}[name]
        names = (str(report.get(part) or "").strip() for part in ("FirstName", "LastName"))
        values = {"employee_name": " ".join(filter(None, names))}
        values |= {field: _value(field, report.get(own)) for field, own in _OF_REPORTS.items()}
        values |= {field: _value(field, line.get(own)) for field, own in _OF_LINES.items() if line}
        kept = _BRACKETED.sub(lambda found: _optional(found[1], values), template)
        return _one_line(_FIELD.sub(lambda found: values[found[1]], kept), longest)


def _optional(text: str, values: Mapping[str, str]) -> str:
    """What stands in brackets; it goes when each of its fields is empty."""
    return text if any(values[name] for name in _FIELD.findall(text)) else ""


def _value(field: str, value: Any) -> str:
    text = "" if value is None else str(value)
    return text[:10] if field.endswith("_date") else text


def _one_line(text: str, longest: int) -> str:
    """Without what XML cannot carry or what turns the direction of writing, and cut where it is too long."""
    shown = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs") or sign in "\ufffe\uffff" else sign
        for sign in text
        if sign not in _TURNING
    )
    words = " ".join(shown.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


VARIETIES = (
    Variety("texts as shipped", {}),
    Variety(
        "texts with places and cards",
        {"description": "{approval_code} [{employee_id}: ]{report_name}",
         "memo": "{merchant}[ in {place}], {amount} {currency}[ by {card} {card_last}]",
         "cardholder_memo": "{expense_date} {employee_name}[ at {merchant}]"},
    ),
    Variety(
        "texts with days and departments",
        {"description": "{approval_code} {submitted_date} to {report_end_date}, {employee_name}",
         "memo": "{department}: {category}[ ({reason})] of {processed_date}"},
    ),
)  # fmt: skip
