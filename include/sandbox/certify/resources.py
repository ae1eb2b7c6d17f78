"""The resources of Certify's API: their names on the wire, fields, types, verbs and filters.

Field names and types follow the public clients of this API (github.com/panoramicdata/Certify.Api and
github.com/jfcote87/certify). A field whose name starts with an underscore is the sandbox's own and never leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Type(Enum):
    """How a field is written on the wire."""

    TEXT = "text"
    DATE = "a string YYYY-MM-DD, empty when unset"
    FLAG = "0 or 1: set-up objects"
    BOOL = "true or false: reports and expenses"
    INTEGER = "a whole number"
    AMOUNT = "kept as a decimal string, written as a JSON number with the same digits"
    GUID = "a string, empty when unset"

    @property
    def unset(self) -> str | int | bool:
        """What stands there when nobody said anything: an empty string is never null."""
        return _UNSET.get(self, "")


_UNSET: dict[Type, str | int | bool] = {Type.FLAG: 0, Type.BOOL: False, Type.INTEGER: 0, Type.AMOUNT: "0"}


@dataclass(frozen=True)
class Resource:
    """One resource. `filters` maps a query parameter to the field it is compared with; ranges are in `ranges`."""

    name: str
    key: str
    singular: str
    fields: Mapping[str, Type]
    verbs: tuple[str, ...] = ("GET",)
    filters: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    by_id: bool = True
    indexed: bool = False
    required: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()  # kept and filtered by, but not among what the service sends


def fields(**by_type: str) -> dict[str, Type]:
    """Fields grouped by type: fields(TEXT="Name Code", FLAG="Active"), in the order given."""
    return {name: Type[kind] for kind, names in by_type.items() for name in names.split()}


def numbered(pattern: str, kind: Type = Type.TEXT) -> dict[str, Type]:
    """The five fields that a pattern with a % stands for."""
    return {pattern.replace("%", str(number)): kind for number in range(1, 6)}


_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def canonical(identity: str) -> str:
    """A GUID as the service writes it, in lower case; any other text as it is."""
    return identity.lower() if _GUID.fullmatch(identity) else identity


ROLES = ("Accountants", "Employees", "Executives", "Guests", "Managers")

USERS = Resource(
    name="users",
    key="Users",
    singular="User",
    verbs=("GET", "PUT", "POST"),
    fields=fields(
        GUID="ID",
        TEXT="UserName FirstName LastName Email EmployeeID MobilePhone Role",
        FLAG="Treasurer FullAdministrator UserAdministrator",
    )
    | {"DepartmentID": Type.GUID}
    | numbered("EmpGLD%ID", Type.GUID)
    | {"Culture": Type.TEXT, "Language": Type.TEXT, "Currency": Type.TEXT, "LastModifiedDate": Type.DATE}
    | {"Active": Type.FLAG, "WelcomeEmailSent": Type.FLAG}
    | {"FirstApproverID": Type.GUID, "SecondApproverID": Type.GUID, "AccountantID": Type.GUID},
    filters={"username": "UserName", "active": "Active", "role": "Role"},
    required=("Email",),
    references={
        "DepartmentID": "departments",
        "FirstApproverID": "users",
        "SecondApproverID": "users",
        "AccountantID": "users",
    }
    | {f"EmpGLD{number}ID": "empglds" for number in range(1, 6)},
    choices={"Role": ROLES},
)

DEPARTMENTS = Resource(
    name="departments",
    key="Departments",
    singular="Department",
    verbs=("GET", "PUT", "POST"),
    fields=fields(
        GUID="ID",
        TEXT="Name Code Description Data",
        FLAG="Active ObtainSecondLevelApproval UseStrictFiltering HideDepartment HideBillable HideBillableDefaultValue"
        " HideReimbursable HideReimbursableDefaultValue",
        INTEGER="InitialPage",
        DATE="LastModifiedDate",
    ),
    filters={"name": "Name", "code": "Code", "active": "Active"},
    required=("Name",),
)


def gld(name: str, key: str, prefix: str) -> Resource:
    """A list of General Ledger Dimensions, of which there are five by index."""
    return Resource(
        name=name,
        key=key,
        singular=key.removesuffix("s"),
        verbs=("GET", "PUT", "POST"),
        fields={f"{prefix}Index": Type.INTEGER, f"{prefix}Label": Type.TEXT}
        | fields(GUID="ID", TEXT="Name Code Description Data", FLAG="Active"),
        filters={"name": "Name", "code": "Code", "active": "Active"},
        indexed=True,
        required=("Name",),
    )


EXPENSE_REPORT_GLDS = gld("exprptglds", "ExpRptGLDs", "ExpRptGLD")
EMPLOYEE_GLDS = gld("empglds", "EmpGLDs", "EmpGLD")

EXPENSE_CATEGORIES = Resource(
    name="expensecategories",
    key="ExpenseCategories",
    singular="ExpenseCategory",
    verbs=("GET", "PUT", "POST"),
    fields=fields(
        GUID="ID",
        TEXT="Name Description Data",
        INTEGER="ExpenseTypeID",
        AMOUNT="MaxAmount SpendLimitPerUser",
    )
    | fields(
        TEXT="MaxAmountCurrencyType SpendLimitPerUserCurrencyType SpendLimitPerUserTerm GLCode",
        GUID="FilterDepartmentID",
    )
    | {"PrepaidCode": Type.TEXT, "RequireReceiptOverride": Type.INTEGER, "RequireReceiptThresholdAmount": Type.AMOUNT}
    | fields(
        FLAG="DetailedMealAttendees PersonalExpenses RequireReason StrictFilteringException SupressBillable"
        " SupressBillableDefaultValue DeductCommuteUnits CashAdvances",
        INTEGER="DailyMealLimit",
    )
    | {"UseNPI": Type.FLAG, "RequireNPI": Type.FLAG}
    | fields(INTEGER="CPDBreakfast CPDLunch CPDDinner CPDIncidentals CPDLodging CPDReimbursementMethodID")
    | {"CPDListID": Type.GUID, "UseGSA": Type.FLAG}
    | fields(
        INTEGER="GSABreakfast GSALunch GSADinner GSAIncidentals GSALodging GSAReimbursementMethodID",
        FLAG="Active",
    ),
    filters={
        "name": "Name",
        "glcode": "GLCode",
        "expensetypeid": "ExpenseTypeID",
        "departmentfilterid": "FilterDepartmentID",
        "active": "Active",
    },
    required=("Name",),
)

EXPENSE_REPORTS = Resource(
    name="expensereports",
    key="ExpenseReports",
    singular="ExpenseReport",
    fields=fields(
        GUID="ID",
        TEXT="EmployeeDepartment FirstName LastName EmployeeID",
        AMOUNT="NonReimAmount ReimAmount TotalAmount",
    )
    | {"Currency": Type.TEXT, "SubmittedDate": Type.DATE, "InitialApprovalDate": Type.DATE, "Processed": Type.BOOL}
    | {"ProcessedDate": Type.DATE, "ApprovalCode": Type.TEXT, "InitialApproverEmail": Type.TEXT}
    | {"StartDate": Type.DATE, "EndDate": Type.DATE, "ExpenseReportName": Type.TEXT}
    | fields(TEXT="ExpenseReportDescription Status LastAction", BOOL="APSyncComplete Reimbursed")
    | {"ReimbursedDate": Type.DATE, "ReimbursementTransactionID": Type.TEXT}
    | {name: Type.TEXT for number in range(1, 6) for name in (f"EmpGLD{number}Name", f"EmpGLD{number}Code")},
    filters={"approvalcode": "ApprovalCode", "batchid": "_BatchID"},
    ranges={
        "startdate": ("ProcessedDate", ">="),
        "enddate": ("ProcessedDate", "<="),
        "reimbursedstartdate": ("ReimbursedDate", ">="),
        "reimbursedenddate": ("ReimbursedDate", "<="),
    },
)

EXPENSES = Resource(
    name="expenses",
    key="Expenses",
    singular="Expense",
    fields=fields(
        GUID="ID ExpenseReportID",
        TEXT="FirstName LastName Email EmployeeID DepartmentName DepartmentCode ExpenseType ExpenseCategory"
        " ExpenseCategoryGLCode",
        AMOUNT="Amount",
        BOOL="Billable Reimbursable",
    )
    | fields(AMOUNT="ReimAmount SubmittedAmount ConvertedAmount ConvertedReimAmount", TEXT="ConvertedCurrency")
    | fields(
        DATE="ExpenseDate PostingDate LodgingCheckInDate LodgingCheckOutDate RentalPickUpDate RentalDropOffDate",
        TEXT="MileageFrom MileageTo MileageUnits Vendor Location TravelFrom TravelTo",
    )
    | {"ProcessedDate": Type.DATE, "Processed": Type.BOOL}
    | fields(TEXT="Currency SubmittedCurrency Reason", AMOUNT="VATAmount HSTAmount PSTAmount")
    | {
        name: Type.TEXT
        for number in range(1, 6)
        for name in (f"ExpenseReportGLD{number}Label", f"ExpenseReportGLD{number}Name", f"ExpenseReportGLD{number}Code")
    }
    | {name: Type.TEXT for n in range(1, 6) for name in (f"ExpenseTextGLD{n}Label", f"ExpenseTextGLD{n}")}
    | fields(TEXT="ReceiptImageLink", GUID="ReceiptID")
    | {"PaymentCardName": Type.TEXT, "CCLast": Type.TEXT, "CCTransactionID": Type.TEXT}
    | fields(TEXT="ExpenseReportName Status LastAction"),
    filters={"batchid": "_BatchID"},
    ranges={"startdate": ("ProcessedDate", ">="), "enddate": ("ProcessedDate", "<=")},
)

RECEIPTS = Resource(
    name="receipts",
    key="Receipts",
    singular="Receipt",
    fields=fields(GUID="ID", TEXT="Filename", DATE="UploadDate") | {"ExpenseID": Type.GUID, "ReceiptImage": Type.TEXT},
    filters={"expid": "ExpenseID", "exprptid": "_ExpenseReportID", "batchid": "_BatchID"},
    ranges={"startdate": ("_ExpenseDate", ">="), "enddate": ("_ExpenseDate", "<=")},
)

INVOICE_REPORTS = Resource(
    name="invoicereports",
    key="InvoiceReports",
    singular="InvoiceReport",
    fields=fields(
        GUID="ID",
        TEXT="EmployeeDepartment FirstName LastName EmployeeID",
        AMOUNT="TotalAmount",
    )
    | {"Currency": Type.TEXT, "ProcessedDate": Type.DATE, "ApprovalCode": Type.TEXT}
    | fields(DATE="StartDate EndDate", TEXT="InvoiceReportName", BOOL="APSyncComplete Reimbursed")
    | {"ReimbursedDate": Type.DATE, "ReimbursementTransactionID": Type.TEXT, "Processed": Type.BOOL},
    hidden=("Processed",),
    filters={"approvalcode": "ApprovalCode"},
    ranges=EXPENSE_REPORTS.ranges,
)

INVOICES = Resource(
    name="invoices",
    key="Invoices",
    singular="Invoice",
    fields=fields(
        GUID="ID InvoiceReportID",
        TEXT="EmployeeDepartment FirstName LastName EmployeeEmail EmployeeID DepartmentName DepartmentCode Category"
        " CategoryGLCode",
    )
    | {name: Type.TEXT for n in (1, 2) for name in (f"InvoiceTextGLD{n}Label", f"InvoiceTextGLD{n}")}
    | fields(TEXT="InvoiceReportGLD1Label InvoiceReportGLD1Name InvoiceReportGLD1Code")
    | fields(AMOUNT="Amount", TEXT="Currency Reason", DATE="ProcessedDate", BOOL="Processed")
    | {"InvoiceDate": Type.DATE}
    | fields(
        TEXT="InvoiceReportName InvoiceNumber VendorName VendorID VendorCode VendorAddress1 VendorAddress2 VendorCity"
        " VendorStateProvince VendorPostalCode VendorContactName VendorCustomerAccountNumber VendorTaxpayerID"
        " Vendor1099",
        DATE="DueDate",
    )
    | fields(TEXT="PONumber POName InvoiceImageLink"),
    ranges={"startdate": ("ProcessedDate", ">="), "enddate": ("ProcessedDate", "<=")},
)

MILEAGE_RATES = Resource(
    name="mileagerates",
    key="MileageRates",
    singular="MileageRate",
    verbs=("GET", "PUT", "POST"),
    fields=fields(GUID="ID", TEXT="Name", INTEGER="FederalMileageRateType") | {"ExpenseCategoryID": Type.GUID},
    filters={"name": "Name"},
    by_id=False,
    required=("Name",),
    references={"ExpenseCategoryID": "expensecategories"},
)

MILEAGE_RATE_DETAILS = Resource(
    name="mileageratedetails",
    key="MileageRateDetails",
    singular="MileageRateDetail",
    verbs=("GET", "PUT"),
    fields=fields(GUID="ID MileageRateID", DATE="EffectiveDate", TEXT="MileageRateCurrency DistanceUnits")
    | {"PrimaryRate": Type.AMOUNT}
    | {  # QuaternnaryRate is spelt so by the service
        f"{word}{part}": kind
        for word in ("Secondary", "Tertiary", "Quaternnary")
        for part, kind in (("Rate", Type.AMOUNT), ("RateThreshold", Type.INTEGER))
    },
    ranges={"effectivedatestart": ("EffectiveDate", ">="), "effectivedateend": ("EffectiveDate", "<=")},
    by_id=False,
    required=("MileageRateID", "EffectiveDate"),
    references={"MileageRateID": "mileagerates"},
)

CPD_LISTS = Resource(
    name="cpdlists",
    key="CPDLists",
    singular="CPDList",
    fields=fields(GUID="ID", TEXT="Name Description Data", FLAG="Active"),
    filters={"name": "Name", "active": "Active"},
)

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        USERS,
        DEPARTMENTS,
        EXPENSE_REPORT_GLDS,
        EMPLOYEE_GLDS,
        EXPENSE_CATEGORIES,
        EXPENSE_REPORTS,
        EXPENSES,
        RECEIPTS,
        INVOICE_REPORTS,
        INVOICES,
        MILEAGE_RATES,
        MILEAGE_RATE_DETAILS,
        CPD_LISTS,
    )
}
