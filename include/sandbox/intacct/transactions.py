"""The kinds of document that the write functions know, one file each. `KINDS` is the only list of them."""

from __future__ import annotations

from collections.abc import Mapping

from include.sandbox.intacct import adjustments, bills, cards, expense_adjustments, expense_reports, journals
from include.sandbox.intacct.documents import Rules

KINDS: Mapping[str, Rules] = {
    rules.object: rules
    for rules in (
        adjustments.RULES,
        bills.RULES,
        cards.RULES,
        expense_adjustments.RULES,
        expense_reports.RULES,
        journals.RULES,
    )
}
