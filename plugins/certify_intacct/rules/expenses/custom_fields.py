"""The values of the company's own fields, as ``posting.custom_fields`` says them of a report and of its lines."""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.model import templates
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import texts

#: No custom field of Intacct is longer. What is longer than its own field is refused there: a value is never cut.
LONGEST = 4000


def values(
    fields: Mapping[str, str], key: str, report: ExpenseReport, line: ExpenseLine | None = None
) -> tuple[dict[str, str], list[Hold]]:
    """The fields that are filled, by name, and those that cannot be.

    :param fields: templates by the names of the fields
    :param key: where in connector.yaml they stand
    """
    found: dict[str, str] = {}
    holds: list[Hold] = []
    for name, template in fields.items():
        value = texts.filled(template, report, line, LONGEST).strip()
        if value:
            found[name] = value
        elif not templates.may_be_empty(template):
            holds.append(_empty(name, template, key, report, line))
    return found, holds


def _empty(name: str, template: str, key: str, report: ExpenseReport, line: ExpenseLine | None) -> Hold:
    wanted = ", ".join(sorted(templates.fields_of(template)))
    reason = f"{line.label if line else report.label}: the custom field {name} would be empty, since Certify states no {wanted}."
    cure = f'Fill it in Certify, or write `{name}: "[{template}]"` in {key} of connector.yaml: then it may be empty.'
    return Hold(Rule.CUSTOM_FIELD_EMPTY, reason, cure, expense_id=line.id if line else "")
