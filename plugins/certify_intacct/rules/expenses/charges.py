"""Card charges that are in another report already, and lines of one report that look like the same expense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from certify_intacct.model.charges import Charge, card_name
from certify_intacct.model.configuration.paid import Card, CompanyPaid
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.cards import card_row


def charges(lines: Iterable[ExpenseLine], company_paid: CompanyPaid) -> tuple[Charge, ...]:
    """The card charges of these lines, of company cards and of personal ones; a line without a card has none."""
    return tuple(charge for line in lines if (charge := _charge(line, company_paid)) is not None)


def _charge(line: ExpenseLine, company_paid: CompanyPaid) -> Charge | None:
    day = line.expense_date or line.posting_date
    if day is None or line.amount is None:
        return None  # it is held for that
    row = card_row(line, company_paid)
    charge = Charge(
        account=row.account if isinstance(row, Card) else "",
        card=card_name(line.card_name, line.card_last),
        transaction_id=line.charge_id,
        day=day,
        merchant=line.vendor,
        amount=line.amount,
        currency=line.currency,
    )
    return charge if charge.keys else None


def same_charge(label: str, charge: Charge, where: str) -> Hold:
    """The hold of a document to be.

    :param where: the report and the document that have the charge
    """
    return Hold(
        rule=Rule.SAME_CHARGE,
        reason=f"{label}: the card {charge.label} is in {where} already.",
        cure="Take the line out of the report in Certify, or release it when it is another charge.",
    )


#: What helps when it was posted twice.
UNTWICE = "Reverse one of the two in Intacct, or release it when they are two charges."


def twice(number: str, where: str) -> str:
    """What a person is told of a posted document of which another report's has a card charge, too."""
    return f"{number} holds a card charge that {where} holds as well."


def alike(lines: Sequence[ExpenseLine]) -> list[str]:
    """A sentence for each date, merchant, amount and category that several lines of one report share."""
    counted = Counter(
        (line.expense_date, line.vendor, line.amount, line.currency, line.category) for line in lines if line.amount
    )
    return [
        f"{count} lines are alike: {amount} {currency} for {category} at {vendor!r} on {day}."
        for (day, vendor, amount, currency, category), count in counted.items()
        if count > 1
    ]
