"""A part of a line that stands in Intacct as the other payer's: a person accepted it so, and Certify says otherwise by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.model.currencies import money
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.staging.standing_decisions import amount_of

if TYPE_CHECKING:
    from certify_intacct.model.configuration.company import BaseAmounts
    from certify_intacct.model.report_plans import PartPlan
    from certify_intacct.staging.ledger_reads import LedgerDocument

_WHOSE = {Payer.EMPLOYEE: "employee's", Payer.COMPANY: "company's"}
_CURE = (
    "What stands is right: decide that this is not ours. It is not: reverse it in Intacct, then decide to post it again, and this is "
    "posted in its place. Release this only when both are to stand."
)


def holds(live: Iterable[LedgerDocument], part: PartPlan, base: BaseAmounts, currency: str) -> Iterator[Hold]:
    """What stands against a document to be: each line of which the payer has more than when the other's part of it was posted, and
    the two are more than the line.

    :param live: the report's documents that Intacct has, or may have
    """
    for document in live:
        for line_id in sorted(part.content["lines"].keys() & document.content["lines"].keys()):
            then, now = document.content["lines"][line_id], part.content["lines"][line_id]
            stands, mine = amount_of(then, document.payer, base), amount_of(now, part.payer, base)
            whole = sum((amount_of(now, payer, base) for payer in Payer), Decimal(0))
            grown = abs(mine) > abs(amount_of(then, part.payer, base))
            if document.payer is not part.payer and grown and abs(stands + mine) > abs(whole):
                reason = (
                    f"{part.label}: {document.number} has {money(stands, currency)} of it in Intacct as the {_WHOSE[document.payer]}, "
                    f"which was accepted as posted; Certify says now that {money(mine, currency)} are the {_WHOSE[part.payer]}."
                )
                yield Hold(Rule.CHANGED_AFTER_DECISION, reason, _CURE, expense_id=line_id)
