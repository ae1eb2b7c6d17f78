"""The fields by which connector.yaml filters and names what stands in the lists of Certify: whether Intacct has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from certify_intacct.model import templates
from certify_intacct.model.configuration.dimensions import Used
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
        wrong = _wrong(used, key, word, field, known)
        yield Finding(
            area=INTACCT,
            item=item,
            outcome=Outcome.MISSING if wrong else Outcome.PRESENT,
            detail=wrong,
            where_to_click=f"connector.yaml: dimensions.{used.dimension.name}.{key}." if wrong else "",
        )


def _named(used: Used) -> list[tuple[str, str]]:
    """Key and word of each field, the filter's first: it says more of a field than a name does."""
    settings = used.settings
    words = [("filter", word) for word in settings.filter]
    words += [("name", word) for word in sorted(templates.fields_of(settings.name)) if word not in settings.filter]
    return [(key, word) for key, word in words if used.dimension.field(word) in used.told]


def _wrong(used: Used, key: str, word: str, field: str, known: Mapping[str, tuple[str, ...]]) -> str:
    if field not in known:
        near = get_close_matches(field, known, n=1)
        return f"Intacct has no field {field} there{f'; it has {near[0]}' if near else ''}. The list could not be read."
    if key == "filter" and known[field]:
        unknown = [one for one in used.settings.filter[word].words if one and one not in known[field]]
        if unknown:
            return f"{unknown[0]!r} is no value of {field}; there are {', '.join(known[field])}."
    return ""
