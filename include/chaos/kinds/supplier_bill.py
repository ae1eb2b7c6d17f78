"""Supplier bills: invoices of Certify's AP automation, each a bill of the supplier who sent it (docs/posting-rules.md, rule 38)."""

from __future__ import annotations

from collections.abc import Sequence

from include.chaos.kinds.ap_bill import ApBill
from include.chaos.kinds.base import COMPANY, Member
from include.chaos.lists import Lists
from include.chaos.postings import Record


class SupplierBill(ApBill):
    """One bill for each supplier and number of an invoice report, under the supplier's number."""

    payer = COMPANY
    target = "supplier_bill"
    letter = "S"
    tag = "DOCNUMBER"
    template = "invoice_memo"
    title = "invoice_description"
    of_invoices = True

    def apart(self, line: Record) -> str:
        """Supplier and number; what has no number stands by itself."""
        number = str(line.get("InvoiceNumber") or "")
        return f"{line.get('VendorCode')} {number or line['ID']}"

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The supplier, with the number of the invoice: a bill under another number is another bill."""
        line = members[0][0]
        return f"{line.get('VendorCode')} {line.get('InvoiceNumber')}"

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """An invoice that is one, of a supplier who is there, in use, and no employee."""
        lines = [line for line, _ in members]
        first = lines[0]
        vendor = lists.vendors.get(str(first.get("VendorCode") or ""))
        if vendor is None:
            return "no vendor"
        session = str(report["EmpGLD1Code"]) if self.inside(lists) else ""
        stated = {
            tuple(str(line.get(name)) for name in ("InvoiceDate", "DueDate", "PONumber", "VendorName"))
            for line in lines
        }
        contents = {str({name: value for name, value in line.items() if name != "ID"}) for line in lines}
        checks = (
            (not first.get("InvoiceNumber") or not first.get("InvoiceDate"), "no number or date"),
            (len(stated) > 1, "lines state different things"),
            (len(contents) < len(lines), "the same line twice"),
            (vendor.get("VENDTYPE") == "Employee", "the supplier is an employee"),
            (vendor.get("STATUS") != "active", "vendor inactive"),
            (vendor.get("ONHOLD") == "true", "vendor on hold"),
            (vendor.get("MEGAENTITYID") not in (None, "", session), "vendor of an entity"),
        )
        return next((why for wrong, why in checks if wrong), "")

    def stated(self, members: Sequence[Member]) -> tuple[str, ...]:
        """The supplier's own date of it, and the day on which it is due."""
        return tuple(str(members[0][0].get(name) or "")[:10] for name in ("InvoiceDate", "DueDate"))

    def own_day(self, members: Sequence[Member]) -> str:
        """That of the invoice."""
        return str(members[0][0].get("InvoiceDate") or "")[:10]
