"""AP bills: what the company owes its employees, each of whom is a vendor."""

from __future__ import annotations

from collections.abc import Sequence

from certify_intacct.documents.bill import Bill
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.expenses.vendors import check_vendor


class ApBill(Bill):
    """A bill to the employee's vendor; one for each entity and currency of a report."""

    kind = DocumentKind.AP_BILL
    label = "AP bill"
    payers = frozenset({Payer.EMPLOYEE})
    person = ("VENDOR", "intacct_vendors")

    def party(self, payer: Payer, lines: Sequence[ExpenseLine], context: PlanningContext) -> list[Hold]:
        """The employee's vendor, beyond doubt."""
        types = context.posting.vendors.employee_vendor_types
        return check_vendor(context.report, lines, context.references, types)

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """The vendor whose ID is the EmployeeID."""
        return self.vendor(context.report.employee_id, context.report.employee_name, group, context)
