"""Credit-card transactions: what the company paid by its cards, one for each charge.

Intacct XML gateway reference, Cash Management > Charge card transactions
(developer.intacct.com/api/cash-management/charge-card-transactions): the legacy function ``record_cctransaction`` alone makes them;
they are read as CCTRANSACTION, where FINANCIALENTITY is the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from certify_intacct.documents.base import CURRENCY, STATED, Kind
from certify_intacct.documents.own_fields import legacy_codes_of, legacy_fields_of
from certify_intacct.documents.states import PAYABLE, Meaning
from certify_intacct.intacct.functions import Function, record_cctransaction
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine, money_text
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import CardAccount
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.cards import card_of
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext


class CreditCardTransaction(Kind):
    """A transaction of a card account. Card, payee and date stand on its header, so charges never share one."""

    kind = DocumentKind.CREDIT_CARD_TRANSACTION
    label = "card transaction"
    payers = frozenset({Payer.COMPANY})
    subledger = "CM"
    object = "CCTRANSACTION"
    line_object = "CCTRANSACTIONENTRY"
    made_by = "record_cctransaction"
    header_fills = frozenset(
        {
            "FINANCIALENTITY", "WHENCREATED", "RECORDID", "DESCRIPTION", "DESCRIPTION2", "SUPDOCID", "CURRENCY", "EXCH_RATE_DATE",
            "EXCH_RATE_TYPE_ID", "EXCHANGE_RATE", "INCLUSIVETAX", "TAXSOLUTIONID",
        }
    )  # fmt: skip
    line_fills = frozenset(
        {
            "ACCOUNTNO", "ACCOUNTLABEL", "AMOUNT", "TRX_AMOUNT", "ENTRYDESCRIPTION", "DESCRIPTION", "LOCATIONID", "LOCATION",
            "DEPARTMENTID", "DEPARTMENT", "BILLABLE",
        }
    )  # fmt: skip
    policy = ("Cash Management", "Credit Card Transactions")
    rights = ("Add", "Edit")
    several_entities = True
    states: ClassVar[Mapping[str, Meaning]] = PAYABLE
    reversal = "Cash Management > Credit card transactions > the transaction > Reverse"
    payee_field = "FINANCIALENTITY"
    header_reads: ClassVar[Mapping[str, str]] = {
        "posting_date": "WHENCREATED", "payee_name": "DESCRIPTION2", "description": "DESCRIPTION", "base_currency": "BASECURR",
        "exchange_rate_type": "EXCH_RATE_TYPE_ID", "exchange_rate_date": "EXCH_RATE_DATE", "tax_solution": "TAXSOLUTIONID",
        "attachment_id": "SUPDOCID",
    }  # fmt: skip
    line_reads: ClassVar[Mapping[str, str]] = {
        "account": "ACCOUNTNO", "label": "ACCOUNTLABEL", "memo": "DESCRIPTION",
        "location_id": "LOCATIONID", "department_id": "DEPARTMENTID", "billable": "BILLABLE",
    }  # fmt: skip

    def keeps_apart(self, line: ExpenseLine, context: PlanningContext) -> str:
        """The charge. Without an ID of it nothing says that two lines belong to the same one."""
        card = f"{line.card_name}/{line.card_last}"
        return f"charge {card} {line.charge_id}" if line.charge_id else f"line {line.id}"

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The card account on which all lines were charged; a card of one entity posts only there."""
        posting = context.posting
        card: CardAccount | None = None
        for member in group.members:
            found = card_of(member.line, posting.company_paid, context.references)
            if isinstance(found, Hold):
                return found
            if card is not None and found != card:
                reason = f"{group.label}: its lines name the cards {card.card_id} and {found.card_id}."
                return Hold(rule=Rule.CARDS_DIFFER, reason=reason, cure="Correct the lines in Certify.")
            card = found
        if card is None:
            return Hold(
                rule=Rule.CARD_MISSING, reason=f"{group.label}: no card.", cure="Attach the card charge in Certify."
            )
        if card.entity and card.entity != group.entity:
            return Hold(
                rule=Rule.CARD_OF_OTHER_ENTITY,
                reason=f"{group.label}: card {card.card_id} belongs to entity {card.entity} and posts only there.",
                cure="Use a card of the entity, or correct the entity in Certify.",
            )
        # Where entities keep books in different currencies Intacct takes no charge at top level.
        inside = posting.posting_entity == "entity" or context.several_currencies
        session = card.entity or (group.entity if inside else "")
        merchants = sorted({member.line.vendor for member in group.members} - {""})
        name = merchants[0] if merchants else context.report.employee_name
        details = {CURRENCY: STATED} if context.several_currencies else {}
        return Payee(payee_id=card.card_id, name=name, session_entity=session, details=details)

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """It has no due date; and none may be dated after its card expired."""
        expires = context.references.cards[payee.payee_id].expires
        if expires is None or day.posted <= expires:
            return None, ""
        return Hold(
            Rule.CARD_EXPIRED,
            f"The card account {payee.payee_id!r} expired on {expires} in Intacct, and the transaction is of {day.posted}.",
            "Correct its expiration date in Intacct (Cash Management > Credit cards), or name the account of the new card in "
            "posting.company_paid.cards.",
        )

    def request(self, document: Document, control_id: str) -> Function:
        foreign = bool(document.exchange_rate_type)
        stated = document.details.get(CURRENCY) == STATED and not foreign
        rate = document.exchange_rate or ("1" if stated else None)
        fields: dict[str, Any] = {
            "chargecardid": document.payee_id,
            "paymentdate": document.posting_date,
            "referenceno": document.number,
            "payee": document.payee_name or None,
            "description": document.description,
            "supdocid": document.attachment_id or None,
            "currency": document.currency if foreign or rate else None,
            "exchratedate": document.exchange_rate_date if foreign else None,
            "exchratetype": document.exchange_rate_type if foreign else None,
            "exchrate": rate,
            "inclusivetax": False if document.tax_solution else None,
            "taxsolutionid": document.stated_solution,
            **legacy_fields_of(document),
            "ccpayitems": [_line(line, document.by_label) for line in document.lines],
        }
        return record_cctransaction(fields, control_id=control_id)

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """The payee too."""
        return {
            **super().texts(posting),
            (self.object, "DESCRIPTION2"): (posting.lengths.payee, "posting.lengths.payee"),
        }


def _line(line: DocumentLine, by_label: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "accountlabel" if by_label else "glaccountno": line.account,
        "description": line.memo,
        "paymentamount": money_text(line.amount),
        "departmentid": line.department_id or None,
        "locationid": line.location_id or None,
        **legacy_codes_of(line),
    }
    if line.tax:
        fields["taxentries"] = [{"detailid": tax.detail_id, "trx_tax": money_text(tax.amount)} for tax in line.tax]
    if line.billable:
        fields["billable"] = True
    return fields
