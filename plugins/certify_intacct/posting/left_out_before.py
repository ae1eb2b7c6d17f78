"""What would be posted now and was not then, by connector.yaml or by its date: in another way it may be in Intacct long since.

The bank's feed brings charges of ``target: none``, and the connector of before has posted what was processed in its days. Nobody knows
whether that was so of this one, so a person says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.holds import not_ours_by_date

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.payers import Payer
    from certify_intacct.model.report_plans import PartPlan
    from certify_intacct.staging.left_out import LeftOut

_LOOK = (
    "Look in Intacct. It is not there: release it, several at once where that is so of all. It is: decide that it was booked by "
    "hand, or that it is not ours."
)


def part_left_out(
    known: Sequence[LeftOut], payer: Payer, expense_ids: Collection[str], content_hash: str
) -> LeftOut | None:
    """By what lines of a document to be were left out before; None for those that never were."""
    for one in known:
        lines = not one.expense_ids or not one.expense_ids.isdisjoint(expense_ids)
        if one.payer == payer.value and lines and (one.expense_ids or content_hash not in one.but_not):
            return one
    return None


def holds(
    known: Sequence[LeftOut], first: date | None, processed: date | None, part: PartPlan, configuration: Configuration
) -> Iterator[Hold]:
    """What stands against a document to be.

    :param known: what plans left out of its report
    :param first: the earliest processed date at which anybody saw the report, and ``processed`` that of now
    """
    if found := part_left_out(known, part.payer, part.content["lines"], part.content_hash):
        reason = (
            f"{part.label}: it was left out on {found.day} as connector.yaml said then ({found.rule}), and would be posted now. It "
            "may be in Intacct by the way that was meant then."
        )
        yield Hold(Rule.LEFT_OUT_BEFORE, reason, _LOOK)
    company = configuration.company
    if company.first_post_date is None and company.previous_connector is None:
        # Whoever plans what is another's to post asks what this one would make of it.
        return
    whole = next((one for one in known if not one.payer), None)
    older = not_ours_by_date(first, configuration)
    if whole is not None or older is not None:
        why = f"on {whole.day} all of its report was left out. {whole.reason}" if whole else ""
        why = why or f"its report was processed before. {older.reason if older else ''}"
        reason = f"{part.label}: {why} Processed on {processed}, it would be posted now. It may be in Intacct already."
        yield Hold(Rule.PROCESSED_BEFORE, reason, _LOOK)
