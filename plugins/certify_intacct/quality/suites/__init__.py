"""The suites of each direction, in the order in which they are judged."""

from __future__ import annotations

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.dimensions import LOCATION
from certify_intacct.quality.suite import Suite
from certify_intacct.quality.suites import expense, lists, people

__all__ = ["suites"]


def suites(direction: str, settings: Configuration) -> tuple[Suite, ...]:
    """What is judged of a load.

    :param direction: ``organization`` or ``expense``
    """
    if direction == "expense":
        values = [lists.values(row) for row in (*(used.dimension for used in settings.dimensions.used), LOCATION)]
        own = [lists.OF_KINDS[name] for kind in settings.posting.kinds for name in kind.lists]
        values += [lists.FILLED] if settings.dimensions.related else []
        return (people.EXTRACTS, *expense.SUITES, *values, *lists.LOOKED_UP, *own)
    listed = settings.dimensions.listed(entities=settings.people.entities.source != "none")
    values = [lists.kept_values(used.dimension) for used in listed]
    by_hand = map(lists.gld_by_hand, settings.people.glds_by_hand(listed))
    categories = lists.OF_CATEGORIES.get(settings.expense_categories.source, ())
    in_certify = map(lists.list_in_certify, listed)
    return (*values, *in_certify, *by_hand, *categories, lists.LOCATIONS, *people.SUITES)
