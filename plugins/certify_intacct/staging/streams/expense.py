"""The streams of ``expense_sync``: reports and lines of Certify, and what a plan looks up on both sides.

Field names: Certify REST API, resources ``expensereports``, ``expenses`` and ``expensecategories``; Intacct objects of the same names
as ``source``.
"""

from __future__ import annotations

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
        Column("processed", "Processed", "boolean"),
        Column("processed_date", "ProcessedDate", "date"),
        Column("approval_code", "ApprovalCode", "code"),
        Column("initial_approver_email", "InitialApproverEmail"),
        Column("status", "Status"),
        Column("reimbursed", "Reimbursed", "boolean"),
        Column("reimbursement_transaction_id", "ReimbursementTransactionID"),
        *(Column(f"emp_gld{number}_code", f"EmpGLD{number}Code") for number in range(1, 6)),
    ),
)

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
        *(Column(f"report_gld{number}_code", f"ExpenseReportGLD{number}Code") for number in range(1, 6)),
        Column("receipt_id", "ReceiptID"),
        Column("card_name", "PaymentCardName"),
        Column("card_last", "CCLast"),
        Column("card_transaction_id", "CCTransactionID"),
        Column("status", "Status"),
    ),
)

CERTIFY_CATEGORIES = Stream(
    name="certify_categories",
    service="certify",
    source="expensecategories",
    table="certify_category",
    kind="state",
    columns=(
        Column("id", "ID", "id", key=True),
        Column("name", "Name"),
        Column("gl_code", "GLCode"),
        Column("personal", "PersonalExpenses", "boolean"),
        Column("cash_advance", "CashAdvances", "boolean"),
        Column("active", "Active", "boolean"),
    ),
)

INTACCT_VENDORS = Stream(
    name="intacct_vendors",
    service="intacct",
    source="VENDOR",
    table="intacct_vendor",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("vendor_id", "VENDORID"),
        Column("name", "NAME"),
        Column("contact_name", "DISPLAYCONTACT.PRINTAS"),
        Column("email", "DISPLAYCONTACT.EMAIL1"),
        Column("vendor_type", "VENDTYPE"),
        Column("status", "STATUS"),
        Column("on_hold", "ONHOLD", "boolean"),
        Column("term_name", "TERMNAME"),
        Column("entity_id", "MEGAENTITYID"),
    ),
)

INTACCT_ENTITIES = Stream(
    name="intacct_entities",
    service="intacct",
    source="LOCATIONENTITY",
    table="intacct_entity",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("entity_id", "LOCATIONID", "code"),
        Column("name", "NAME"),
        Column("status", "STATUS"),
        Column("currency", "CURRENCY"),
    ),
)

_REQUIRED = ("DEPT", "LOC", "PROJECT", "TASK", "CUSTOMER", "VENDOR", "EMPLOYEE", "ITEM", "CLASS")

INTACCT_GL_ACCOUNTS = Stream(
    name="intacct_gl_accounts",
    service="intacct",
    source="GLACCOUNT",
    table="intacct_gl_account",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("account_no", "ACCOUNTNO"),
        Column("title", "TITLE"),
        Column("status", "STATUS"),
        *(Column(f"require_{name.lower()}", f"REQUIRE{name}", "boolean") for name in _REQUIRED),
    ),
)

INTACCT_AP_ACCOUNT_LABELS = Stream(
    name="intacct_ap_account_labels",
    service="intacct",
    source="APACCOUNTLABEL",
    table="intacct_ap_account_label",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("label", "ACCOUNTLABEL"),
        Column("account_no", "GLACCOUNTNO"),
        Column("status", "STATUS"),
    ),
)

INTACCT_CARDS = Stream(
    name="intacct_cards",
    service="intacct",
    source="CREDITCARD",
    table="intacct_card",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("card_id", "CARDID"),
        Column("status", "STATUS"),
        Column("entity_id", "MEGAENTITYID"),
    ),
)

INTACCT_TERMS = Stream(
    name="intacct_terms",
    service="intacct",
    source="APTERM",
    table="intacct_term",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("name", "NAME"),
        Column("status", "STATUS"),
        Column("due_days", "DUEDATE", "integer"),
        Column("due_from", "DUEFROM"),
    ),
)

INTACCT_TAX_DETAILS = Stream(
    name="intacct_tax_details",
    service="intacct",
    source="TAXDETAIL",
    table="intacct_tax_detail",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("detail_id", "DETAILID"),
        Column("tax_solution", "TAXSOLUTIONID"),
        Column("status", "STATUS"),
    ),
)

STREAMS = (
    CERTIFY_EXPENSE_REPORTS,
    CERTIFY_EXPENSES,
    CERTIFY_CATEGORIES,
    INTACCT_VENDORS,
    INTACCT_ENTITIES,
    INTACCT_GL_ACCOUNTS,
    INTACCT_AP_ACCOUNT_LABELS,
    INTACCT_CARDS,
    INTACCT_TERMS,
    INTACCT_TAX_DETAILS,
)
