"""Expense reports of Intacct: what is owed to an employee, or was paid by the company, in the application Expenses.

Intacct XML gateway reference, Time & Expenses > Employee expense reports
(developer.intacct.com/api/employee-expenses/employee-expenses-expense-reports): the legacy function ``create_expensereport`` alone
makes them. The header's currency is that of the reimbursement, and so of ``amount`` on each line; into the base currency Intacct
converts by itself. A report reaches the general ledger when it is approved in Intacct, not when it is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from certify_intacct.documents.base import CURRENCY, STATED, Kind
from certify_intacct.documents.entries import SPENT, spent_text
from certify_intacct.documents.own_fields import legacy_codes_of, legacy_fields_of
from certify_intacct.documents.reading import Record
from certify_intacct.documents.states import PAYABLE, PAYMENT, Meaning
from certify_intacct.intacct.functions import Function, create_expensereport
from certify_intacct.intacct.values import parse_amount
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine, money_text
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.rules.expenses import employees
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.mapping import AccountChoice, account_choice
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.rights import Need

# Among the details of a document.
STATE, _PAYMENT_TYPE = "state", "payment_type"


class IntacctExpenseReport(Kind):
    """A report of the employee; one for each payer, entity and currency of a report in Certify."""

    kind = DocumentKind.EXPENSE_REPORT
    label = "Intacct expense report"
    payers = frozenset({Payer.EMPLOYEE, Payer.COMPANY})
    subledger = "EE"
    object = "EEXPENSES"
    line_object = "EEXPENSESITEM"
    made_by = "create_expensereport"
    header_fills: ClassVar[frozenset[str]] = frozenset(
        {
            "EMPLOYEEID", "WHENCREATED", "WHENPOSTED", "RECORDID", "STATE", "DESCRIPTION", "BASECURR", "CURRENCY", "SUPDOCID",
            "INCLUSIVETAX", "TAXSOLUTIONID",
        }
    )  # fmt: skip
    line_fills: ClassVar[frozenset[str]] = frozenset(
        {
            "GLACCOUNTNO", "ACCOUNTNO", "ACCOUNTLABEL", "AMOUNT", "TRX_AMOUNT", "ENTRY_DATE", "ENTRYDESCRIPTION", "DESCRIPTION",
            "DESCRIPTION2", "LOCATIONID", "LOCATION", "DEPARTMENTID", "DEPARTMENT", "EXPPMTTYPE", "BILLABLE",
        }
    )  # fmt: skip
    policy = ("Time & Expenses", "Expense Reports")
    rights = ("Add", "Edit")
    person = ("EMPLOYEE", "intacct_payee_employees")
    states_expense = True
    states_spent = True
    takes_rate = False
    # What somebody owes the company is an expense adjustment there.
    below_zero = False
    # Approval is what books it.
    states: ClassVar[Mapping[str, Meaning]] = {
        **PAYABLE, "Partially Declined": Meaning.ON_ITS_WAY, "Resubmitted": Meaning.ON_ITS_WAY, "Approved": Meaning.IN_GL,
    }  # fmt: skip
    reversal = "Expenses > Expense reports > the report > Reverse, while nothing of it is paid or selected for payment"
    payment_fields: ClassVar[tuple[str, ...]] = PAYMENT
    payee_field = "EMPLOYEEID"
    payee_word = "employee"
    line_fields = ("CURRENCY", "AMOUNT", "ORG_CURRENCY", "ORG_AMOUNT")
    header_reads: ClassVar[Mapping[str, str]] = {
        "posting_date": "WHENPOSTED", "description": "DESCRIPTION", "base_currency": "BASECURR", "tax_solution": "TAXSOLUTIONID",
        "attachment_id": "SUPDOCID",
    }  # fmt: skip
    line_reads: ClassVar[Mapping[str, str]] = {
        "account": "GLACCOUNTNO", "label": "ACCOUNTLABEL", "memo": "DESCRIPTION2",
        "location_id": "LOCATIONID", "department_id": "DEPARTMENTID", "billable": "BILLABLE",
    }  # fmt: skip

    def party(self, payer: Payer, lines: Sequence[ExpenseLine], context: PlanningContext) -> list[Hold]:
        """The employee of Intacct, beyond doubt."""
        return employees.check_employee(context.report, lines, context.references)

    def accounts(self, payer: Payer, context: PlanningContext) -> AccountChoice:
        """Expense types where the company has named them, and else as other documents choose theirs."""
        types = context.posting.paid_by(payer).expense_report.expense_types
        if not types:
            return account_choice(context.posting, context.references)
        key = f"posting.{payer}_paid.expense_report.expense_types"
        listed = context.references.expense_types
        return AccountChoice(map=types, by_gl_code=False, listed=listed, noun="expense type", key=key, by_label=True)

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The employee whose ID is the EmployeeID. Where entities keep books in different currencies, inside the entity."""
        report, posting = context.report, context.posting
        settings = posting.paid_by(group.payer).expense_report
        inside = posting.posting_entity == "entity" or context.several_currencies
        session = group.entity if inside else ""
        wrong = employees.check_place(context.references.employees.get(report.employee_id), session, group.entity)
        key = f"posting.{group.payer}_paid.expense_report.payment_type"
        wrong = wrong or employees.check_payment_type(settings.payment_type, key, group.payer, context.references)
        if wrong is not None:
            return wrong
        details: dict[str, str] = {STATE: settings.state}
        if settings.payment_type:
            details[_PAYMENT_TYPE] = settings.payment_type
        if context.several_currencies:
            details[CURRENCY] = STATED
        return Payee(payee_id=report.employee_id, name=report.employee_name, session_entity=session, details=details)

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """It has no due date; and none may be dated before the employee joined."""
        return employees.check_start(context.references.employees.get(payee.payee_id), day) or (None, "")

    def request(self, document: Document, control_id: str) -> Function:
        stated = states_currency(document)
        # The date of the report and the date of its posting are one: a closed period is refused by either.
        fields: dict[str, Any] = {
            "employeeid": document.payee_id,
            "datecreated": document.posting_date,
            "dateposted": document.posting_date,
            "expensereportno": document.number,
            "state": document.details[STATE].title(),
            "description": document.description,
            "basecurr": document.base_currency if stated else None,
            "currency": document.currency if stated else None,
            "supdocid": document.attachment_id or None,
            "inclusivetax": False if document.tax_solution else None,
            "taxsolutionid": document.stated_solution,
            # Intacct shows the one as Paid to, the other as Paid for.
            "expenses": [
                {**line_sent(line, document), "memo": line.merchant or None, "paidfor": line.memo or None}
                for line in document.lines
            ],
            **legacy_fields_of(document),
        }
        return create_expensereport(fields, control_id=control_id)

    def needs(self) -> list[Need]:
        """The lists too of which it names members."""
        return [*super().needs(), *map(Need, ("EMPLOYEE", "EEACCOUNTLABEL", "EXPENSEPAYMENTTYPE"))]

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """The merchant (Paid to) too; the memo is Paid for."""
        merchant = (self.line_object, "ENTRYDESCRIPTION")
        return {**super().texts(posting), merchant: (posting.lengths.payee, "posting.lengths.payee")}

    def total(self, record: Record, lines: Sequence[Record]) -> Decimal:
        """That of its header, or else of its lines: nothing says whether the header counts what is not reimbursable."""
        currency = self.currency(record, lines)
        return super().total(record, lines) or sum(
            (self._with_tax(_paid_back(line, currency)) for line in lines), Decimal(0)
        )

    def tells_total(self, record: Record) -> bool:
        """Where its header counts what is reimbursable alone, that of the company's is zero there."""
        return bool(parse_amount(str(record["TRX_TOTALENTERED"] or "")))

    def entry(self, line: Record, currency: str) -> dict[str, str]:
        """In the currency of the reimbursement, with what was spent where that is another one."""
        spent = parse_amount(str(line.get("ORG_AMOUNT") or ""))
        in_currency = str(line.get("ORG_CURRENCY") or currency)
        stated = {SPENT: spent_text(spent, in_currency)} if spent and in_currency != currency else {}
        return {**super().entry(_paid_back(line, currency), currency), **stated}

    def expense_lines(self, planned: Document, lines: Sequence[Record]) -> tuple[list[Record], dict[str, str]]:
        """In the currency of the reimbursement."""
        return [_paid_back(line, planned.currency) for line in lines], {}

    def _with_tax(self, line: Record) -> Decimal:
        return self.value(line) + (parse_amount(str(line.get("TRX_TAX") or "")) or Decimal(0))


def _paid_back(line: Record, currency: str) -> Record:
    """A line with what is paid back as its TRX_AMOUNT; that is AMOUNT where TRX_AMOUNT is what was spent in another currency.

    What was spent is stated only where no further conversion follows, so AMOUNT is the same in base currency.
    """
    own = str(line.get("CURRENCY") or currency)
    return line if own == currency or not line.get("AMOUNT") else {**line, "TRX_AMOUNT": line["AMOUNT"]}


def states_currency(document: Document) -> bool:
    """Whether a document says in which currency it is."""
    return document.currency != document.base_currency or document.details.get(CURRENCY) == STATED


def line_sent(line: DocumentLine, document: Document, sign: int = 1) -> dict[str, Any]:
    """What a line says, but for its texts.

    :param sign: by which its amounts are multiplied
    """
    fields: dict[str, Any] = {
        "expensetype" if document.by_label else "glaccountno": line.account,
        "amount": money_text(sign * line.amount),
        "expensedate": line.expense_date,
        "locationid": line.location_id or None,
        "departmentid": line.department_id or None,
        **legacy_codes_of(line),
        "exppmttype": document.details.get(_PAYMENT_TYPE),
    }
    if line.spent:
        fields |= {
            "currency": line.spent.currency,
            "trx_amount": money_text(sign * line.spent.amount),
            "exchrate": line.spent.rate,
        }
    elif document.exchange_rate_type:
        # What was spent is stated in the currency of the reimbursement, in which the amounts are proven.
        fields |= {
            "currency": document.currency,
            "trx_amount": money_text(sign * line.amount),
            "exchratedate": document.exchange_rate_date,
            "exchratetype": document.exchange_rate_type,
        }
    if line.billable:
        fields["billable"] = True
    if line.tax:
        fields["taxentries"] = [
            {"detailid": tax.detail_id, "trx_tax": money_text(sign * tax.amount)} for tax in line.tax
        ]
    return fields
