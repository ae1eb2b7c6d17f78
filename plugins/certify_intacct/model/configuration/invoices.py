"""Section ``posting.invoices``: what becomes of invoices of Certify's AP automation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import ValidationError, model_validator

from certify_intacct.model.configuration.paid import NONE, Due, fault
from certify_intacct.model.configuration.section import CertifyName, Name, Section
from certify_intacct.model.reports import Invoice


class Invoices(Section):
    """The invoices of suppliers, each a bill of its supplier.

    :param target: ``none``: they are not read; ``hold``: they are read and planned, and wait; or the kind of document
    :param since: the first processed date of those that are read; those of before were entered in another way
    :param vendor: which field of the invoice names the vendor (VENDORID)
    :param vendors: codes that differ between the two services, Certify's on the left
    :param date: the date on which bills are posted; their own date is the invoice's in any case
    :param due: of those for which Certify states no due date
    """

    target: Literal["none", "hold", "supplier_bill"] = "none"
    since: dt.date | None = None
    vendor: Literal["vendor_code", "vendor_id"] = "vendor_code"
    vendors: Mapping[CertifyName, Name] = {}
    date: Literal["invoice_date", "processed_date", "run_date"] = "invoice_date"
    due: Due = Due(rule="vendor_term")

    @model_validator(mode="after")
    def _since_told(self) -> Invoices:
        if self.target != NONE and self.since is None:
            why = (
                f"`target: {self.target}` needs `since: YYYY-MM-DD`, the first processed date whose invoices nobody else has entered "
                "in Intacct"
            )
            raise ValidationError.from_exception_data("connector.yaml", [fault(self.target, why, "target")])
        return self

    @property
    def read_since(self) -> dt.date | None:
        """The first processed date of those for which Certify's lists are asked; None where they are not."""
        return None if self.target == NONE else self.since

    def stated_vendor(self, invoice: Invoice) -> str:
        """The code of its vendor as Certify states it."""
        return invoice.vendor_id if self.vendor == "vendor_id" else invoice.vendor_code

    def vendor_of(self, invoice: Invoice) -> str:
        """The VENDORID of its vendor; empty when Certify states none."""
        stated = self.stated_vendor(invoice)
        return self.vendors.get(stated, stated)
