"""Codes that mean something only within others, as a line states them: a task's joined with its project's (``P-20|T-3``), or its own.

Nobody cuts a code at its separator, for the separator may stand in a code: what Intacct has, joined, is compared with what the line
states. So a code has as many readings as there are values that it may mean, and it is posted only where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.configuration.kept_lists import Joining
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.near_misses import looks_like


def apart(
    used: Used,
    codes: Mapping[str, str],
    line: ExpenseLine,
    references: References,
    dimensions: DimensionsConfiguration,
) -> tuple[dict[str, str], list[Hold]]:
    """The codes that a code states, by the names of their dimensions, or why it cannot be said which they are.

    What stands elsewhere on the line has to agree. A code that is known neither joined nor as it stands is left as it is where the
    line says all within which it lies: then it is judged like any other.

    :param codes: what the line states, by dimension
    """
    row, code = used.dimension, codes[used.dimension.name]
    assert isinstance(used.settings, Joining)
    names = [*(above.name for above in row.within), row.name]
    joined = references.joined(row.name, used.settings.separator)
    as_it_stands = (*(codes.get(name, "") for name in names[:-1]), code)
    readings = {*joined.get(code, ()), *({as_it_stands} & references.dimensions.get(row.name, {}).keys())}
    agreeing = [place for place in readings if _agrees(dict(zip(names[:-1], place, strict=False)), codes)]
    if len(agreeing) == 1:
        return dict(zip(names, agreeing[0], strict=True)), []
    if agreeing:
        return {}, [_ambiguous(used, code, sorted(agreeing), line, dimensions)]
    if readings:
        return {}, [_elsewhere(used, code, min(readings), codes, line, dimensions)]
    if used.settings.separator not in code or all(name in codes for name in names):
        return {}, []
    where = f"({row.line}, from {used.settings.place.label}, where codes are joined by {used.settings.separator!r})"
    reason = (
        f"{row.heading} {code!r} does not exist in Intacct {where}.{looks_like(code, [*joined, *used.settings.map])}"
    )
    cure = f"Choose another in Certify, make it in Intacct, or map it in dimensions.{row.name}.map."
    return {}, [Hold.on_line(line, row.unknown, reason, cure)]


def _agrees(above: Mapping[str, str], codes: Mapping[str, str]) -> bool:
    return all(codes.get(name, code) == code for name, code in above.items())


def _ambiguous(
    used: Used, code: str, places: list[tuple[str, ...]], line: ExpenseLine, dimensions: DimensionsConfiguration
) -> Hold:
    row = used.dimension
    readings = " or ".join(" / ".join(map(repr, place)) for place in places)
    reason = f"The {row.noun} {code!r} ({row.line}, from {used.settings.place.label}) may be {readings}."
    above = dimensions.noun(row.within[-1].name)
    cure = (
        f"Choose the {above} in Certify too, or write another dimensions.{row.name}.separator, one that stands in no "
        "code, let organization_sync fill the list anew, and choose there."
    )
    return Hold.on_line(line, Rule.DIMENSION_PARENT, reason, cure)


def _elsewhere(
    used: Used,
    code: str,
    place: tuple[str, ...],
    codes: Mapping[str, str],
    line: ExpenseLine,
    dimensions: DimensionsConfiguration,
) -> Hold:
    row = used.dimension
    above, said = next(
        (one, part) for one, part in zip(row.within, place, strict=False) if codes.get(one.name, part) != part
    )
    noun = dimensions.noun(above.name)
    reason = (
        f"The {row.noun} {code!r} ({row.line}, from {used.settings.place.label}) belongs to the {noun} {said!r}, and the line "
        f"names {codes[above.name]!r}."
    )
    return Hold.on_line(line, Rule.DIMENSION_PARENT, reason, f"Correct {row.noun} or {noun} in Certify.")
