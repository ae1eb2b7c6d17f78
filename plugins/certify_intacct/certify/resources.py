"""What Certify's answers hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ARRAY_KEYS: dict[str, str] = {
    "users": "Users",
    "departments": "Departments",
    "exprptglds": "ExpRptGLDs",
    "empglds": "EmpGLDs",
    "expensereports": "ExpenseReports",
    "expenses": "Expenses",
    "expensecategories": "ExpenseCategories",
    "receipts": "Receipts",
    "invoicereports": "InvoiceReports",
    "invoices": "Invoices",
    "mileagerates": "MileageRates",
    "mileageratedetails": "MileageRateDetails",
    "cpdlists": "CPDLists",
}
"""The name of the array in each resource's answer (Certify API reference, resources)."""

MISSPELT = {"SedondApproverID": "SecondApproverID", "accountantID": "AccountantID"}
"""Names under which one client reads fields of a user that another one writes: whose slip that is, nobody says."""


@dataclass(frozen=True)
class ResourcePage:
    """Some of a resource's records.

    :param records: as Certify sent them; numbers are int or Decimal.
    :param record_count: how many there are in all.
    :param page: counted from 1.
    :param page_count: how many pages there are.
    """

    records: list[dict[str, Any]]
    record_count: int
    page: int
    page_count: int


@dataclass(frozen=True)
class UpdateStatus:
    """What became of one record of an update.

    :param id: the record's ID, as it was sent.
    :param status: "Updated" or "Error", in Certify's words.
    :param message: why not.
    """

    id: str
    status: str
    message: str

    @property
    def succeeded(self) -> bool:
        """Whether the record was updated."""
        return self.status.casefold() == "updated"


def array_key(resource: str) -> str:
    """Return the name of the array in the answers of a resource such as "empglds/1" or "expensereports/<id>/expenses"."""
    parts = resource.strip("/").split("/")
    for part in reversed(parts):
        if part.casefold() in ARRAY_KEYS:
            return ARRAY_KEYS[part.casefold()]
    return parts[-1]
