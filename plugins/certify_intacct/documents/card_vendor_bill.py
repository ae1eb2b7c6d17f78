"""Card vendor bills: what the company paid by its cards, as bills of the vendors that bill the cards.

An ordinary APBILL with the card company's VENDORID; nothing else is special about it in Intacct. What is on one of them is what stands
on one statement of one card, so that the card company's own statement can be ticked off against it.
"""

from __future__ import annotations

from datetime import date

from certify_intacct.documents.bill import Bill
from certify_intacct.model.charges import card_name
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.cards import card_with_vendor
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.statements import charged_on, statement_of
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.expenses.vendors import check_supplier


class CardVendorBill(Bill):
    """A bill of a card's vendor; one for each card, statement, entity and currency of a report."""

    kind = DocumentKind.CARD_VENDOR_BILL
    label = "card vendor bill"
    payers = frozenset({Payer.COMPANY})
    memo = "cardholder_memo"

    def keeps_apart(self, line: ExpenseLine, context: PlanningContext) -> str:
        """The card, by its row of connector.yaml, which names the vendor, and the statement on which the charge stands."""
        card = card_with_vendor(line, context.posting.company_paid)
        if isinstance(card, Hold):
            # It waits, and nothing else for it.
            return f"card {card_name(line.card_name, line.card_last)}"
        return f"statement of {card.payment_card}/{card.last} on {statement_of(line, card)}"

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The vendor that bills the card: there, in use, and no employee."""
        card = card_with_vendor(group.members[0].line, context.posting.company_paid)
        if isinstance(card, Hold):
            return card
        undated = next((member.line for member in group.members if charged_on(member.line) is None), None)
        if undated is not None:
            reason = "Certify states no day of its charge, so nobody can tell on which statement it stands."
            return Hold.on_line(undated, Rule.DATE_MISSING, reason, "Correct the line in Certify.")
        types = context.posting.vendors.employee_vendor_types
        if holds := check_supplier(card.vendor_id, context.references, types):
            return holds[0]
        return self.vendor(card.vendor_id, context.references.vendors[card.vendor_id].name, group, context)

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """As for whatever the company paid, or the day on which the statement closes."""
        posting, line = context.posting.company_paid, group.members[0].line
        if posting.date != "statement_date":
            return super().date_by_rule(group, context)
        card = card_with_vendor(line, posting)
        return None if isinstance(card, Hold) else statement_of(line, card)
