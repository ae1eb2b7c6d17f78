"""What Certify says is billed on to a customer: Intacct bills a line that names project and customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from certify_intacct.model.documents import Document
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Skip
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule

_PROJECT, _CUSTOMER = "PROJECTID", "CUSTOMERID"


def billed(line: ExpenseLine, dimensions: Mapping[str, str], references: References) -> Mapping[str, str] | None:
    """The dimensions of a line that is billed on, its customer among them; None where it is not, or cannot be.

    :param dimensions: by their field on a line
    """
    if not line.billable or _PROJECT not in dimensions:
        return None
    project = references.dimensions.get("project", {}).get((dimensions[_PROJECT],))
    customer = dimensions.get(_CUSTOMER) or (project.parent if project else "")
    return {**dimensions, _CUSTOMER: customer} if customer else None


def not_billed(lines: Iterable[ExpenseLine], documents: Iterable[Document]) -> list[Skip]:
    """What is posted without being billed on, though Certify says that it is billable."""
    wanted = {line.id: line for line in lines if line.billable}
    left = {
        posted.expense_id: posted.dimensions
        for document in documents
        for posted in document.lines
        if posted.expense_id in wanted and not posted.billable
    }
    billed_too = {posted.expense_id for document in documents for posted in document.lines if posted.billable}
    return [
        Skip(
            rule=Rule.NOT_BILLED,
            reason=f"{wanted[expense_id].label}: it is billable and has no {'customer' if _PROJECT in dimensions else 'project'}, "
            "so it is posted as not billable.",
            expense_id=expense_id,
        )
        for expense_id, dimensions in sorted(left.items())
        if expense_id not in billed_too
    ]
