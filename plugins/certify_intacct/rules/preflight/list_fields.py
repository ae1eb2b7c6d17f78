"""The fields by which connector.yaml filters and names what stands in the lists of Certify: whether Intacct has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from certify_intacct.model import templates
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.configuration.expense_categories import OBJECTS, ExpenseCategories
from certify_intacct.model.preflight import Finding, Outcome
from certify_intacct.rules.preflight.facts import INTACCT


def findings(used: Used, known: Mapping[str, tuple[str, ...]] | None) -> Iterator[Finding]:
    """A row for each field that the list asks for.

    :param known: the object's fields, each with the words that it knows, where it knows only some; None where Intacct does not say
    """
    for key, word in _named(used):
        field = used.dimension.field(word)
        item = f"Field {field} of {used.dimension.object}"
        if known is None:
            yield Finding(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, required=False)
            continue
        wrong = _unfit(field, used.settings.filter[word].words if key == "filter" else (), known)
        yield Finding(
            area=INTACCT,
            item=item,
            outcome=Outcome.MISSING if wrong else Outcome.PRESENT,
            detail=wrong,
            where_to_click=f"connector.yaml: dimensions.{used.dimension.name}.{key}." if wrong else "",
        )


def category_findings(settings: ExpenseCategories, known: Mapping[str, tuple[str, ...]] | None) -> Iterator[Finding]:
    """A row for each field by which expense categories are chosen; parameters as of :func:`findings`."""
    for field, condition in settings.filter.items():
        wrong = _unfit(field, condition.words, known or {})
        yield Finding(
            area=INTACCT,
            item=f"Field {field} of {OBJECTS[settings.source]}",
            outcome=Outcome.UNKNOWN if known is None else Outcome.MISSING if wrong else Outcome.PRESENT,
            required=known is not None,
            detail="" if known is None else wrong,
            where_to_click="connector.yaml: expense_categories.filter." if wrong and known is not None else "",
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
