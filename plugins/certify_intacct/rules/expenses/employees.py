"""Which employee of Intacct a report's employee is, and by which payment type expenses are paid; for expense reports in Intacct."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Employee, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.vendors import agrees, check_employee_id
from certify_intacct.rules.near_misses import looks_like


def check_employee(report: ExpenseReport, lines: Iterable[ExpenseLine], references: References) -> list[Hold]:
    """Why no expense report may be made for the employee with the report's EmployeeID; an empty list when it may.

    The ID is compared exactly, as that of a vendor is: a link or an ID that somebody corrected may lead to another person.
    """
    employee_id = report.employee_id
    unclear = check_employee_id(employee_id, references)
    if unclear:
        return unclear
    employee = references.employees.get(employee_id)
    if employee is None:
        hint = looks_like(employee_id, references.employees)
        reason = f"Intacct has no employee with the ID {employee_id!r}.{hint}"
        cure = "Create the employee in Intacct, or correct the EmployeeID in Certify."
        return [Hold(Rule.EMPLOYEE_MISSING, reason, cure)]
    name = f"Employee {employee.employee_id} ({employee.name})"
    holds = []
    if not employee.active:
        holds.append(Hold(Rule.EMPLOYEE_INACTIVE, f"{name} is inactive.", "Activate the employee in Intacct."))
    if not agrees(report, lines, employee.email, (employee.name,)):
        whom = report.employee_name or "the employee"
        reason = f"Neither name nor e-mail of employee {employee.employee_id} ({employee.name}) agrees with {whom}."
        cure = "Correct the employee's contact in Intacct or the EmployeeID in Certify; a person may release it."
        holds.append(Hold(Rule.EMPLOYEE_IS_SOMEONE_ELSE, reason, cure))
    return [*holds, *_link(employee, references)]


def _link(employee: Employee, references: References) -> list[Hold]:
    known = references.link_to_ask("EMPLOYEE", employee.employee_id, employee.record_no)
    if not known:
        return []
    reason = (
        f"EmployeeID {employee.employee_id} was posted to employee record {known} before, and now belongs to record "
        f"{employee.record_no}."
    )
    cure = "Make sure that it is the same person, then release it."
    return [Hold(Rule.EMPLOYEE_LINK_CHANGED, reason, cure)]


def check_place(employee: Employee | None, session: str, entity: str) -> Hold | None:
    """Why the employee cannot be named in a session; None when that is possible.

    :param session: the entity in which the report is made, empty for top level
    :param entity: whose money it is
    """
    if employee is None or not employee.entity or employee.entity == session:
        return None
    inside = not session and employee.entity == entity
    other = "choose posting.posting_entity: entity" if inside else "correct the entity in Certify"
    where = session or "top level"
    reason = (
        f"Employee {employee.employee_id} is private to entity {employee.entity}; the report would be made at {where}."
    )
    return Hold(Rule.EMPLOYEE_OF_ENTITY, reason, f"Make the employee at top level in Intacct, or {other}.")


def check_start(employee: Employee | None, day: PostingDate) -> Hold | None:
    """Why no report of that date can be made for the employee: Intacct takes none from before somebody joined."""
    if employee is None or employee.start_date is None or day.posted >= employee.start_date:
        return None
    reason = f"Employee {employee.employee_id} starts on {employee.start_date} in Intacct; the report would be dated {day.posted}."
    return Hold(Rule.EMPLOYEE_STARTS_LATER, reason, "Correct the start date of the employee in Intacct.")


def check_payment_type(name: str, key: str, payer: Payer, references: References) -> Hold | None:
    """Why lines that this payer paid cannot have the payment type; None when they can.

    What the company paid must not be owed to the employee, and what the employee paid must be.

    :param key: the key of connector.yaml that names it
    """
    if not name:
        return None
    known = references.payment_types.get(name)
    if known is None or not known.active:
        hint = looks_like(name, references.payment_types) if known is None else ""
        reason = f"Intacct has no active payment type {name!r}.{hint}"
        return Hold(
            Rule.PAYMENT_TYPE, reason, f"Make it in Intacct (Expenses > Setup > Payment types), or correct {key}."
        )
    owed = payer is Payer.EMPLOYEE
    if known.reimbursable is owed:
        return None
    said = {None: "Intacct does not say whether it is reimbursable", True: "it is reimbursable", False: "it is not"}
    reason = f"The payment type {name!r} is for what the {payer} paid, and {said[known.reimbursable]}."
    return Hold(Rule.PAYMENT_TYPE, reason, f"Correct Non-reimbursable of the payment type in Intacct, or {key}.")
