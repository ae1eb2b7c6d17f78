"""Lists that are looked up by a code. They share one table and one view of verdicts, so that another list needs no SQL.

Field names: Intacct objects of the names in ``source``; Certify REST API, resource ``expensecategories`` and the lists of dimensions.
"""

from __future__ import annotations

from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.staging.streams.stream import REFERENCE, Column, Stream

VERDICTS = "reference_verdicts"


def intacct_list(
    name: str, source: str, *columns: Column, within: tuple[str, ...] = (), key: str = "RECORDNO"
) -> Stream:
    """A list of Intacct: its records by RECORDNO, or what tells them apart in its place, with what is read besides."""
    return Stream(
        name=name,
        service="intacct",
        source=source,
        table=REFERENCE,
        kind="state",
        columns=(Column("key", key, "integer", key=True), *columns),
        within=within,
        verdicts=VERDICTS,
    )


def certify_list(name: str, source: str, *columns: Column) -> Stream:
    """A list of Certify: its rows by ID, with name, code and whether they are active unless other columns are given."""
    own = (Column("name", "Name"), Column("code", "Code"), Column("status", "Active", "activity"))
    return Stream(
        name=name,
        service="certify",
        source=source,
        table=REFERENCE,
        kind="state",
        columns=(Column("key", "ID", "id", key=True), *(columns or own)),
        verdicts=VERDICTS,
    )


# REST calls both disallowDirectPosting. Of accounts the vendor's own view of data says which field that is; of journals nobody does.
_DISALLOW = "Disallow direct posting"

INTACCT_VENDORS = intacct_list(
    "intacct_vendors",
    "VENDOR",
    Column("code", "VENDORID"),
    Column("name", "NAME"),
    Column("status", "STATUS"),
    Column("contact_name", "DISPLAYCONTACT.PRINTAS"),
    Column("email", "DISPLAYCONTACT.EMAIL1"),
    Column("vendor_type", "VENDTYPE"),
    Column("on_hold", "ONHOLD", "boolean"),
    Column("term_name", "TERMNAME"),
    Column("entity_id", "MEGAENTITYID"),
    Column("restriction", "OBJECTRESTRICTION", label="Restriction type"),
    Column("restricted_locations", "RESTRICTEDLOCATIONS", label="Restricted locations"),
    Column("one_time", "ONETIME", label="One-time use"),
)

INTACCT_LOCATIONS = intacct_list(
    "intacct_locations",
    "LOCATION",
    Column("code", "LOCATIONID", "code"),
    Column("name", "NAME"),
    Column("status", "STATUS"),
    Column("entity_id", "ENTITY"),
)

INTACCT_GL_ACCOUNTS = intacct_list(
    "intacct_gl_accounts",
    "GLACCOUNT",
    Column("code", "ACCOUNTNO"),
    Column("name", "TITLE"),
    Column("status", "STATUS"),
    *(Column(row.requires.lower(), row.requires, "boolean") for row in DIMENSIONS if row.always),
    *(
        Column(row.requires.lower(), row.requires, label=f"Require {row.noun}")
        for row in DIMENSIONS
        if row.requires and not row.always
    ),
    Column("direct_posting_off", "SUBLEDGERCONTROLON", label=_DISALLOW),
)

# For GL journals alone.
INTACCT_JOURNALS = intacct_list(
    "intacct_journals",
    "GLJOURNAL",
    Column("code", "SYMBOL"),
    Column("name", "TITLE"),
    Column("status", "STATUS"),
    Column("direct_posting_off", "DISALLOWDIRECTPOSTING", label=_DISALLOW),
)

INTACCT_AP_ACCOUNT_LABELS = intacct_list(
    "intacct_ap_account_labels",
    "APACCOUNTLABEL",
    Column("code", "ACCOUNTLABEL"),
    Column("status", "STATUS"),
    Column("account_no", "GLACCOUNTNO"),
)

INTACCT_CARDS = intacct_list(
    "intacct_cards",
    "CREDITCARD",
    Column("code", "CARDID"),
    Column("status", "STATUS"),
    Column("entity_id", "MEGAENTITYID"),
    Column("expiration_month", "EXP_MONTH", label="Expiration month"),
    Column("expiration_year", "EXP_YEAR", label="Expiration year"),
)

INTACCT_TERMS = intacct_list(
    "intacct_terms",
    "APTERM",
    Column("code", "NAME"),
    Column("status", "STATUS"),
    Column("due_days", "DUEDATE", "integer"),
    Column("due_from", "DUEFROM"),
)

INTACCT_TAX_DETAILS = intacct_list(
    "intacct_tax_details",
    "TAXDETAIL",
    Column("code", "DETAILID"),
    Column("status", "STATUS"),
    Column("tax_solution", "TAXSOLUTIONID"),
)

# Of employees only what makes them payees; the organization's own stream has the rest.
INTACCT_PAYEE_EMPLOYEES = intacct_list(
    "intacct_payee_employees",
    "EMPLOYEE",
    Column("code", "EMPLOYEEID"),
    Column("name", "PERSONALINFO.PRINTAS"),
    Column("status", "STATUS"),
    Column("email", "PERSONALINFO.EMAIL1"),
    Column("start_date", "STARTDATE", "date"),
    Column("entity_id", "MEGAENTITYID"),
)

INTACCT_EXPENSE_TYPES = intacct_list(
    "intacct_expense_types",
    "EEACCOUNTLABEL",
    Column("code", "ACCOUNTLABEL"),
    Column("status", "STATUS"),
    Column("account_no", "GLACCOUNTNO"),
)

INTACCT_EXPENSE_PAYMENT_TYPES = intacct_list(
    "intacct_expense_payment_types",
    "EXPENSEPAYMENTTYPE",
    Column("code", "NAME"),
    Column("status", "STATUS"),
    Column("non_reimbursable", "NONREIMBURSABLE", "boolean"),
)


def intacct_told(name: str, *columns: Column) -> Stream:
    """A list that no object of Intacct holds as such: whatever tells it, in one form, with a key of its own."""
    return Stream(
        name=name,
        service="intacct",
        source="",
        table=REFERENCE,
        kind="state",
        columns=(Column("key", "KEY", key=True), Column("code", "KEY"), *columns),
        verdicts=VERDICTS,
    )


#: Through which day which books are closed (certify_intacct.intacct.closed_books).
INTACCT_CLOSED_BOOKS = intacct_told(
    "intacct_closed_books",
    Column("name", "PLACE"),
    Column("entity_id", "ENTITY"),
    Column("book", "BOOK"),
    Column("through", "THROUGH", "date"),
    Column("opened", "OPENED"),
    Column("source", "SOURCE"),
)

#: Of one record of Intacct the sides that it owns, each a row (certify_intacct.intacct.inter_entity).
INTACCT_INTER_ENTITY = intacct_told(
    "intacct_inter_entity",
    Column("entity_id", "SOURCE"),
    Column("towards", "TARGET"),
    Column("payable", "PAYABLE"),
    Column("receivable", "RECEIVABLE"),
)

#: What `getDimensionAutofillDetails` tells: CODE is the object of a dimension, PARENT that of one which it fills in on a line.
INTACCT_FILLED_DIMENSIONS = intacct_told(
    "intacct_filled_dimensions",
    Column("source", "CODE"),
    Column("parent", "PARENT"),
)

CERTIFY_CATEGORIES = certify_list(
    "certify_categories",
    "expensecategories",
    Column("code", "Name"),
    Column("status", "Active", "activity"),
    Column("gl_code", "GLCode"),
    Column("personal", "PersonalExpenses", "boolean"),
    Column("cash_advance", "CashAdvances", "boolean"),
)

STREAMS = (
    INTACCT_VENDORS,
    INTACCT_LOCATIONS,
    INTACCT_GL_ACCOUNTS,
    INTACCT_JOURNALS,
    INTACCT_AP_ACCOUNT_LABELS,
    INTACCT_CARDS,
    INTACCT_TERMS,
    INTACCT_TAX_DETAILS,
    INTACCT_PAYEE_EMPLOYEES,
    INTACCT_EXPENSE_TYPES,
    INTACCT_EXPENSE_PAYMENT_TYPES,
    INTACCT_CLOSED_BOOKS,
    INTACCT_INTER_ENTITY,
    INTACCT_FILLED_DIMENSIONS,
    CERTIFY_CATEGORIES,
)
