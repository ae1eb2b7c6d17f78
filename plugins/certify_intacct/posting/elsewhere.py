"""An expense that is another report's already, by its document or by a person's decision: nobody is paid for it twice, and its report
stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from certify_intacct.model.report_plans import Hold, PartPlan
from certify_intacct.model.rules import Rule

if TYPE_CHECKING:
    from certify_intacct.model.payers import Payer
    from certify_intacct.staging.expense_places import ExpensePlace, Part


def elsewhere(
    places: Mapping[Part, ExpensePlace], report_id: str, payer: Payer, expense_ids: Iterable[str]
) -> Mapping[str, ExpensePlace]:
    """Of these expenses of a report those that another report's document holds, or that were decided about there, by their IDs."""
    found = {expense_id: places.get((expense_id, payer.value)) for expense_id in sorted(expense_ids)}
    return {
        expense_id: place
        for expense_id, place in found.items()
        if place is not None
        and place.report_id != report_id
        and not (place.said and _are_one(place.report_id, report_id))
    }


def _are_one(one: str, other: str) -> bool:
    """Whether two reports are one but for case or dashes: which of them counts, a person has said (``staging.spelled_alike``)."""
    return one.replace("-", "").casefold() == other.replace("-", "").casefold()


def holds(places: Mapping[Part, ExpensePlace], report_id: str, part: PartPlan) -> list[Hold]:
    """What stands against a document to be: each of its expenses that is posted, or decided about, as another report's."""
    return [
        Hold(Rule.EXPENSE_ELSEWHERE, f"{part.label}: {said(expense_id, place)}", _cure(place), expense_id=expense_id)
        for expense_id, place in elsewhere(places, report_id, part.payer, part.content["lines"]).items()
    ]


def said(expense_id: str, place: ExpensePlace) -> str:
    """A sentence for a person."""
    if place.said:
        return f"{place.said}, of the expense {expense_id} as a line of {place.label}."
    return f"the expense {expense_id} is posted already, as {place.number} of {place.label}."


def _cure(place: ExpensePlace) -> str:
    if place.said:
        return (
            "When it is so still, decide the same of it here, or take the line out of this report in Certify. Only when nothing of "
            f"that decision stands any more (its record was reversed), take it back on the page of {place.label}: "
            "then the next run posts this, and all else that it was about."
        )
    return (
        "Take the line out of one of the two reports in Certify. Or, when it belongs to this one, reverse "
        f"{place.number} in Intacct: then the next run posts it here."
    )
