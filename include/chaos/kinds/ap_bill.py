"""AP bills: what is owed to an employee, who is a vendor (docs/posting-rules.md, rules 12, 19 and 23)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.chaos.kinds.base import EMPLOYEE, Kind, Member
from include.chaos.kinds.persons import is_the_employee
from include.chaos.lists import Lists
from include.chaos.postings import Record, iso

# A whole number of ours; the mark of a report alone is shorter.
_OURS = re.compile(r"C[A-Z2-7]{10}-\d+-\d+[A-Z]")


class ApBill(Kind):
    """One bill for each entity and currency."""

    payer = EMPLOYEE
    target = "ap_bill"
    often = 2
    object = "APBILL"
    lines = "APBILLITEMS"
    letter = "B"
    function = "create APBILL"
    subledger = "AP"
    payee_field = "VENDORID"
    day_fields = ("WHENPOSTED", "WHENCREATED")

    def number_of(self, record: Record) -> str:
        """Ours. A bill may have somebody else's number; then ours is its reference number."""
        reference = str(record.get("DOCNUMBER") or "")
        return reference if _OURS.fullmatch(reference) else super().number_of(record)

    def party_of(self, record: Record) -> str:
        """With that other number, where it has one."""
        vendor = super().party_of(record)
        return f"{vendor} {record.get(self.number) or ''}" if self._of_a_supplier(record) else vendor

    def stated_in(self, record: Record) -> tuple[str, ...]:
        """Of one with that other number the date of the invoice, and the day on which it is due."""
        days = [record.get(name) for name in ("WHENCREATED", "WHENDUE")] if self._of_a_supplier(record) else []
        return tuple(iso(day) if day else "" for day in days)

    def _of_a_supplier(self, record: Record) -> bool:
        return self.number_of(record) != str(record.get(self.number) or "")

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The vendor whose ID is the EmployeeID."""
        return str(report["EmployeeID"])

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """The vendor is the employee, beyond doubt, or nothing is posted."""
        vendor_id, place = self.payee(report, members), str(report["EmpGLD1Code"])
        vendor = lists.vendors.get(vendor_id)
        if vendor is None:
            return "no vendor"
        session = place if self.inside(lists) else ""
        checks = (
            (lists.ids[vendor_id] > 1, "EmployeeID twice"),
            (vendor.get("VENDTYPE") != "Employee", "vendor type"),
            (vendor.get("STATUS") != "active", "vendor inactive"),
            (vendor.get("ONHOLD") == "true", "vendor on hold"),
            (not _agrees(vendor, report, lists), "vendor is somebody else"),
            (vendor.get("MEGAENTITYID") not in (None, "", session), "vendor of an entity"),
        )
        return next((why for wrong, why in checks if wrong), "")


def _agrees(vendor: Record, report: Record, lists: Lists) -> bool:
    """Whether name or e-mail address of a vendor are the employee's."""
    contact = lists.contacts.get(str(vendor.get("DISPLAYCONTACT.CONTACTNAME")), {})
    print_as = vendor.get("DISPLAYCONTACT.PRINTAS") or contact.get("PRINTAS")
    address = vendor.get("DISPLAYCONTACT.EMAIL1") or contact.get("EMAIL1")
    return is_the_employee(report, names=(vendor.get("NAME"), print_as), addresses=[address])
