"""Expense adjustments: what lowers what an employee gets, where their part is below zero and would else be an expense report.

Intacct XML gateway reference, Time & Expenses > Employee expense adjustments: the legacy function ``create_expenseadjustmentreport``
alone makes them, and no function reverses one. A debit lowers what the employee gets, a credit raises it; the function has no word for
either, so the sign of the amounts carries it, and the company says which (``posting.credits.expense_adjustment_sign``). Receipts have
a place in it. The number of a report that it is about (``docnumber``) is left out: nobody knows of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from certify_intacct.documents.adjustment import SIGN, Adjustment, sign_sent
from certify_intacct.documents.base import Kind
from certify_intacct.documents.expense_report import STATE, IntacctExpenseReport, line_sent, states_currency
from certify_intacct.intacct.functions import Function, create_expenseadjustmentreport
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.rights import Need


class ExpenseAdjustment(Adjustment, IntacctExpenseReport):
    """An adjustment of the employee whose expense report the part would be, were it above zero."""

    kind = DocumentKind.EXPENSE_ADJUSTMENT
    label = "expense adjustment"
    payers = frozenset({Payer.EMPLOYEE})
    object = "EXPENSEADJUSTMENTS"
    line_object = "EXPENSEADJUSTMENTSITEM"
    made_by = "create_expenseadjustmentreport"
    # Without the state, and without a place for both texts of a line.
    header_fills: ClassVar[frozenset[str]] = IntacctExpenseReport.header_fills - {"STATE"}
    line_fills: ClassVar[frozenset[str]] = IntacctExpenseReport.line_fills - {"DESCRIPTION", "DESCRIPTION2"}
    policy = ("Time & Expenses", "Expense Adjustments")
    below_zero = True
    states_spent = False
    # It is applied to what is paid.
    payment_fields: ClassVar[tuple[str, ...]] = ()
    reversal = "Expenses > Expense adjustments > the adjustment > Reverse, or Delete, while nothing of it is applied"
    booked_as = (DocumentKind.EXPENSE_REPORT,)
    line_reads: ClassVar[Mapping[str, str]] = {**IntacctExpenseReport.line_reads, "memo": "ENTRYDESCRIPTION"}

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The employee of the report, with the sign that lowers what they get."""
        payee = super().payee(group, context)
        if isinstance(payee, Hold):
            return payee
        details = {name: value for name, value in payee.details.items() if name != STATE}
        return replace(payee, details={**details, SIGN: context.posting.credits.expense_adjustment_sign or ""})

    def request(self, document: Document, control_id: str) -> Function:
        stated, sign = states_currency(document), sign_sent(document)
        fields: dict[str, Any] = {
            "employeeid": document.payee_id,
            # The date of the adjustment and the date of its posting are one: a closed period is refused by either.
            "datecreated": document.posting_date,
            "dateposted": document.posting_date,
            "adjustmentno": document.number,
            "description": document.description,
            "basecurr": document.base_currency if stated else None,
            "currency": document.currency if stated else None,
            "expenseadjustments": [
                {**line_sent(line, document, sign), "memo": line.memo or None} for line in document.lines
            ],
            "supdocid": document.attachment_id or None,
            "inclusivetax": False if document.tax_solution else None,
            "taxsolutionid": document.stated_solution,
        }
        return create_expenseadjustmentreport(fields, control_id=control_id)

    def needs(self) -> list[Need]:
        """Its own; what it names is listed for the expense reports beside which it stands."""
        return Kind.needs(self)

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """Its lines have a place for one text alone."""
        return Kind.texts(self, posting)
