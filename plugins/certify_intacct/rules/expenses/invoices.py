"""Which lines of an invoice report are one invoice, and why an invoice cannot be posted as it is.

Certify lists an invoice by its lines: each record has one category and one amount, and states number, supplier and days of its invoice
(Certify REST API, ``invoices``). Records of one report with one supplier and number are one invoice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from certify_intacct.model.charges import folded
from certify_intacct.model.configuration.invoices import Invoices
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, Invoice
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.near_misses import is_blank

#: Of a bill (developer.intacct.com/api/accounts-payable/bills).
LONGEST_BILL_NUMBER = 45
_AGAIN = len("-99")
_STATED = ("expense_date", "vendor")
_STATED_OF_IT = ("number", "due_date", "po_number")
_CURE = "Correct the invoice in Certify (unprocess, correct, process)."


def invoice_of(group: Group) -> Invoice:
    """The invoice that a group is."""
    return _stated(group.members[0].line)


def _stated(line: ExpenseLine) -> Invoice:
    return line.invoice or Invoice()


def key_of(line: ExpenseLine, section: Invoices) -> str:
    """By what a line is told from those of other invoices of its report: as another report's twin is known again (``charges``).

    Numbers are typed, and a supplier may have had another code.
    """
    invoice = _stated(line)
    number = folded(invoice.number) if not is_blank(invoice.number) else f"(none, {line.id})"
    return f"invoice {number} of {section.vendor_of(invoice)}"


def bill_number(invoice: Invoice, sequence: int) -> str:
    """The supplier's number. One that was reversed keeps it, and a company may allow it once: what is posted again is told apart."""
    return invoice.number if sequence == 1 else f"{invoice.number}-{sequence}"


def keys_of(lines: Iterable[ExpenseLine], section: Invoices) -> frozenset[str]:
    """By what those of these lines are told apart that are invoices."""
    return frozenset(key_of(line, section) for line in lines if line.invoice is not None)


def twice(group: Group, posted: Collection[str], section: Invoices) -> list[Hold]:
    """Why an invoice may be one twice: lines of it are alike, or others were posted before: it would be a second bill of its number.

    :param posted: ``keys_of`` the lines that documents hold already
    """
    lines = [member.line for member in group.members if member.line.invoice is not None]
    found = []
    alike = Counter(map(_compared, lines))
    if most := max(alike.values(), default=1) - 1:
        which = next(line for line in lines if alike[_compared(line)] > 1)
        reason = f"{group.label}: {most + 1} of its lines are alike: {which.label}. It may have been entered twice."
        cure = "Take one out of the report in Certify, or release it when all of them are meant."
        found.append(Hold(Rule.INVOICE_TWICE, reason, cure))
    if not keys_of(lines, section).isdisjoint(posted):
        reason = (
            f"{group.label}: other lines of it are posted already, and this would be a second bill under its number."
        )
        cure = "Enter it in Intacct and decide that it was booked by hand, or release it when a second bill is right."
        found.append(Hold(Rule.INVOICE_TWICE, reason, cure))
    return found


def _compared(line: ExpenseLine) -> str:
    """A line as one that was entered twice is seen by: its image was uploaded anew."""
    return repr(replace(line, id="", invoice=replace(_stated(line), image_link="", po_name="")))


def unclear(group: Group, section: Invoices) -> Hold | None:
    """Why nobody can tell what a group is an invoice of, or whether it is one; None when it is clear."""
    first = group.members[0].line
    invoice = _stated(first)
    if why := _missing(first, invoice, section):
        return Hold(Rule.INVOICE_UNCLEAR, f"{group.label}: {why}", _CURE)
    for member in group.members[1:]:
        line, other_invoice = member.line, _stated(member.line)
        pairs = [(name, getattr(first, name), getattr(line, name)) for name in _STATED]
        pairs += [(name, getattr(invoice, name), getattr(other_invoice, name)) for name in _STATED_OF_IT]
        pairs.append((section.vendor, section.stated_vendor(invoice), section.stated_vendor(other_invoice)))
        for name, one, other in pairs:
            if one != other:
                what = name.replace("_", " ").replace("expense", "invoice")
                reason = f"{group.label}: its lines disagree about the {what}: {_shown(one)} and {_shown(other)}."
                return Hold(
                    Rule.INVOICE_UNCLEAR, reason, f"Correct it in Certify; two invoices have two numbers. {_CURE}"
                )
    return None


def _shown(value: object) -> str:
    """Spaces that make the difference are seen in quotes."""
    return repr(value) if isinstance(value, str) else str(value)


def _missing(line: ExpenseLine, invoice: Invoice, section: Invoices) -> str:
    if is_blank(invoice.number):
        return "it has no InvoiceNumber."
    longest = LONGEST_BILL_NUMBER - _AGAIN
    if len(invoice.number) > longest:
        return f"its number has {len(invoice.number)} characters, and a bill number {longest} at most."
    if invoice.number != invoice.number.strip() or not invoice.number.isprintable():
        return "its number has blanks around it, or a character that nobody sees."
    if is_blank(section.vendor_of(invoice)):
        return f"it states no {'VendorID' if section.vendor == 'vendor_id' else 'VendorCode'}, so nobody can tell whose it is."
    if line.expense_date is None:
        return "it has no InvoiceDate."
    if invoice.due_date is not None and invoice.due_date < line.expense_date:
        return f"it is due on {invoice.due_date}, before its own date {line.expense_date}."
    return ""
