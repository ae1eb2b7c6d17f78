"""The people streams of ``organization_sync``: who exists in Intacct, and the users of Certify.

Field names: Intacct objects ``EMPLOYEE``, ``VENDOR``, ``USERINFO`` and ``AUDITHISTORY``; Certify REST API, resources ``users``,
``expensereports`` and ``expenses``. Which fields hold department, location, supervisor, role and the sync checkbox is
configured (section ``people`` of connector.yaml), so these columns have no source of their own here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from certify_intacct.model.configuration.people import PeopleConfiguration, Source
from certify_intacct.model.configuration.user_fields import TEXTS
from certify_intacct.model.dimensions import GLD_NUMBERS, PLACES, PlaceKind
from certify_intacct.model.people import PersonKind
from certify_intacct.staging.streams.reference import certify_list
from certify_intacct.staging.streams.stream import Column, Stream

_CONFIGURED = (
    Column("department", ""),
    Column("location", ""),
    Column("supervisor", ""),
    Column("role", ""),
    Column("wanted", "", "boolean"),
)
# Only employees have days of their own.
_DAYS = (Column("start_date", "", "date"), Column("end_date", "", "date"))


def _contact(path: str) -> tuple[Column, ...]:
    return (
        Column("first_name", f"{path}.FIRSTNAME"),
        Column("last_name", f"{path}.LASTNAME"),
        Column("email", f"{path}.EMAIL1"),
    )


INTACCT_EMPLOYEES = Stream(
    name="intacct_employees",
    service="intacct",
    source="EMPLOYEE",
    table="intacct_employee",
    kind="state",
    verdicts="people_verdicts",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("employee_id", "EMPLOYEEID", "code"),
        *_contact("PERSONALINFO"),
        Column("status", "STATUS"),
        Column("start_date", "STARTDATE", "date"),
        Column("end_date", "ENDDATE", "date"),
        Column("owner", "MEGAENTITYID"),
        *_CONFIGURED,
    ),
)

INTACCT_PERSON_VENDORS = Stream(
    name="intacct_person_vendors",
    service="intacct",
    source="VENDOR",
    table="intacct_person_vendor",
    kind="state",
    verdicts="people_verdicts",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("employee_id", "VENDORID", "code"),
        *_contact("DISPLAYCONTACT"),
        Column("status", "STATUS"),
        *_DAYS,
        Column("owner", "MEGAENTITYID"),
        Column("vendor_type", "VENDTYPE"),
        Column("individual", "ISINDIVIDUAL", "boolean"),
        *_CONFIGURED,
    ),
)

INTACCT_USERS = Stream(
    name="intacct_users",
    service="intacct",
    source="USERINFO",
    table="intacct_user",
    kind="state",
    verdicts="people_verdicts",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("employee_id", "LOGINID", "code"),
        *_contact("CONTACTINFO"),
        Column("status", "STATUS"),
        *_DAYS,
        *_CONFIGURED,
    ),
)

# Who deleted the record and what it was called are nobody's business here.
INTACCT_DELETIONS = Stream(
    name="intacct_deletions",
    service="intacct",
    source="AUDITHISTORY",
    table="intacct_deletion",
    kind="state",
    columns=(
        Column("id", "ID", "code", key=True),
        Column("object_type", "OBJECTTYPE"),
        Column("object_key", "OBJECTKEY"),
        Column("access_mode", "ACCESSMODE"),
        Column("deleted_at", "ACCESSTIME", "timestamp"),
    ),
)

CERTIFY_USERS = Stream(
    name="certify_users",
    service="certify",
    source="users",
    table="certify_user",
    kind="state",
    # Whether a list without a filter holds inactive users is not documented.
    param_sets=({"active": "1"}, {"active": "0"}),
    columns=(
        Column("id", "ID", "id", key=True),
        Column("email", "Email"),
        Column("employee_id", "EmployeeID"),
        Column("first_name", "FirstName"),
        Column("last_name", "LastName"),
        Column("role", "Role"),
        Column("active", "Active", "boolean"),
        Column("department_id", "DepartmentID"),
        *(Column(f"emp_gld{number}_id", f"EmpGLD{number}ID") for number in GLD_NUMBERS),
        Column("first_approver_id", "FirstApproverID"),
        Column("second_approver_id", "SecondApproverID"),
        Column("accountant_id", "AccountantID"),
        *(Column(attribute, attribute.capitalize()) for attribute in TEXTS.values()),
        Column("treasurer", "Treasurer", "boolean"),
        Column("full_administrator", "FullAdministrator", "boolean"),
        Column("user_administrator", "UserAdministrator", "boolean"),
    ),
)

CERTIFY_UNPROCESSED_REPORTS = Stream(
    name="certify_unprocessed_reports",
    service="certify",
    source="expensereports",
    table="certify_unprocessed_report",
    kind="state",
    param_sets=({"processed": "0"},),
    columns=(
        Column("id", "ID", "id", key=True),
        Column("employee_id", "EmployeeID"),
        Column("first_name", "FirstName"),
        Column("last_name", "LastName"),
        Column("department_name", "EmployeeDepartment"),
        *(Column(f"emp_gld{number}_code", f"EmpGLD{number}Code") for number in GLD_NUMBERS),
    ),
)

# Their lines say which values of a report GLD are still in use.
CERTIFY_UNPROCESSED_EXPENSES = Stream(
    name="certify_unprocessed_expenses",
    service="certify",
    source="expenses",
    table="certify_unprocessed_expense",
    kind="state",
    param_sets=({"processed": "0"},),
    columns=(
        Column("id", "ID", "id", key=True),
        Column("report_id", "ExpenseReportID"),
        *(Column(f"report_gld{number}_code", f"ExpenseReportGLD{number}Code") for number in GLD_NUMBERS),
    ),
)

#: The Employee GLDs that users are given and no dimension keeps.
CERTIFY_GLDS = tuple(
    certify_list(place.stream, place.resource) for place in PLACES if place.kind is PlaceKind.EMPLOYEE_GLD
)

STREAMS = (
    INTACCT_EMPLOYEES,
    INTACCT_PERSON_VENDORS,
    INTACCT_USERS,
    INTACCT_DELETIONS,
    CERTIFY_USERS,
    CERTIFY_UNPROCESSED_REPORTS,
    CERTIFY_UNPROCESSED_EXPENSES,
    *CERTIFY_GLDS,
)

#: Whom accounts payable chooses when it makes an employee's vendor: the address stands there.
CONTACT = "PERSONALINFO.CONTACTNAME"
KINDS = {
    INTACCT_EMPLOYEES.name: PersonKind.EMPLOYEE,
    INTACCT_PERSON_VENDORS.name: PersonKind.VENDOR,
    INTACCT_USERS.name: PersonKind.USER,
}


def configured(stream: Stream, settings: PeopleConfiguration) -> Stream | None:
    """The stream with the fields that connector.yaml names; None when the company does not use it.

    Employees are always read: supervisors are employees.
    """
    kind = KINDS.get(stream.name)
    if stream.name == CERTIFY_USERS.name:
        return _with(stream, {TEXTS[word]: "" for word in TEXTS.keys() - settings.words})
    if stream is INTACCT_DELETIONS and not settings.deactivation.audit_days:
        return None
    if kind is None:
        return stream
    source = settings.source(kind)
    if source is None and kind is not PersonKind.EMPLOYEE:
        return None
    source = source or Source(kind=kind)
    contact = (CONTACT,) if settings.vendors == "list" and kind is PersonKind.EMPLOYEE else ()
    return replace(_with(stream, source.columns), further=(*dict.fromkeys(source.further.values()), *contact))


def _with(stream: Stream, sources: Mapping[str, str]) -> Stream:
    """The stream with other fields behind some of its columns; an empty one is not read."""
    return replace(
        stream,
        columns=tuple(replace(column, source=sources.get(column.name, column.source)) for column in stream.columns),
    )
