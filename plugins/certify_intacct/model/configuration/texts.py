"""Section ``posting.texts``: what people read in Intacct. Identity, numbers and codes are no texts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from certify_intacct.model import templates
from certify_intacct.model.configuration.section import Section
from certify_intacct.model.dimensions import GLD_NUMBERS

#: Of the report.
REPORT_FIELDS = frozenset(
    {
        "approval_code", "report_name", "report_description", "employee_name", "employee_id", "submitted_date", "processed_date",
        "report_end_date", *(f"employee_gld_{number}" for number in GLD_NUMBERS),
    }
)  # fmt: skip
#: Of each expense, beside those of its report.
LINE_FIELDS = REPORT_FIELDS | {
    "expense_date", "category", "merchant", "reason", "place", "department", "amount", "currency", "card", "card_last",
    "department_code", "gl_code", "billable", *(f"report_gld_{number}" for number in GLD_NUMBERS),
}  # fmt: skip
#: Of each invoice, beside those of a line.
INVOICE_FIELDS = LINE_FIELDS | {"invoice_number", "due_date", "po_number", "po_name", "image_link"}
#: The keys of templates of a line, and of a document.
Memo = Literal["memo", "cardholder_memo", "invoice_memo"]
Description = Literal["description", "invoice_description"]
_FIRST = "{approval_code}"


def _begins_with_the_code(value: str) -> str:
    if not value.startswith(_FIRST):
        raise ValueError(f"it begins with {_FIRST}: by that people find a document, and a text is cut at its end")
    return value


def _description(value: str) -> str:
    return templates.check(_begins_with_the_code(value), REPORT_FIELDS)


def _of_invoice(value: str) -> str:
    return templates.check(value, INVOICE_FIELDS)


def _memo(value: str) -> str:
    return templates.check(value, LINE_FIELDS)


class Texts(Section):
    """Templates; what is too long for Intacct is cut at its end.

    :param description: of a document, and the title of a journal
    :param memo: of each line
    :param cardholder_memo: of each line of a card vendor bill: by date, merchant and cardholder a statement is ticked off
    :param invoice_description: of the document of an invoice, and ``invoice_memo`` of its lines
    """

    description: Annotated[str, AfterValidator(_description)] = "{approval_code} {report_name} {employee_name}"
    memo: Annotated[str, AfterValidator(_memo)] = "{expense_date} {category} {merchant}[: {reason}]"
    cardholder_memo: Annotated[str, AfterValidator(_memo)] = (
        "{expense_date} {merchant} [({employee_name})] {category}[: {reason}]"
    )

    invoice_description: Annotated[str, AfterValidator(_begins_with_the_code), AfterValidator(_of_invoice)] = (
        "{approval_code} {invoice_number}[ PO {po_number}] {merchant}: {report_name}"
    )
    invoice_memo: Annotated[str, AfterValidator(_of_invoice)] = "{category}[: {reason}]"

    def of(self, which: Memo | Description) -> str:
        """A template by its key."""
        found: str = getattr(self, which)
        return found
