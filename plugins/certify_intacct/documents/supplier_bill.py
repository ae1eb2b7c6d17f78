"""Supplier bills: invoices of Certify's AP automation, each an APBILL of the supplier who sent it.

Accounts payable looks for a bill by the number that the supplier gave it, so that is its bill number (RECORDID), and our own stands,
whole, in the reference number (DOCNUMBER). Its date is the invoice's (WHENCREATED); that of its posting (WHENPOSTED) is the company's
to choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from certify_intacct.documents.bill import Bill
from certify_intacct.documents.found import Found
from certify_intacct.documents.states import Meaning
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.texts import Description
from certify_intacct.model.documents import BILL_NUMBER, INVOICE_DATE, Document, DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, of_invoices
from certify_intacct.rules.expenses import dates, invoices
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.identity import LONGEST_NUMBER
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.expenses.vendors import Supplier, check_supplier
from certify_intacct.rules.preflight.facts import OWN_NUMBERS

#: Among the details of a document: the day on which the supplier wants to be paid.
DUE_DATE = "due_date"


class SupplierBill(Bill):
    """One bill for each invoice: for each supplier and number of an invoice report."""

    kind = DocumentKind.SUPPLIER_BILL
    label = "supplier bill"
    payers = frozenset({Payer.COMPANY})
    memo = "invoice_memo"
    indivisible = True

    def may_be_of(self, report_id: str) -> bool:
        """Of invoices alone."""
        return of_invoices(report_id)

    def description_of(self, context: PlanningContext) -> Description:
        """With what the invoice says."""
        return "invoice_description"

    def keeps_apart(self, line: ExpenseLine, context: PlanningContext) -> str:
        """Supplier and number; what has no number is by itself."""
        return invoices.key_of(line, context.posting.invoices)

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The vendor that Certify names: there, in use, and no employee."""
        if unclear := invoices.unclear(group, context.posting.invoices):
            return unclear
        invoice, day = invoices.invoice_of(group), group.members[0].line.expense_date
        if day is not None and (never := dates.dated(day, context.today, group.label)):
            return never
        section, types = context.posting.invoices, context.posting.vendors.employee_vendor_types
        vendor_id = section.vendor_of(invoice)
        supplier = Supplier(
            whose=f"that of invoice {invoice.number!r}",
            noun="supplier",
            correct="the vendor's code in Certify, or posting.invoices.vendors",
        )
        if holds := check_supplier(vendor_id, context.references, types, supplier):
            return holds[0]
        payee = self.vendor(vendor_id, context.references.vendors[vendor_id].name, group, context)
        if isinstance(payee, Hold):
            return payee
        stated = {
            BILL_NUMBER: invoices.bill_number(invoice, group.sequence),
            INVOICE_DATE: str(day),
            DUE_DATE: str(invoice.due_date or ""),
        }
        return replace(payee, details={name: value for name, value in stated.items() if value})

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """The day of the invoice, unless connector.yaml asks for another."""
        match context.posting.invoices.date:
            case "invoice_date":
                return group.members[0].line.expense_date
            case "processed_date":
                return context.report.processed_date
            case "run_date":
                return context.today

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """As the supplier wants it; where that is not stated, by the rule of connector.yaml, from the day of the invoice."""
        if stated := payee.details.get(DUE_DATE):
            return date.fromisoformat(stated), ""
        vendor = context.references.vendors[payee.payee_id]
        dated = PostingDate(posted=date.fromisoformat(payee.details[INVOICE_DATE]))
        rule = context.posting.invoices.due
        return dates.due(dated, rule, vendor.term, context.references, key="posting.invoices.due")

    def own_header(self, document: Document) -> Mapping[str, Any]:
        """Number and date of the invoice."""
        return {
            "WHENCREATED": date.fromisoformat(document.details[INVOICE_DATE]),
            "RECORDID": document.details[BILL_NUMBER],
            "DOCNUMBER": document.number,
        }

    def as_ours(self, document: Document, found: Found) -> Found:
        """With the date of its posting: until it is posted Intacct may know its own date alone."""
        waits = found.meaning is Meaning.ON_ITS_WAY and str(found.date) == document.details[INVOICE_DATE]
        return replace(found, date=document.posting_date) if waits else found

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """The supplier's number is as long as it is: one that is too long waits."""
        found = super().texts(posting)
        del found[self.object, "RECORDID"]
        return found | {(self.object, "DOCNUMBER"): (LONGEST_NUMBER, OWN_NUMBERS)}
