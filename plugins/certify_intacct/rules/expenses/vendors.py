"""Which vendor an employee is, and which vendor bills a card or sends an invoice.

An EmployeeID may be equal to some supplier's number, so the ID alone proves nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from certify_intacct.model.references import References, Vendor
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.near_misses import is_blank, looks_like


def check_vendor(
    report: ExpenseReport, lines: Iterable[ExpenseLine], references: References, employee_vendor_types: Iterable[str]
) -> list[Hold]:
    """Why the vendor with the report's EmployeeID may not be paid for it; an empty list when it may.

    The ID is compared exactly: no trimming, no case folding, no leading zeros dropped.
    """
    employee_id = report.employee_id
    unclear = check_employee_id(employee_id, references)
    if unclear:
        return unclear
    vendor = references.vendors.get(employee_id)
    if vendor is None:
        return [
            Hold(
                Rule.VENDOR_MISSING,
                f"Intacct has no vendor with the ID {employee_id!r}.{looks_like(employee_id, references.vendors)}",
                "Create the vendor in Intacct, or correct the EmployeeID in Certify.",
            )
        ]
    return [
        *_unfit(vendor, frozenset(employee_vendor_types)),
        *_someone_else(report, lines, vendor),
        *_link(vendor, references),
    ]


def check_employee_id(employee_id: str, references: References) -> list[Hold]:
    """Why an EmployeeID names nobody in particular; an empty list when it does."""
    if is_blank(employee_id):
        return [
            Hold(
                Rule.EMPLOYEE_ID_MISSING, "The report carries no EmployeeID.", "Give the user an EmployeeID in Certify."
            )
        ]
    uses = references.employee_id_uses.get(employee_id, 1)
    if uses > 1:
        return [
            Hold(
                Rule.EMPLOYEE_ID_NOT_UNIQUE,
                f"{uses} active users of Certify carry the EmployeeID {employee_id!r}.",
                "Give each user an EmployeeID of their own in Certify.",
            )
        ]
    return []


def agrees(report: ExpenseReport, lines: Iterable[ExpenseLine], email: str, names: Iterable[str]) -> bool:
    """Whether a record of Intacct with this e-mail address and these names may be the employee who filed the report."""
    emails = {line.email.strip().casefold() for line in lines} - {""}
    if email.strip().casefold() in emails:
        return True
    ours = _words(f"{report.first_name} {report.last_name}")
    return bool(ours) and ours in map(_words, names)


@dataclass(frozen=True, kw_only=True)
class Supplier:
    """Who bills the company, as texts name them.

    :param whose: of whom the ID is that vendor's, and ``noun`` what the vendor is to be
    :param correct: what may be corrected where the ID is wrong
    """

    whose: str
    noun: str
    correct: str


CARD_COMPANY = Supplier(
    whose="that of the card", noun="card company", correct="its vendor_id in posting.company_paid.cards"
)


def check_supplier(
    vendor_id: str, references: References, employee_vendor_types: Iterable[str], supplier: Supplier = CARD_COMPANY
) -> list[Hold]:
    """Why the company may not be billed by a vendor that is no employee; an empty list when it may."""
    vendor = references.vendors.get(vendor_id)
    if vendor is None:
        reason = f"Intacct has no vendor with the ID {vendor_id!r}, {supplier.whose}.{looks_like(vendor_id, references.vendors)}"
        return [Hold(Rule.VENDOR_MISSING, reason, f"Create the vendor in Intacct, or correct {supplier.correct}.")]
    if vendor.one_time:
        reason = f"{_name(vendor)} is for one-time use: it was made for one bill, and that was another."
        return [Hold(Rule.VENDOR_TYPE, reason, f"Clear its One-time use in Intacct, or correct {supplier.correct}.")]
    if vendor.vendor_type not in frozenset(employee_vendor_types):
        return _unusable(vendor)
    reason = f"{_name(vendor)} is of type {vendor.vendor_type!r}: that is an employee, and no {supplier.noun}."
    cure = f"Correct {supplier.correct}, or the vendor's type in Intacct."
    return [Hold(Rule.VENDOR_TYPE, reason, cure), *_unusable(vendor)]


def _name(vendor: Vendor) -> str:
    return f"Vendor {vendor.vendor_id} ({vendor.name})"


def _unfit(vendor: Vendor, types: frozenset[str]) -> list[Hold]:
    if vendor.vendor_type in types:
        return _unusable(vendor)
    kind = f"of type {vendor.vendor_type!r}" if vendor.vendor_type else "of no type"
    known = ", ".join(sorted(types))
    reason = f"{_name(vendor)} is {kind}, not one of {known}: it may be a supplier who has the employee's number."
    cure = "Correct the EmployeeID or the vendor's type, or add the type to posting.vendors.employee_vendor_types."
    return [Hold(Rule.VENDOR_TYPE, reason, cure), *_unusable(vendor)]


def _unusable(vendor: Vendor) -> list[Hold]:
    name = _name(vendor)
    holds = []
    if not vendor.active:
        holds.append(Hold(Rule.VENDOR_INACTIVE, f"{name} is inactive.", "Activate the vendor in Intacct."))
    if vendor.on_hold:
        holds.append(Hold(Rule.VENDOR_ON_HOLD, f"{name} is on hold.", "Release the vendor in Intacct."))
    return holds


def _someone_else(report: ExpenseReport, lines: Iterable[ExpenseLine], vendor: Vendor) -> list[Hold]:
    if agrees(report, lines, vendor.email, (vendor.name, vendor.contact_name)):
        return []
    return [
        Hold(
            Rule.VENDOR_IS_SOMEONE_ELSE,
            f"Neither name nor e-mail of vendor {vendor.vendor_id} ({vendor.name}) agrees "
            f"with {report.employee_name or 'the employee'}.",
            "Correct the vendor's name or e-mail in Intacct or the EmployeeID in Certify; a person may release it.",
        )
    ]


def _link(vendor: Vendor, references: References) -> list[Hold]:
    known = references.link_to_ask("VENDOR", vendor.vendor_id, vendor.record_no)
    if not known:
        return []
    return [
        Hold(
            Rule.VENDOR_LINK_CHANGED,
            f"EmployeeID {vendor.vendor_id} was posted to vendor record {known} before, and now belongs to record {vendor.record_no}.",
            "Make sure that it is the same person, then release it.",
        )
    ]


def _words(name: str) -> tuple[str, ...]:
    # "Müller, Ana" and "Ana Müller" are one name; NFKC joins letters that were typed as two characters.
    return tuple(sorted(unicodedata.normalize("NFKC", name).casefold().replace(",", " ").split()))
