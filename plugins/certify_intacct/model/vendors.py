"""Why an employee cannot be paid by a vendor of Intacct yet, and what accounts payable does about it."""

from __future__ import annotations

from enum import StrEnum

from certify_intacct.model.rules import Rule


class NoVendor(StrEnum):
    """The words of ``problem`` in the list of who has no vendor."""

    MISSING = "missing"
    OTHER_TYPE = "other_type"
    INACTIVE = "inactive"

    @property
    def words(self) -> str:
        """What it means, for people."""
        return _SAID[self][0]

    @property
    def to_do(self) -> str:
        """What is done about it."""
        return _SAID[self][1]

    @property
    def rule(self) -> Rule:
        """The rule that holds the person's reports until then."""
        return _SAID[self][2]


_SAID = {
    NoVendor.MISSING: (
        "no vendor has this ID",
        "Make a vendor with exactly this ID and type in Intacct; choose the contact that is there, which has the address.",
        Rule.VENDOR_MISSING,
    ),
    NoVendor.OTHER_TYPE: (
        "a vendor of another type has this ID",
        "Look who it is in Intacct. A supplier: the employee needs another EmployeeID, in Intacct and Certify. The employee: give the "
        "vendor the type.",
        Rule.VENDOR_TYPE,
    ),
    NoVendor.INACTIVE: (
        "the vendor is inactive",
        "Activate the vendor in Intacct, if it is the employee's.",
        Rule.VENDOR_INACTIVE,
    ),
}
