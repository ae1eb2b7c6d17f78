"""The events of ``expense_sync``: reports and their lines. Field names: Certify REST API, ``expensereports`` and ``expenses``.

Invoice reports and invoices come with them, under the same names (``certify_intacct.certify.reports``).
"""

from __future__ import annotations

from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.staging.streams.stream import Column, Stream

CERTIFY_EXPENSE_REPORTS = Stream(
    name="certify_expense_reports",
    service="certify",
    source="expensereports",
    table="certify_expense_report",
    kind="events",
    day_field="ProcessedDate",
    columns=(
        Column("id", "ID", "id", key=True),
        Column("employee_id", "EmployeeID"),
        Column("first_name", "FirstName"),
        Column("last_name", "LastName"),
        Column("name", "ExpenseReportName"),
        Column("description", "ExpenseReportDescription"),
        Column("currency", "Currency"),
        Column("total_amount", "TotalAmount", "numeric"),
        Column("reim_amount", "ReimAmount", "numeric"),
        Column("non_reim_amount", "NonReimAmount", "numeric"),
        Column("submitted_date", "SubmittedDate", "date"),
        Column("end_date", "EndDate", "date"),
        Column("processed", "Processed", "boolean"),
        Column("processed_date", "ProcessedDate", "date"),
        Column("approval_code", "ApprovalCode", "code"),
        Column("initial_approver_email", "InitialApproverEmail"),
        Column("status", "Status"),
        Column("reimbursed", "Reimbursed", "boolean"),
        Column("reimbursed_date", "ReimbursedDate", "date"),
        Column("reimbursement_transaction_id", "ReimbursementTransactionID"),
        *(Column(f"emp_gld{number}_code", f"EmpGLD{number}Code") for number in GLD_NUMBERS),
    ),
)

# What an invoice states and no expense does (Certify REST API, ``invoices``).
_OF_INVOICES = {
    "invoice_number": "InvoiceNumber", "vendor_code": "VendorCode", "vendor_id": "VendorID", "due_date": "DueDate",
    "po_number": "PONumber", "po_name": "POName", "image_link": "InvoiceImageLink",
}  # fmt: skip

CERTIFY_EXPENSES = Stream(
    name="certify_expenses",
    service="certify",
    source="expenses",
    table="certify_expense",
    kind="events",
    day_field="ProcessedDate",
    columns=(
        Column("id", "ID", "id", key=True),
        Column("report_id", "ExpenseReportID", "id"),
        Column("employee_id", "EmployeeID"),
        Column("email", "Email"),
        Column("department_code", "DepartmentCode"),
        Column("department_name", "DepartmentName"),
        Column("category", "ExpenseCategory"),
        Column("category_gl_code", "ExpenseCategoryGLCode"),
        Column("amount", "Amount", "numeric"),
        Column("reim_amount", "ReimAmount", "numeric"),
        Column("reimbursable", "Reimbursable", "boolean"),
        Column("currency", "Currency"),
        Column("submitted_amount", "SubmittedAmount", "numeric"),
        Column("submitted_currency", "SubmittedCurrency"),
        Column("converted_amount", "ConvertedAmount", "numeric"),
        Column("converted_reim_amount", "ConvertedReimAmount", "numeric"),
        Column("converted_currency", "ConvertedCurrency"),
        Column("expense_date", "ExpenseDate", "date"),
        Column("posting_date", "PostingDate", "date"),
        Column("processed_date", "ProcessedDate", "date"),
        Column("vendor", "Vendor"),
        Column("location", "Location"),
        Column("reason", "Reason"),
        Column("billable", "Billable", "boolean"),
        Column("vat_amount", "VATAmount", "numeric"),
        Column("hst_amount", "HSTAmount", "numeric"),
        Column("pst_amount", "PSTAmount", "numeric"),
        *(Column(f"report_gld{number}_code", f"ExpenseReportGLD{number}Code") for number in GLD_NUMBERS),
        Column("receipt_id", "ReceiptID"),
        Column("card_name", "PaymentCardName"),
        Column("card_last", "CCLast"),
        Column("card_transaction_id", "CCTransactionID"),
        Column("status", "Status"),
        *(Column(name, field, "date" if name == "due_date" else "text") for name, field in _OF_INVOICES.items()),
    ),
)

STREAMS = (CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES)
