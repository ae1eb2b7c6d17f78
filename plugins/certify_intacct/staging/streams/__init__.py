"""Every stream that is extracted, by name: what is asked of which service, and where it is staged.

Only the fields listed here are ever asked for or kept.
"""

from __future__ import annotations

from collections.abc import Collection

from certify_intacct.model.configuration import Configuration, DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.dimensions import DEPARTMENT, ENTITY, LOCATION, PlaceKind
from certify_intacct.model.documents import DocumentKind
from certify_intacct.staging.streams import categories, dimensions, expense, people, reference
from certify_intacct.staging.streams.stream import Column, Stream

STREAMS: dict[str, Stream] = {
    stream.name: stream for stream in (*dimensions.STREAMS, *people.STREAMS, *reference.STREAMS, *expense.STREAMS)
}

__all__ = ["STREAMS", "Column", "Stream", "configured", "of_direction"]


_PEOPLE = ("intacct_locations", "intacct_employees", "intacct_person_vendors", "intacct_users", "intacct_deletions")
_LOOKED_UP = (
    "intacct_vendors", "intacct_gl_accounts", "intacct_ap_account_labels", "intacct_cards", "intacct_terms", "intacct_tax_details",
    reference.INTACCT_CLOSED_BOOKS.name, reference.INTACCT_INTER_ENTITY.name, reference.INTACCT_FILLED_DIMENSIONS.name,
)  # fmt: skip
_EXPENSES = ("certify_expense_reports", "certify_expenses", "certify_categories", "certify_users")


def configured(stream: Stream, settings: Configuration) -> Stream | None:
    """The stream with the fields and the place that connector.yaml names; None when the company does not use it."""
    if settings.company.entities == "none" and stream.name == ENTITY.stream:
        # Whether such a company answers the question at all is unknown.
        return None
    if stream.name == reference.INTACCT_CLOSED_BOOKS.name and not settings.posting.closed_periods.ask_intacct:
        return None
    if stream.name == reference.INTACCT_INTER_ENTITY.name and settings.posting.several_entities != "one_document":
        return None
    if settings.people.entities.source == "none" and stream.name == ENTITY.certify_stream:
        return None
    if stream.name == reference.INTACCT_FILLED_DIMENSIONS.name and not settings.dimensions.related:
        return None
    if stream.name == reference.INTACCT_GL_ACCOUNTS.name:
        stream = dimensions.demanded(stream, settings.dimensions)
    if stream.name in categories.KEPT_FROM.values():
        return categories.with_filter(stream, settings.expense_categories)
    if stream.name == LOCATION.stream:
        return dimensions.of_locations(stream, settings.dimensions, none=settings.company.entities == "none")
    if stream.name in dimensions.VALUES or stream.name in dimensions.LISTS:
        return dimensions.configured(stream, settings.dimensions)
    return people.configured(stream, settings.people)


def of_direction(
    direction: str,
    used: DimensionsConfiguration,
    kinds: Collection[DocumentKind],
    given: PeopleConfiguration,
    *,
    kept_categories: str = "none",
) -> tuple[list[str], list[str]]:
    """The names of the streams that a direction reads of Intacct and of Certify; those of further dimensions come last.

    :param direction: ``organization`` or ``expense``
    :param used: the dimensions that the company uses
    :param kinds: what reports become
    :param given: what people are given
    :param kept_categories: from what expense categories are kept (``expense_categories.source``)
    """
    always = [DEPARTMENT.stream, ENTITY.stream]
    if direction == "expense":
        # Only the locations tell whether a company that shows no entities has none.
        values = dict.fromkeys([*always, LOCATION.stream, *(one.dimension.stream for one in used.used)])
        own = [name for kind in kinds for name in kind.lists]
        return [*_LOOKED_UP, *own, *values], [*_EXPENSES]
    listed = used.listed(entities=given.entities.source != "none")
    values = dict.fromkeys([*always, *_PEOPLE, *(one.dimension.stream for one in used.read_for(listed))])
    lists = [one.dimension.certify_stream for one in listed]
    if any(one.settings.place.kind is PlaceKind.REPORT_GLD for one in listed):
        lists.append(people.CERTIFY_UNPROCESSED_EXPENSES.name)
    lists += [place.stream for place in given.glds_by_hand(listed)]
    if kept_categories != "none":
        values |= {categories.KEPT_FROM[kept_categories]: None}
        lists.append(categories.IN_CERTIFY)
    return [*values], [people.CERTIFY_USERS.name, people.CERTIFY_UNPROCESSED_REPORTS.name, *lists]
