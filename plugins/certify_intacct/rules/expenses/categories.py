"""Whether an expense is private or a cash advance: its category says so, and a category that nobody knows holds its report.

What is so marked waits, or goes to an account that the company names for it, in the place of its category's.
"""

from __future__ import annotations

from collections.abc import Iterator

from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Category, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.amounts import Shares
from certify_intacct.rules.expenses.mapping import OwnAccount
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import PlanningContext
from certify_intacct.rules.near_misses import looks_like

_WORDS = {Rule.PERSONAL: "personal", Rule.CASH_ADVANCE: "cash advance"}


def check_categories(group: Group, context: PlanningContext) -> list[Hold]:
    """Why the lines of one payer's part may not be posted by their categories. Names are compared exactly."""
    found = []
    for member in group.members:
        _, unknown = _categories(member.line, context.references)
        found += [_unknown(member.line, unknown)] if unknown else []
        found += [
            _marked(member.line, mark, payable=payable, named=bool(_account(mark, context)))
            for mark, payable in _marks(member, group.payer, context)
            if not (payable and _account(mark, context))
        ]
    return found


def own_account(member: Shares, group: Group, context: PlanningContext) -> OwnAccount | None:
    """The account of a line of a group by ``posting.policies``; None where its category decides, as it does once released.

    What a person decided about another part of the report, or about an earlier version of this one, was not said of this.
    """
    for mark, payable in _marks(member, group.payer, context):
        if payable and mark not in group.overruled and (account := _account(mark, context)):
            return OwnAccount(code=account, key=f"posting.policies.{mark}_account")
    return None


def _marks(member: Shares, payer: Payer, context: PlanningContext) -> Iterator[tuple[Rule, bool]]:
    """What the category of a line is marked as, and whether an account can make that right.

    None makes it right that an employee is paid what is private.
    """
    categories, _ = _categories(member.line, context.references)
    owed = payer is Payer.EMPLOYEE and member.part(payer) > 0
    if any(one.personal for one in categories):
        yield Rule.PERSONAL, not owed
    if any(one.cash_advance for one in categories):
        yield Rule.CASH_ADVANCE, True


def _account(mark: Rule, context: PlanningContext) -> str:
    policies = context.posting.policies
    return policies.personal_account if mark is Rule.PERSONAL else policies.cash_advance_account


def _categories(line: ExpenseLine, references: References) -> tuple[list[Category], str]:
    """The categories that a line may be of, and why they are not known."""
    found = references.categories.get(line.category, ())
    if not found:
        stated = f"Certify lists no category {line.category!r}." if line.category else "It has no category."
        return [], f"{stated}{looks_like(line.category, references.categories)}"
    # One name may stand for several categories; the GL code tells them apart where it can.
    narrowed = [one for one in found if one.gl_code == line.category_gl_code or not one.readable] or list(found)
    if not all(one.readable for one in narrowed):
        return [], f"The category {line.category!r} of Certify cannot be read."
    return narrowed, ""


def _marked(line: ExpenseLine, mark: Rule, *, payable: bool, named: bool) -> Hold:
    reason = f"the category is marked {_WORDS[mark]}."
    if named:
        reason = f"the category is marked {_WORDS[mark]}, and the employee is to be reimbursed for it."
        cure = "Make it not reimbursable in Certify; a person may release it, as an ordinary expense."
        return Hold.on_line(line, mark, reason, cure)
    cure = "Take the line out of the report, or book it by hand; a person may release it, as an ordinary expense."
    if payable:
        cure += f" Or have such lines booked on an account of their own: posting.policies.{mark}: account."
    return Hold.on_line(line, mark, reason, cure)


def _unknown(line: ExpenseLine, reason: str) -> Hold:
    cure = "Correct the category in Certify; a person who knows that it is neither personal nor a cash advance may release it."
    return Hold.on_line(
        line, Rule.CATEGORY_UNKNOWN, f"{reason} Whether it is personal or a cash advance is not known.", cure
    )
