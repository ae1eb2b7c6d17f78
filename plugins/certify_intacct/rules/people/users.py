"""Fields of a Certify user: what differs between a user as it is and as it shall be, under the names that Certify's API uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certify_intacct.model.configuration.user_fields import TEXTS
from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.people import CertifyUser, Person, gld_attribute
from certify_intacct.rules.likeness import compared, visible

#: Attribute of CertifyUser to field of Certify.
WIRE = {
    "email": "Email",
    "first_name": "FirstName",
    "last_name": "LastName",
    "employee_id": "EmployeeID",
    "role": "Role",
    "department_id": "DepartmentID",
    **{gld_attribute(number): f"EmpGLD{number}ID" for number in GLD_NUMBERS},
    "first_approver_id": "FirstApproverID",
    "second_approver_id": "SecondApproverID",
    "accountant_id": "AccountantID",
    "active": "Active",
}

#: What clients of the API read and nobody is known to write: planned and sent apart.
FURTHER_WIRE = {attribute: attribute.capitalize() for attribute in TEXTS.values()}


def differences(
    now: CertifyUser, then: CertifyUser, wire: Mapping[str, str] = WIRE
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ: as they are, and as they shall be.

    :param wire: the fields that are looked at

    E-mail addresses differ only when they do so case folded, and names when somebody can see it.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute, field in wire.items():
        old, new = getattr(now, attribute), getattr(then, attribute)
        if _compared(attribute, old) != _compared(attribute, new):
            before[field], after[field] = _sent(old), _sent(new)
    return before, after


def fields_of(user: CertifyUser, wire: Mapping[str, str] = WIRE) -> dict[str, Any]:
    """The fields of a user as Certify's API has them."""
    return {field: _sent(getattr(user, attribute)) for attribute, field in wire.items()}


def whole_record(user: CertifyUser, *, welcome_mail: bool = False) -> dict[str, Any]:
    """The fields of a user that is to be created, and whether Certify shall mail to it."""
    given = {field: value for field, value in fields_of(user).items() if value != ""}
    return {**given, "SendWelcomeEmail": int(welcome_mail)}


def titled(person: Person) -> str:
    """How a sentence about a person starts: ``Employee E-1007 (Ana Ruiz)``."""
    return f"{person.label[0].upper()}{person.label[1:]}"


def _compared(attribute: str, value: Any) -> Any:
    if attribute == "email":
        return compared(value)
    return visible(value) if attribute in ("first_name", "last_name") else value


def _sent(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
