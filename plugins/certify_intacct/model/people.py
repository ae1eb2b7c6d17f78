"""Lists and people: as Sage Intacct has them, as Certify has them, and the links between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class PersonKind(StrEnum):
    """The kind of Intacct record that a person comes from."""

    EMPLOYEE = "employee"
    VENDOR = "vendor"
    USER = "user"


@dataclass(frozen=True, kw_only=True)
class ListValue:
    """A value of a dimension of Intacct that belongs into a list of Certify: a department, an entity, a class.

    :param supervisor: EMPLOYEEID of a department's supervisor, or empty
    :param frozen: why validation quarantined it; nothing is changed for a frozen record. Empty when it passed
    :param account: the GL account of an expense type, or itself; empty for others
    :param within: the codes within which its code means something: a task's project
    :param fields: what its list in Certify asks for besides, by the object's names of fields; what was not read is not there
    """

    code: str
    name: str
    active: bool
    supervisor: str = ""
    frozen: str = ""
    account: str = ""
    within: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, ...]:
        """All that tells it apart: the codes within which it lies, and its own."""
        return (*self.within, self.code)


@dataclass(frozen=True, kw_only=True)
class Person:
    """An employee, vendor or user record of Intacct that may stand for a Certify user.

    :param record_no: RECORDNO, which never changes and is never given twice
    :param employee_id: EMPLOYEEID, VENDORID or LOGINID, exactly as Intacct shows it
    :param active: whether STATUS is active; None when it says neither active nor inactive
    :param start_date: the first day of employment (STARTDATE), if Intacct knows one
    :param end_date: the last day of employment (ENDDATE), if Intacct knows one
    :param department: DEPARTMENTID or empty
    :param location: LOCATIONID or empty; a location lies in an entity or is one
    :param owner: MEGAENTITYID, the entity that owns a private record; empty at top level
    :param supervisor: EMPLOYEEID of the supervisor or empty
    :param role: the value of the role field, as Intacct shows it (singular)
    :param wanted: the value of the sync checkbox; None when no such field is configured
    :param vendor_type: VENDTYPE, for vendors
    :param individual: ISINDIVIDUAL, for vendors; None for others
    :param further: what else was read, by what it is for (``Source.further``); empty texts are left out
    :param frozen: why validation quarantined the record; nothing is changed for a frozen person. Empty when it passed
    """

    kind: PersonKind
    record_no: str
    employee_id: str
    first_name: str
    last_name: str
    email: str
    active: bool | None
    start_date: date | None = None
    end_date: date | None = None
    department: str = ""
    location: str = ""
    owner: str = ""
    supervisor: str = ""
    role: str = ""
    wanted: bool | None = None
    vendor_type: str = ""
    individual: bool | None = None
    further: Mapping[str, str] = field(default_factory=dict)
    frozen: str = ""

    @property
    def key(self) -> str:
        """Identifies the record for good: kind and RECORDNO, e.g. ``employee/1042``."""
        return f"{self.kind}/{self.record_no}"

    @property
    def label(self) -> str:
        """How a message names the record: ``employee E-1007 (Ana Ruiz)``."""
        name = f"{self.first_name} {self.last_name}".strip()
        return f"{self.kind} {self.employee_id} ({name})" if name else f"{self.kind} {self.employee_id}"


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """A deletion that Intacct's audit trail reports (``AUDITHISTORY``). Intacct gives as object key sometimes the business
    ID and sometimes the record number, with or without ``--REC`` behind it."""

    kind: PersonKind
    object_key: str


@dataclass(frozen=True, kw_only=True)
class CertifyItem:
    """A row of a Certify list: a department, or a row of a GLD.

    :param id: Certify's GUID, empty when it cannot be read: such a row is left as it is
    """

    id: str
    code: str
    name: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class CertifyCategory:
    """An expense category of Certify. A name may stand several times. ``id`` as of a :class:`CertifyItem`."""

    id: str
    name: str
    gl_code: str
    active: bool


def gld_attribute(number: int) -> str:
    """The attribute of a user that holds the row of an Employee GLD."""
    return f"emp_gld{number}_id"


@dataclass(frozen=True, kw_only=True)
class CertifyUser:
    """A Certify user. IDs are GUIDs; an ID that Certify leaves empty is an empty string."""

    id: str
    email: str
    employee_id: str = ""
    first_name: str = ""
    last_name: str = ""
    role: str = "Employees"
    active: bool = True
    department_id: str = ""
    emp_gld1_id: str = ""
    emp_gld2_id: str = ""
    emp_gld3_id: str = ""
    emp_gld4_id: str = ""
    emp_gld5_id: str = ""
    first_approver_id: str = ""
    second_approver_id: str = ""
    accountant_id: str = ""
    currency: str = ""
    language: str = ""
    culture: str = ""
    treasurer: bool = False
    full_administrator: bool = False
    user_administrator: bool = False

    def gld_id(self, number: int) -> str:
        """The ID of the row that the user has in one of the five Employee GLDs; empty for none."""
        return str(getattr(self, gld_attribute(number)))

    @property
    def privileged(self) -> bool:
        """Administrators, treasurers and accountants: people whose rights this connector neither gives nor takes."""
        return self.full_administrator or self.user_administrator or self.treasurer or self.role == "Accountants"

    @property
    def label(self) -> str:
        """How a message names the user: ``a.ruiz@example.com (EmployeeID E-1007)``."""
        return f"{self.email} (EmployeeID {self.employee_id})" if self.employee_id else self.email


@dataclass(frozen=True, kw_only=True)
class UnprocessedReport:
    """The header of an expense report that is not processed yet. Certify gives the department by name and no user ID."""

    id: str
    employee_id: str = ""
    first_name: str = ""
    last_name: str = ""
    department_name: str = ""
    emp_gld1_code: str = ""
    emp_gld2_code: str = ""
    emp_gld3_code: str = ""
    emp_gld4_code: str = ""
    emp_gld5_code: str = ""

    def gld_code(self, number: int) -> str:
        """The code that it has of one of the five Employee GLDs; empty for none."""
        return str(getattr(self, f"emp_gld{number}_code"))


@dataclass(frozen=True, kw_only=True)
class UnprocessedExpense:
    """A line of an expense report that is not processed yet."""

    id: str
    report_id: str = ""
    report_gld1_code: str = ""
    report_gld2_code: str = ""
    report_gld3_code: str = ""
    report_gld4_code: str = ""
    report_gld5_code: str = ""

    def gld_code(self, number: int) -> str:
        """The code that it has of one of the five Expense Report GLDs; empty for none."""
        return str(getattr(self, f"report_gld{number}_code"))


class LinkOrigin(StrEnum):
    """How a Certify user came under this connector's care."""

    CREATED = "created"
    ADOPTED = "adopted"


@dataclass(frozen=True, kw_only=True)
class UserLink:
    """Ties an Intacct record to a Certify user, so that a changed name, e-mail or ID breaks nothing.

    :param person_key: ``Person.key``
    :param certify_id: GUID; None while a create was sent and its answer is not known
    :param employee_id: the business ID of the record when it was linked
    :param email: the address that the create was sent with
    :param deactivated: whether this connector deactivated the user (and may therefore reactivate it)
    """

    person_key: str
    certify_id: str | None
    origin: LinkOrigin
    employee_id: str
    email: str
    deactivated: bool = False

    @property
    def kind(self) -> PersonKind:
        """The kind of the linked record."""
        return PersonKind(self.person_key.partition("/")[0])

    @property
    def record_no(self) -> str:
        """RECORDNO of the linked record."""
        return self.person_key.partition("/")[2]


@dataclass(frozen=True)
class LastTold:
    """What a field of a user was when Certify was last told another value for it, that value, and why Certify refused it."""

    before: Any
    after: Any
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class Releases:
    """What a person has released for this run.

    :param creates: creating more users than ``max_creates``
    :param deactivations: deactivating a larger share of users than the guard allows
    :param lists: the streams of the lists of which more rows than their guard allows are deactivated
    :param links: pairs of (``Person.key``, Certify GUID): a user moves to another Intacct record
    """

    creates: bool = False
    deactivations: bool = False
    lists: frozenset[str] = frozenset()
    links: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class IntacctOrganization:
    """What one full extract of Intacct says.

    :param lists: the values of each dimension, by its name
    :param locations: LOCATIONID to the LOCATIONID of its entity, and in a company without entities to itself
    :param single_entity: the company has no entities; its locations stand in their place
    :param complete: every stream was read whole: counts agree, private records shown, entities as expected. Only then
        may anybody be deactivated
    """

    lists: Mapping[str, tuple[ListValue, ...]] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    single_entity: bool = False
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class CertifyOrganization:
    """What one full pull of Certify says, active and inactive.

    :param lists: the list of each dimension, by the dimension's name
    :param glds: the lists of Employee GLDs that no dimension keeps and users are given all the same, by their numbers
    :param unprocessed_lines: of the unprocessed reports, where some dimension stands on lines
    """

    lists: Mapping[str, tuple[CertifyItem, ...]] = field(default_factory=dict)
    glds: Mapping[int, tuple[CertifyItem, ...]] = field(default_factory=dict)
    users: tuple[CertifyUser, ...] = ()
    unprocessed: tuple[UnprocessedReport, ...] = ()
    unprocessed_lines: tuple[UnprocessedExpense, ...] = ()
