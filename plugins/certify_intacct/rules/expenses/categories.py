"""Whether an expense is private or a cash advance: its category says so, and a category that nobody knows holds its report."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.model.references import Category, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.near_misses import looks_like

_MARKS = ((Rule.PERSONAL, "personal"), (Rule.CASH_ADVANCE, "cash advance"))


def check_categories(lines: Iterable[ExpenseLine], references: References) -> list[Hold]:
    """Why lines may not be posted by their categories. Names are compared exactly."""
    return [hold for line in lines for hold in _check(line, references)]


def _check(line: ExpenseLine, references: References) -> list[Hold]:
    found = references.categories.get(line.category, ())
    if not found:
        stated = f"Certify lists no category {line.category!r}." if line.category else "It has no category."
        return [_unknown(line, f"{stated}{looks_like(line.category, references.categories)}")]
    # One name may stand for several categories; the GL code tells them apart where it can.
    narrowed = [one for one in found if one.gl_code == line.category_gl_code or not one.readable] or list(found)
    if not all(one.readable for one in narrowed):
        return [_unknown(line, f"The category {line.category!r} of Certify cannot be read.")]
    return [_marked(line, rule, word) for rule, word in _MARKS if any(_is(one, rule) for one in narrowed)]


def _is(category: Category, mark: Rule) -> bool:
    return category.personal if mark is Rule.PERSONAL else category.cash_advance


def _marked(line: ExpenseLine, rule: Rule, word: str) -> Hold:
    cure = "Take the line out of the report, or book it by hand; a person may release it."
    return Hold.on_line(line, rule, f"the category is marked {word}.", cure)


def _unknown(line: ExpenseLine, reason: str) -> Hold:
    cure = "Correct the category in Certify; a person who knows that it is neither personal nor a cash advance may release it."
    return Hold.on_line(
        line, Rule.CATEGORY_UNKNOWN, f"{reason} Whether it is personal or a cash advance is not known.", cure
    )
