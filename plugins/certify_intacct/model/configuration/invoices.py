"""Section ``posting.invoices``: what becomes of invoices of Certify's AP automation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from certify_intacct.model.configuration.paid import NONE, Due
from certify_intacct.model.configuration.section import CertifyName, Name, Section
from certify_intacct.model.reports import Invoice


class Invoices(Section):
    """The invoices of suppliers, each a bill of its supplier.

    :param target: ``none``: they are not read; ``hold``: they are read and planned, and wait; or the kind of document
    :param vendor: which field of the invoice names the vendor (VENDORID)
    :param vendors: codes that differ between the two services, Certify's on the left
    :param date: the date on which bills are posted; their own date is the invoice's in any case
    :param due: of those for which Certify states no due date
    """

    target: Literal["none", "hold", "supplier_bill"] = "none"
    vendor: Literal["vendor_code", "vendor_id"] = "vendor_code"
    vendors: Mapping[CertifyName, Name] = {}
    date: Literal["invoice_date", "processed_date", "run_date"] = "invoice_date"
    due: Due = Due(rule="vendor_term")

    @property
    def read(self) -> bool:
        """Whether the lists of Certify are asked for them."""
        return self.target != NONE

    def stated_vendor(self, invoice: Invoice) -> str:
        """The code of its vendor as Certify states it."""
        return invoice.vendor_id if self.vendor == "vendor_id" else invoice.vendor_code

    def vendor_of(self, invoice: Invoice) -> str:
        """The VENDORID of its vendor; empty when Certify states none."""
        stated = self.stated_vendor(invoice)
        return self.vendors.get(stated, stated)
