"""Fields of a Certify user: what differs between a user as it is and as it shall be, under the names that Certify's API uses."""

from __future__ import annotations

from typing import Any

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
    "accountant_id": "AccountantID",
    "active": "Active",
}


def differences(now: CertifyUser, then: CertifyUser) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ: as they are, and as they shall be.

    E-mail addresses differ only when they do so case folded, and names when somebody can see it.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute, field in WIRE.items():
        old, new = getattr(now, attribute), getattr(then, attribute)
        if _compared(attribute, old) != _compared(attribute, new):
            before[field], after[field] = _sent(old), _sent(new)
    return before, after


def fields_of(user: CertifyUser) -> dict[str, Any]:
    """The fields of a user as Certify's API has them."""
    return {field: _sent(getattr(user, attribute)) for attribute, field in WIRE.items()}


def whole_record(user: CertifyUser) -> dict[str, Any]:
    """The fields of a user that is to be created; no welcome e-mail is ever sent."""
    return {**{field: value for field, value in fields_of(user).items() if value != ""}, "SendWelcomeEmail": 0}


def titled(person: Person) -> str:
    """How a sentence about a person starts: ``Employee E-1007 (Ana Ruiz)``."""
    return f"{person.label[0].upper()}{person.label[1:]}"


def _compared(attribute: str, value: Any) -> Any:
    if attribute == "email":
        return compared(value)
    return visible(value) if attribute in ("first_name", "last_name") else value


def _sent(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
