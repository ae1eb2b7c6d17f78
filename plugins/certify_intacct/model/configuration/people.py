"""Section ``people`` of connector.yaml: who of Intacct becomes a user of Certify, and what the connector may do to users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from certify_intacct.model.configuration.section import Count, Name, Section
from certify_intacct.model.configuration.user_fields import GLDS, FieldName, FieldSource, UserField, unusable
from certify_intacct.model.dimensions import CertifyPlace, PlaceKind
from certify_intacct.model.people import PersonKind

if TYPE_CHECKING:
    from certify_intacct.model.configuration.dimensions import Used

#: Roles of Certify as its API writes them. Accountants are missing on purpose: those rights are given by a person.
GrantedRole = Literal["Guests", "Employees", "Managers", "Executives"]
CertifyRole = Literal["Guests", "Employees", "Managers", "Executives", "Accountants"]

#: What is read of a record besides (``Source.further``).
SECOND_APPROVER, ACCOUNTANT = "second_approver", "accountant"
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
    :param second_approver_field: the field with the second approver's ID, for ``approvers.second: field``
    :param accountant_field: the field with the EmployeeID or e-mail of the Certify user who processes the reports
    :param start_field: the field with the first day; for employees STARTDATE unless said otherwise
    :param end_field: the field with the last day; for employees ENDDATE unless said otherwise
    :param fields: what else of a user comes from Intacct
    """

    kind: PersonKind
    sync_field: FieldName = ""
    role_field: FieldName = ""
    department_field: FieldName | None = None
    location_field: FieldName | None = None
    supervisor_field: FieldName | None = None
    second_approver_field: FieldName = ""
    accountant_field: FieldName = ""
    start_field: FieldName | None = None
    end_field: FieldName | None = None
    fields: Mapping[UserField, FieldSource] = Field(default_factory=dict)

    @field_validator("fields")
    @classmethod
    def _usable(cls, fields: Mapping[str, FieldSource]) -> Mapping[str, FieldSource]:
        for word, source in fields.items():
            for value in source.values:
                if why := unusable(word, value):
                    raise ValueError(f"{word}: {value!r} is {why}")
        return fields

    @property
    def columns(self) -> dict[str, str]:
        """Staging column to Intacct field, for what is configured; empty where a field is not to be read."""
        department, location, supervisor = _DEFAULT_FIELDS[self.kind]
        chosen = {
            "wanted": self.sync_field,
            "role": self.role_field,
            "department": department if self.department_field is None else self.department_field,
            "location": location if self.location_field is None else self.location_field,
            "supervisor": supervisor if self.supervisor_field is None else self.supervisor_field,
        }
        dates = {"start_date": self.start_field, "end_date": self.end_field}
        return {column: name for column, name in chosen.items() if name} | {
            column: name for column, name in dates.items() if name is not None
        }

    @property
    def further(self) -> dict[str, str]:
        """What else is read of each record: by what it is for, the Intacct field."""
        named = {word: source.field for word, source in self.fields.items()}
        named |= {SECOND_APPROVER: self.second_approver_field, ACCOUNTANT: self.accountant_field}
        return {word: name for word, name in named.items() if name}

    @property
    def named(self) -> dict[str, str]:
        """Every field of Intacct that connector.yaml names, by its key."""
        keys = (
            "sync_field", "role_field", "department_field", "location_field", "supervisor_field", "second_approver_field",
            "accountant_field", "start_field", "end_field",
        )  # fmt: skip
        found = {key: getattr(self, key) for key in keys}
        found |= {f"fields.{word}": source.field for word, source in self.fields.items()}
        return {key: name for key, name in found.items() if name}


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
    :param second: who approves after that: ``supervisors_supervisor``, ``department_supervisor``, ``field`` (each source's
        ``second_approver_field``) or ``none`` (kept by hand in Certify)
    :param second_default: as ``default``
    :param roles: Certify roles that may approve
    :param promote: raise an approver with the role Employees to Managers
    """

    first: Literal["supervisor", "department_supervisor", "none"] = "supervisor"
    default: str = ""
    second: Literal["none", "supervisors_supervisor", "department_supervisor", "field"] = "none"
    second_default: str = ""
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
    guard_floor: Count = 3
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
    :param welcome_mail: whether Certify is asked to mail new users
    :param vendors: ``list`` shows who has no vendor in Intacct to be paid by; nothing is made there
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
    max_creates: Count = 5
    reactivate: Literal["ours", "always", "never"] = "ours"
    deactivation: Deactivation = Deactivation()
    welcome_mail: bool = False
    vendors: Literal["off", "list"] = "off"
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

    @model_validator(mode="after")
    def _second_approver_is_somewhere(self) -> PeopleConfiguration:
        named = [source.kind for source in self.sources if source.second_approver_field]
        if self.approvers.second == "field" and not named:
            raise ValueError("approvers.second is field, and no source names its second_approver_field")
        if named and self.approvers.second != "field":
            raise ValueError(
                f"the source {named[0]} names a second_approver_field, and approvers.second is {self.approvers.second}: write field"
            )
        if self.approvers.second_default and self.approvers.second == "none":
            raise ValueError("approvers.second_default is named, and approvers.second is none")
        return self

    def gives_the_entity(self, place: str) -> Iterator[InitErrorDetails]:
        """The ``fields`` that would give users something else where they are assigned the entity, in the whole file.

        :param place: where in Certify the entity stands
        """
        for number, source in enumerate(self.sources):
            if self.entities.source != "none" and place in source.fields:
                why = "the entity stands there (dimensions.entity), and people are assigned it: take one of the two out"
                error = PydanticCustomError("value_error", "{error}", {"error": why})
                yield InitErrorDetails(type=error, loc=("people", "sources", number, "fields", place), input=place)

    @property
    def words(self) -> frozenset[str]:
        """What of users comes from ``fields`` of any source."""
        return frozenset(word for source in self.sources for word in source.fields)

    @property
    def glds(self) -> tuple[int, ...]:
        """The Employee GLDs that users are given by ``fields``."""
        return tuple(number for place, number in GLDS.items() if place in self.words)

    def glds_by_hand(self, listed: Iterable[Used]) -> tuple[CertifyPlace, ...]:
        """Those of them in which no dimension's list is kept: their rows are Certify's own."""
        kept = {used.settings.place for used in listed}
        places = (CertifyPlace(PlaceKind.EMPLOYEE_GLD, number) for number in self.glds)
        return tuple(place for place in places if place not in kept)

    def source(self, kind: PersonKind) -> Source | None:
        """The source of that kind, when it is configured."""
        return next((source for source in self.sources if source.kind == kind), None)
