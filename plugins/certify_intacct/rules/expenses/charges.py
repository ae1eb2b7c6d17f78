"""Card charges and invoices that are in another report already, and lines of one report that look like the same expense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from certify_intacct.model.charges import Charge, SuppliersInvoice, card_name
from certify_intacct.model.configuration.paid import Card
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.currencies import money
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, Invoice
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.cards import card_row


def charges(lines: Iterable[ExpenseLine], posting: PostingConfiguration) -> tuple[Charge | SuppliersInvoice, ...]:
    """The card charges of these lines, of company cards and of personal ones, and the invoices that they are; not all have one."""
    found = (_charge(line, posting) if line.invoice is None else _invoice(line.invoice, posting) for line in lines)
    return tuple(dict.fromkeys(charge for charge in found if charge is not None and charge.keys))


def charges_of_content(
    content: Mapping[str, Any], posting: PostingConfiguration
) -> tuple[Charge | SuppliersInvoice, ...]:
    """The card charges of lines as a ledger keeps them.

    :param content: the business fields of expenses (``hashing.business_content`` or ``hashing.part_content``)
    """
    return charges((_line(one) for one in content["lines"].values() if "number" not in one), posting)


def _line(kept: Mapping[str, Any]) -> ExpenseLine:
    """What of a line says which charge it is."""
    amount, spent, posted = (kept.get(name) for name in ("amount", "expense_date", "posting_date"))
    return ExpenseLine(
        id=kept.get("id", ""),
        report_id="",
        amount=None if amount is None else Decimal(amount),
        currency=kept.get("currency", ""),
        expense_date=date.fromisoformat(spent) if spent else None,
        posting_date=date.fromisoformat(posted) if posted else None,
        vendor=kept.get("vendor", ""),
        card_name=kept.get("card_name", ""),
        card_last=kept.get("card_last", ""),
        card_transaction_id=kept.get("card_transaction_id", ""),
    )


def _invoice(invoice: Invoice, posting: PostingConfiguration) -> SuppliersInvoice:
    return SuppliersInvoice(vendor_id=posting.invoices.vendor_of(invoice), number=invoice.number)


def _charge(line: ExpenseLine, posting: PostingConfiguration) -> Charge | None:
    day = line.expense_date or line.posting_date
    if day is None or line.amount is None:
        return None  # it is held for that
    row = card_row(line, posting.company_paid)
    return Charge(
        account=row.account if isinstance(row, Card) else "",
        card=card_name(line.card_name, line.card_last),
        transaction_id=line.charge_id,
        day=day,
        merchant=line.vendor,
        amount=line.amount,
        currency=line.currency,
    )


def same_charge(label: str, charge: Charge | SuppliersInvoice, where: str) -> Hold:
    """The hold of a document to be.

    :param where: the report and the document that have the charge
    """
    return Hold(
        rule=Rule.SAME_CHARGE,
        reason=f"{label}: the {charge.label} is already in {where}.",
        cure=f"Take the line out of the report in Certify, or release it when it is another {charge.noun}.",
    )


#: What helps when it was posted twice.
UNTWICE = "Reverse one of the two in Intacct, or release it when they are two charges, or two invoices."


def twice(number: str, where: str) -> str:
    """What a person is told of a posted document of which another report's has a card charge, or an invoice, too."""
    return f"{number} contains a card charge or an invoice that {where} contains too."


def alike(lines: Sequence[ExpenseLine]) -> list[str]:
    """A sentence for each date, merchant, amount and category that several lines of one report share."""
    counted = Counter(
        (line.expense_date, line.vendor, line.amount, line.currency, line.category) for line in lines if line.amount
    )
    return [
        f"{count} lines are alike: {money(amount, currency)} for {category} at {vendor!r} on {day}."
        for (day, vendor, amount, currency, category), count in counted.items()
        if count > 1
    ]
