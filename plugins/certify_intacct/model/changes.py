"""One intended change at one of the two services: the row of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from certify_intacct.model.dimensions import GLD_NUMBERS


class Action(StrEnum):
    """What a change does. ``SKIP`` and ``HOLD`` change nothing: they are in the plan so that nobody has to ask why."""

    CREATE = "create"
    #: Takes an existing record of the target under this connector's care (the link is written), and updates what differs.
    ADOPT = "adopt"
    UPDATE = "update"
    DEACTIVATE = "deactivate"
    POST = "post"
    SKIP = "skip"
    HOLD = "hold"


class Subject(StrEnum):
    """What a change is about. Changes of the list of a dimension are called after it (``Dimension.subject``)."""

    USER = "user"
    APPROVER = "approver"
    #: What of a user nobody has seen anybody write: apart from the rest, so that a refusal keeps nothing else.
    USER_FIELDS = "user_fields"
    USER_DEACTIVATION = "user_deactivation"
    REPORT = "report"


@dataclass(frozen=True, kw_only=True)
class Change:
    """An intended change.

    :param subject: the kind of record, a :class:`Subject` or the subject of a dimension
    :param action: what is to happen
    :param key: its business key (department code, entity code, EmployeeID, report ID)
    :param target_id: its ID in the service that is changed, when it exists there already
    :param before: the fields that differ, as the target has them now
    :param after: the same fields as they shall be; for a create, the whole record to send
    :param reason: one sentence for a person
    :param rule: the short name of the rule that decided, empty for an ordinary difference
    :param cure: what a person does about it, for SKIP and HOLD
    :param billed_calls: how many API transactions the service will bill for it
    :param source_key: what identifies it where ``key`` alone does not: the record that it comes from in the service that was read
        (``employee/1042``), or where a list stands (``report_gld/2``)
    """

    subject: str
    action: Action
    key: str
    target_id: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    rule: str = ""
    cure: str = ""
    billed_calls: int = 0
    source_key: str = ""

    @property
    def acts(self) -> bool:
        """Whether the change changes anything at the target."""
        return self.action not in (Action.SKIP, Action.HOLD)


_PENDING = "@"
REFERENCES = frozenset(
    {
        "DepartmentID",
        "FirstApproverID",
        "SecondApproverID",
        "AccountantID",
        *(f"EmpGLD{number}ID" for number in GLD_NUMBERS),
    }
)
"""Certify's fields that hold the ID of another record. Only there a value may be a stand-in: a name may begin with "@" too."""

#: Fields of a user that nobody has seen Certify keep: what it takes without keeping it is not sent every day.
MAY_NOT_BE_KEPT = frozenset(
    {"SecondApproverID", "Currency", "Language", "Culture", *(f"EmpGLD{number}ID" for number in GLD_NUMBERS)}
)


def pending(subject: str, key: str) -> str:
    """Stands in a plan for the ID of a record that an earlier step of the same plan creates: ``@department:30``.

    IDs are GUIDs and never start with ``@``, so that a plan stays plain JSON. The load puts the ID in its place.
    """
    return f"{_PENDING}{subject}:{key}"


def parse_pending(value: object) -> tuple[str, str] | None:
    """The subject and key behind a value made by :func:`pending`; None for any other value."""
    if not isinstance(value, str) or not value.startswith(_PENDING):
        return None
    subject, _, key = value[len(_PENDING) :].partition(":")
    return subject, key
