"""Section ``people`` of connector.yaml: who of Intacct becomes a user of Certify, and what the connector may do to users."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from certify_intacct.model.configuration.section import Name, Section
from certify_intacct.model.people import PersonKind

#: Roles of Certify as its API writes them. Accountants are missing on purpose: those rights are given by a person.
GrantedRole = Literal["Guests", "Employees", "Managers", "Executives"]
CertifyRole = Literal["Guests", "Employees", "Managers", "Executives", "Accountants"]

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_BANNED = re.compile(
    r"SSN|BIRTH|GENDER|^ACH|BANK|TAXID|1099|FEDERALID|ROUTING|SALARY|EARNING|MAILADDRESS", re.IGNORECASE
)


def _field(value: str) -> str:
    if value and not _FIELD.fullmatch(value):
        raise ValueError(
            f"{value!r} is no field name of Intacct: letters, digits and _, with dots between the parts of a path"
        )
    if _BANNED.search(value):
        raise ValueError(f"{value!r} holds personal data that this project never reads")
    return value


#: The integration name of an Intacct field, e.g. ``SYNC_TO_CERTIFY``; empty for none.
FieldName = Annotated[str, AfterValidator(_field)]
_DEFAULT_FIELDS = {
    PersonKind.EMPLOYEE: ("DEPARTMENTID", "LOCATIONID", "SUPERVISORID"),
    PersonKind.VENDOR: ("", "", ""),
    PersonKind.USER: ("", "", ""),
}


class Source(Section):
    """One kind of Intacct record that becomes users.

    :param kind: employee, vendor or user
    :param sync_field: a checkbox field; only records that have it ticked are synced. Empty for all
    :param role_field: a picklist field with the role; a record with a blank role is not synced. Empty for ``default_role``
    :param department_field: the field with the DEPARTMENTID; for employees DEPARTMENTID unless said otherwise
    :param location_field: the field with the LOCATIONID; for employees LOCATIONID unless said otherwise
    :param supervisor_field: the field with the supervisor's ID; for employees SUPERVISORID unless said otherwise
    """

    kind: PersonKind
    sync_field: FieldName = ""
    role_field: FieldName = ""
    department_field: FieldName | None = None
    location_field: FieldName | None = None
    supervisor_field: FieldName | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Staging column to Intacct field, for what is configured."""
        department, location, supervisor = _DEFAULT_FIELDS[self.kind]
        chosen = {
            "wanted": self.sync_field,
            "role": self.role_field,
            "department": department if self.department_field is None else self.department_field,
            "location": location if self.location_field is None else self.location_field,
            "supervisor": supervisor if self.supervisor_field is None else self.supervisor_field,
        }
        return {column: name for column, name in chosen.items() if name}


class PeopleEntities(Section):
    """How a person's entity is found; it goes into the first Employee GLD of Certify.

    :param source: ``location`` (the entity of the person's location), ``owner`` (the entity that owns the record) or ``none``
        (nobody is assigned one, and no list is filled). In a company without entities the person's location is taken itself
    :param default: LOCATIONID of the entity of people who have none; empty to hold them
    """

    source: Literal["location", "owner", "none"] = "location"
    default: str = ""


class Approvers(Section):
    """Who approves.

    :param first: ``supervisor`` (of the employee), ``department_supervisor`` or ``none`` (kept by hand in Certify)
    :param default: EmployeeID or e-mail of the Certify user who approves for those without anybody; empty for nobody
    :param roles: Certify roles that may approve
    :param promote: raise an approver with the role Employees to Managers
    """

    first: Literal["supervisor", "department_supervisor", "none"] = "supervisor"
    default: str = ""
    roles: tuple[CertifyRole, ...] = ("Managers", "Executives", "Accountants")
    promote: bool = False


class Accountant(Section):
    """Who processes the reports of new users.

    :param default: EmployeeID or e-mail of a Certify user; empty to keep accountants by hand
    :param roles: Certify roles that this user must have one of
    """

    default: str = ""
    roles: tuple[CertifyRole, ...] = ("Accountants",)


class Adoption(Section):
    """Which existing Certify users come under the connector's care.

    :param policy: ``listed`` (only ``employee_ids``), or ``agreeing`` (also those whose EmployeeID equals and whose name or
        e-mail agrees, and those whose e-mail equals and who have no EmployeeID)
    :param employee_ids: IDs of Intacct records whose Certify user, found by EmployeeID or e-mail, is adopted
    """

    policy: Literal["listed", "agreeing"] = "listed"
    employee_ids: tuple[Name, ...] = ()


class Deactivation(Section):
    """When users are deactivated.

    :param grace_days: days after ENDDATE during which a user stays active
    :param guard_share: the largest share of active users that one run may deactivate, as a fraction
    :param guard_floor: as many are allowed in any case
    :param audit_days: for so many days back deletions are looked for in Intacct's audit trail; 0 does not read it
    """

    grace_days: Annotated[int, Field(ge=0, le=3650)] = 0
    guard_share: Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)] = Decimal("0.05")
    guard_floor: Annotated[int, Field(ge=0)] = 3
    audit_days: Annotated[int, Field(ge=0, le=90)] = 30


class PeopleConfiguration(Section):
    """Section ``people``.

    :param sources: the first one wins where two records stand for the same person (same ID or e-mail)
    :param individuals_only: of vendors, only those that Intacct marks as individuals
    :param role_map: a value of the role field to a role of Certify
    :param default_role: the role of new users where no role field is configured
    :param default_department: DEPARTMENTID of people who have none; empty to hold them
    :param start_days_before: so many days before STARTDATE a user is made, or made active again
    :param max_creates: how many users may be created in all before a person releases creating
    :param reactivate: ``ours`` (users that this connector deactivated), ``always``, or ``never``
    :param settle_seconds: the time between the two pulls that settle a create whose answer was lost
    """

    sources: Annotated[tuple[Source, ...], Field(min_length=1)] = (Source(kind=PersonKind.EMPLOYEE),)
    individuals_only: bool = True
    role_map: Mapping[str, CertifyRole] = {
        "Employee": "Employees",
        "Manager": "Managers",
        "Executive": "Executives",
        "Accountant": "Accountants",
    }
    default_role: GrantedRole = "Employees"
    default_department: str = ""
    entities: PeopleEntities = PeopleEntities()
    approvers: Approvers = Approvers()
    accountant: Accountant = Accountant()
    adoption: Adoption = Adoption()
    start_days_before: Annotated[int, Field(ge=0, le=3650)] = 7
    max_creates: Annotated[int, Field(ge=0)] = 5
    reactivate: Literal["ours", "always", "never"] = "ours"
    deactivation: Deactivation = Deactivation()
    settle_seconds: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 20

    @field_validator("sources")
    @classmethod
    def _each_once(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        kinds = [source.kind for source in sources]
        if len(set(kinds)) != len(kinds):
            raise ValueError("each kind of source may be listed once")
        return sources

    @model_validator(mode="after")
    def _promoted_may_approve(self) -> PeopleConfiguration:
        if self.approvers.promote and "Managers" not in self.approvers.roles:
            raise ValueError("approvers.promote makes managers of approvers, so approvers.roles must contain Managers")
        return self

    def source(self, kind: PersonKind) -> Source | None:
        """The source of that kind, when it is configured."""
        return next((source for source in self.sources if source.kind == kind), None)
