"""Expense reports and their lines as Certify states them, with every amount a Decimal; invoice reports and their invoices likewise.

Names follow the Certify REST API (resources ``expensereports`` and ``expenses``). An empty text is a text that Certify left
empty; None means that a date or an amount is absent.

An invoice report of Certify's AP automation (``invoicereports``) is a report too, all of it paid by the company, and its invoices
(``invoices``) are its lines: each has one category and one amount, so an invoice of several lines is several records with one number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from certify_intacct.model.charges import charge_id
from certify_intacct.model.currencies import money

ZERO = Decimal(0)
#: What IDs of invoice reports and invoices begin with here: as Certify gives them they could be those of expense reports.
INVOICES = "invoice-"


def of_invoices(report_id: str) -> bool:
    """Whether a report is one of invoices."""
    return report_id.startswith(INVOICES)


@dataclass(frozen=True, kw_only=True)
class ExpenseReport:
    """The header of a report.

    :param id: Certify's GUID of the report, the root of every document's identity
    :param end_date: EndDate: the last day that it is about
    :param employee_gld_codes: code of each Employee GLD by its number (1 to 5)
    """

    id: str
    employee_id: str
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    description: str = ""
    currency: str = ""
    total_amount: Decimal | None = None
    reim_amount: Decimal | None = None
    non_reim_amount: Decimal | None = None
    submitted_date: date | None = None
    end_date: date | None = None
    reimbursed_date: date | None = None
    processed: bool = False
    processed_date: date | None = None
    approval_code: str = ""
    initial_approver_email: str = ""
    status: str = ""
    reimbursed: bool = False
    reimbursement_transaction_id: str = ""
    employee_gld_codes: Mapping[int, str] = field(default_factory=dict)

    @property
    def employee_name(self) -> str:
        """First and last name; empty where Certify states neither."""
        return " ".join(part for part in (self.first_name.strip(), self.last_name.strip()) if part)

    @property
    def label(self) -> str:
        """How a person finds the report in Certify."""
        code = f"approval code {self.approval_code}" if self.approval_code else f"report {self.id}"
        who = f" ({self.employee_name})" if self.employee_name else ""
        return f"{code}{who}{', invoices' if of_invoices(self.id) else ''}"


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What an invoice says beside what an expense does.

    :param number: InvoiceNumber, the supplier's own
    :param vendor_code: VendorCode, and ``vendor_id`` VendorID; which of them names the vendor of Intacct, the company says
    :param image_link: InvoiceImageLink
    """

    number: str = ""
    vendor_code: str = ""
    vendor_id: str = ""
    due_date: date | None = None
    po_number: str = ""
    po_name: str = ""
    image_link: str = ""


@dataclass(frozen=True, kw_only=True)
class ExpenseLine:
    """One expense of a report, or one invoice: its day is ``expense_date``, and who sent it ``vendor``.

    :param report_gld_codes: code of each Expense Report GLD by its number (1 to 5)
    :param submitted_amount: what was spent, in ``submitted_currency``, whatever it is paid back in
    :param card_name: PaymentCardName
    :param card_last: CCLast, the last digits of the card
    :param card_transaction_id: CCTransactionID; the itemised lines of one charge share it
    :param invoice: of a line of an invoice report; None of an expense
    """

    id: str
    report_id: str
    employee_id: str = ""
    email: str = ""
    department_code: str = ""
    department_name: str = ""
    category: str = ""
    category_gl_code: str = ""
    amount: Decimal | None = None
    reim_amount: Decimal | None = None
    reimbursable: bool = False
    currency: str = ""
    submitted_amount: Decimal | None = None
    submitted_currency: str = ""
    converted_amount: Decimal | None = None
    converted_reim_amount: Decimal | None = None
    converted_currency: str = ""
    expense_date: date | None = None
    posting_date: date | None = None
    vendor: str = ""
    location: str = ""
    reason: str = ""
    billable: bool = False
    vat_amount: Decimal = ZERO
    hst_amount: Decimal = ZERO
    pst_amount: Decimal = ZERO
    report_gld_codes: Mapping[int, str] = field(default_factory=dict)
    card_name: str = ""
    card_last: str = ""
    card_transaction_id: str = ""
    status: str = ""
    invoice: Invoice | None = None

    @property
    def charge_id(self) -> str:
        """The ID of its card charge; empty when Certify states none, or a zero in its place."""
        return charge_id(self.card_transaction_id)

    @property
    def disapproved(self) -> bool:
        """True when an approver took the line out of the report; such a line is no part of the report's totals."""
        return self.status.strip().casefold() == "disapproved"

    @property
    def label(self) -> str:
        day = f"{self.expense_date} " if self.expense_date else ""
        return f"{day}{self.category or 'no category'} {money(self.amount, self.currency)}".strip()
