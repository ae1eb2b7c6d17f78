"""The fields by which connector.yaml filters and names what stands in the lists of Certify: whether Intacct has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from certify_intacct.model import templates
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.configuration.expense_categories import OBJECTS, ExpenseCategories
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight.facts import of_field


def rows(used: Used, known: Mapping[str, tuple[str, ...]] | None) -> Iterator[PreflightRow]:
    """A row for each field that the list asks for.

    :param known: the object's fields, each with the words that it knows, where it knows only some; None where Intacct does not say
    """
    for key, word in _named(used):
        field = used.dimension.field(word)
        words = used.settings.filter[word].words if key == "filter" else ()
        wrong = None if known is None else _unfit(field, words, known)
        where = f"connector.yaml: dimensions.{used.dimension.name}.{key}."
        yield of_field(f"Field {field} of {used.dimension.object}", wrong, where)


def category_rows(settings: ExpenseCategories, known: Mapping[str, tuple[str, ...]] | None) -> Iterator[PreflightRow]:
    """A row for each field by which expense categories are chosen; parameters as of :func:`rows`."""
    for field, condition in settings.filter.items():
        wrong = None if known is None else _unfit(field, condition.words, known)
        yield of_field(
            f"Field {field} of {OBJECTS[settings.source]}", wrong, "connector.yaml: expense_categories.filter."
        )


def _named(used: Used) -> list[tuple[str, str]]:
    """Key and word of each field, the filter's first: it says more of a field than a name does."""
    settings = used.settings
    words = [("filter", word) for word in settings.filter]
    words += [("name", word) for word in sorted(templates.fields_of(settings.name)) if word not in settings.filter]
    return [(key, word) for key, word in words if used.dimension.field(word) in used.told]


def _unfit(field: str, words: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> str:
    """What is wrong with a field that shall hold one of these words; empty when nothing is."""
    if field not in known:
        near = get_close_matches(field, known, n=1)
        return f"Intacct has no field {field} there{f'; it has {near[0]}' if near else ''}. The list could not be read."
    unknown = [word for word in words if word and known[field] and word not in known[field]]
    return f"{unknown[0]!r} is no value of {field}; there are {', '.join(known[field])}." if unknown else ""
