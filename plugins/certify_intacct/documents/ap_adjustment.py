"""AP adjustments: what lowers the debt to a vendor, where a part of a report is below zero and would else be a bill.

Intacct XML gateway reference, Accounts Payable > AP adjustments (developer.intacct.com/api/accounts-payable/ap-adjustments): the
legacy function ``create_apadjustment`` alone makes them; an attachment has no place in it, lines are all positive or all negative, and
no function reverses one. Which sign lowers the debt the company says (``posting.credits.adjustment_sign``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from certify_intacct.documents.adjustment import SIGN, Adjustment, sign_sent
from certify_intacct.documents.ap_bill import ApBill
from certify_intacct.documents.base import CURRENCY, STATED
from certify_intacct.documents.bill import Bill
from certify_intacct.documents.card_vendor_bill import CardVendorBill
from certify_intacct.documents.own_fields import legacy_codes_of, legacy_fields_of
from certify_intacct.documents.states import PAYABLE, Meaning
from certify_intacct.documents.supplier_bill import SupplierBill
from certify_intacct.intacct.functions import Function, create_apadjustment
from certify_intacct.model.configuration.texts import Description, Memo
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine, money_text
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, of_invoices
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext

#: By payer the bill whose debt it lowers, and that of an invoice: whom it names, and of when it is, are the bill's.
_BILLS: Mapping[Payer, Bill] = {Payer.EMPLOYEE: ApBill(), Payer.COMPANY: CardVendorBill()}
_OF_INVOICES = SupplierBill()


class ApAdjustment(Adjustment):
    """An adjustment of the vendor whose bill the part would be, were it above zero."""

    kind = DocumentKind.AP_ADJUSTMENT
    label = "AP adjustment"
    payers = frozenset({Payer.EMPLOYEE, Payer.COMPANY})
    subledger = "AP"
    object = "APADJUSTMENT"
    line_object = "APADJUSTMENTITEM"
    made_by = "create_apadjustment"
    header_fills = frozenset(
        {
            "VENDORID", "WHENCREATED", "WHENPOSTED", "RECORDID", "DESCRIPTION", "BASECURR", "CURRENCY", "EXCH_RATE_DATE",
            "EXCH_RATE_TYPE_ID", "EXCHANGE_RATE", "INCLUSIVETAX", "TAXSOLUTIONID",
        }
    )  # fmt: skip
    line_fills = Bill.line_fills
    policy = ("Accounts Payable", "Adjustments")
    rights = ("Add", "Post")
    takes_attachment = False
    gives = Bill.gives
    states: ClassVar[Mapping[str, Meaning]] = PAYABLE
    reversal = "Accounts Payable > Adjustments > the adjustment > Reverse, while nothing of it is applied to a bill"
    payee_field = Bill.payee_field
    booked_as = (DocumentKind.AP_BILL,)
    otherwise = "negative"
    header_reads: ClassVar[Mapping[str, str]] = {
        "posting_date": "WHENPOSTED", "description": "DESCRIPTION", "base_currency": "BASECURR",
        "exchange_rate_type": "EXCH_RATE_TYPE_ID", "exchange_rate_date": "EXCH_RATE_DATE", "tax_solution": "TAXSOLUTIONID",
    }  # fmt: skip
    line_reads: ClassVar[Mapping[str, str]] = Bill.line_reads

    def memo_of(self, payer: Payer, context: PlanningContext) -> Memo:
        """That of the bill."""
        return _bill(payer, context).memo

    def description_of(self, context: PlanningContext) -> Description:
        """That of the bill, whoever paid."""
        return _bill(Payer.COMPANY, context).description_of(context)

    def party(self, payer: Payer, lines: Sequence[ExpenseLine], context: PlanningContext) -> list[Hold]:
        """That of the bill."""
        return _bill(payer, context).party(payer, lines, context)

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The vendor of the bill, with the sign that lowers what it is owed."""
        payee = _bill(group.payer, context).payee(group, context)
        if isinstance(payee, Hold):
            return payee
        details: dict[str, str] = {SIGN: context.posting.credits.adjustment_sign or ""}
        if context.several_currencies:
            details[CURRENCY] = STATED
        return replace(payee, details=details)

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """That of the bill."""
        return _bill(group.payer, context).date_by_rule(group, context)

    def request(self, document: Document, control_id: str) -> Function:
        foreign = bool(document.exchange_rate_type)
        own = document.details.get(CURRENCY) == STATED and not foreign
        rate = document.exchange_rate or ("1" if own else None)
        stated = foreign or rate
        fields: dict[str, Any] = {
            "vendorid": document.payee_id,
            # The date of the adjustment and the date of its posting are one: a closed period is refused by either.
            "datecreated": document.posting_date,
            "dateposted": document.posting_date,
            "adjustmentno": document.number,
            "description": document.description,
            "basecurr": document.base_currency if stated else None,
            "currency": document.currency if stated else None,
            "exchratedate": document.exchange_rate_date if foreign else None,
            "exchratetype": document.exchange_rate_type if foreign else None,
            "exchrate": rate,
            "inclusivetax": False if document.tax_solution else None,
            "taxsolutionid": document.stated_solution,
            **legacy_fields_of(document),
            "apadjustmentitems": [_line(line, document) for line in document.lines],
        }
        return create_apadjustment(fields, control_id=control_id)


def _bill(payer: Payer, context: PlanningContext) -> Bill:
    return _OF_INVOICES if of_invoices(context.report.id) else _BILLS[payer]


def _line(line: DocumentLine, document: Document) -> dict[str, Any]:
    sign = sign_sent(document)
    fields: dict[str, Any] = {
        "accountlabel" if document.by_label else "glaccountno": line.account,
        "amount": money_text(sign * line.amount),
        "memo": line.memo or None,
        "locationid": line.location_id or None,
        "departmentid": line.department_id or None,
        **legacy_codes_of(line),
    }
    if line.billable:
        fields["billable"] = True
    if line.tax:
        fields["taxentries"] = [
            {"detailid": tax.detail_id, "trx_tax": money_text(sign * tax.amount)} for tax in line.tax
        ]
    return fields
