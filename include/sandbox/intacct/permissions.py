"""What a user may do: the setting `permissions_denied`, and the entities that a user sees (`user_entities`)."""

from __future__ import annotations

from typing import NoReturn

from include.sandbox.intacct.types import Failure, FunctionFailed, Session
from include.sandbox.settings import Settings

# One application until 2025 R2, two since: Time, of which nothing is here, and Expenses (setting `expenses_application`).
EXPENSES, ALONE = "Time & Expenses", "Expenses"

# Where the permissions of an object stand in the company: application and policy (Company > Users > User permissions).
POLICIES: dict[str, tuple[str, str]] = {
    "APACCOUNTLABEL": ("Accounts Payable", "Account Labels"),
    "APADJUSTMENT": ("Accounts Payable", "Adjustments"),
    "APBILL": ("Accounts Payable", "Bills"),
    "APTERM": ("Accounts Payable", "AP Terms"),
    "VENDOR": ("Accounts Payable", "Vendors"),
    "VENDTYPE": ("Accounts Payable", "Vendor Types"),
    "CUSTOMER": ("Accounts Receivable", "Customers"),
    "CCTRANSACTION": ("Cash Management", "Credit Card Transactions"),
    "CREDITCARD": ("Cash Management", "Credit Cards"),
    "AUDITHISTORY": ("Company", "Audit Trail"),
    "CONTACT": ("Company", "Contacts"),
    "CLASS": ("Company", "Classes"),
    "DEPARTMENT": ("Company", "Departments"),
    "EMPLOYEE": ("Company", "Employees"),
    "LOCATION": ("Company", "Locations"),
    "LOCATIONENTITY": ("Company", "Entities"),
    "SUPDOC": ("Company", "Attachments"),
    "SUPDOCFOLDER": ("Company", "Attachment Folders"),
    "USERINFO": ("Administration", "Users"),
    "EEACCOUNTLABEL": (EXPENSES, "Expense Types"),
    "EEXPENSES": (EXPENSES, "Expense Reports"),
    "EXPENSEADJUSTMENTS": (EXPENSES, "Expense Adjustments"),
    "EXPENSEPAYMENTTYPE": (EXPENSES, "Expense Payment Types"),
    "GLACCOUNT": ("General Ledger", "Accounts"),
    "GLBATCH": ("General Ledger", "Journal Entries"),
    "GLJOURNAL": ("General Ledger", "Journals"),
    "REPORTINGPERIOD": ("General Ledger", "Reporting Periods"),
    "ITEM": ("Inventory Control", "Items"),
    "WAREHOUSE": ("Inventory Control", "Warehouses"),
    "CONTRACT": ("Contracts", "Contracts"),
    "PROJECT": ("Projects", "Projects"),
    "TASK": ("Projects", "Tasks"),
    "COSTTYPE": ("Projects", "Cost Types"),
    "TAXDETAIL": ("Taxes", "Tax Details"),
    "TAXSOLUTION": ("Taxes", "Tax Solutions"),
}


def application_of(settings: Settings, object_name: str) -> str:
    """The application under which the permissions of an object stand."""
    application = POLICIES[object_name][0]
    return ALONE if application == EXPENSES and settings.expenses_application == "two" else application


#: What `get_applications` calls the applications of every company.
CODES = {"Company": "CO", "Cash Management": "CM", "General Ledger": "GL", "Accounts Payable": "AP", EXPENSES: "EE"}


def subscribed(settings: Settings, object_name: str) -> bool:
    """Whether the company has the application of an object; one that stands in none is there in any case."""
    return POLICIES.get(object_name, ("",))[0] not in settings.unsubscribed_applications


def permitted(settings: Settings, session: Session, operation: str, object_name: str) -> bool:
    """Whether the user may carry out READ_BY_QUERY, READ, CREATE, UPDATE or DELETE on an object."""
    if not subscribed(settings, object_name.upper()):
        return False
    for user in (session.user, "*"):
        by_object = settings.permissions_denied.get(user, {})
        for name, operations in by_object.items():
            if name.upper() in (object_name.upper(), "*") and {"*", operation} & set(operations):
                return False
    return True


def require(settings: Settings, session: Session, operation: str, object_name: str) -> None:
    """Raise FunctionFailed with PL04000005 when the user may not do this. Checked before any data access."""
    if not permitted(settings, session, operation, object_name):
        refuse(operation, object_name)


def refuse(operation: str, object_name: str) -> NoReturn:
    """Raise FunctionFailed with PL04000005."""
    text = f"You do not have permission for API operation {operation} on objects of type {object_name.lower()}"
    raise FunctionFailed(Failure("PL04000005", text, support_id=True))


def not_performed(operation: str, object_name: str) -> NoReturn:
    """Raise FunctionFailed with PL04000005, in other words that a public client met; how they begin is inferred."""
    text = f"API operation {operation} cannot be performed on objects of type {object_name.lower()}"
    raise FunctionFailed(Failure("PL04000005", text, support_id=True))


def entities(settings: Settings, session: Session) -> list[str] | None:
    """The entities that the user may see, or None for all."""
    return settings.user_entities.get(session.user)
