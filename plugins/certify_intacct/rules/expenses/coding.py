"""The dimensions of a line: their codes as Certify states them, looked up in what Intacct has before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.configuration.dimensions import DimensionSettings, Used
from certify_intacct.model.dimensions import BY_NAME, DIMENSIONS, ENTITY, LOCATION, CertifyPlace, Dimension, PlaceKind
from certify_intacct.model.references import Account, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import joined_codes
from certify_intacct.rules.near_misses import is_blank, looks_like


def code_of(report: ExpenseReport, line: ExpenseLine, settings: DimensionSettings) -> str:
    """Intacct's code of a dimension on a line, empty when Certify states none."""
    return settings.mapped(stated_at(settings.place, report, line))


def stated_at(place: CertifyPlace, report: ExpenseReport, line: ExpenseLine) -> str:
    """The code that Certify states there for a line, empty when there is none."""
    match place.kind:
        case PlaceKind.DEPARTMENT:
            return line.department_code
        case PlaceKind.EMPLOYEE_GLD:
            return report.employee_gld_codes.get(place.number, "")
        case PlaceKind.REPORT_GLD:
            return line.report_gld_codes.get(place.number, "")
        case _:
            assert_never(place.kind)


def entity_of(report: ExpenseReport, line: ExpenseLine, dimensions: DimensionsConfiguration) -> str:
    """The entity of a line: the one that Certify states, else that of its department, else the company's default."""
    stated = code_of(report, line, dimensions.entities)
    if not is_blank(stated):
        return stated
    return dimensions.entities.else_by(code_of(report, line, dimensions.departments)) or stated


def codes_of(
    report: ExpenseReport, line: ExpenseLine, references: References, dimensions: DimensionsConfiguration
) -> tuple[dict[str, str], list[Hold]]:
    """The codes of a line by the names of their dimensions, and what is wrong with them.

    The entity is among them and not judged: it decides about the whole document (``mapping.check_entity``). In a company without
    entities the location is there in its place, and judged as any dimension is.
    """
    stated = {used.dimension.name: code_of(report, line, used.settings) for used in dimensions.used}
    if not references.single_entity:
        stated[ENTITY.name] = entity_of(report, line, dimensions)
    codes = {name: code for name, code in stated.items() if not is_blank(code)}
    codes, sources, holds = _apart(codes, line, references, dimensions)
    unclear = {name for name in codes if name not in sources}
    codes |= _filled_in(codes, references)
    for used in dimensions.used:
        row = used.dimension
        if row.name in unclear:
            continue
        if row.name == ENTITY.name:
            if not references.single_entity:
                continue
            row = dimensions.location
        if row.name in codes:
            holds += _wrong(row, codes, line, references, dimensions, sources.get(row.name, used))
        elif used.settings.required and _has_any(row, references):
            holds.append(_missing(row, used.settings, line))
    return codes, holds


def _apart(
    codes: Mapping[str, str], line: ExpenseLine, references: References, dimensions: DimensionsConfiguration
) -> tuple[dict[str, str], dict[str, Used], list[Hold]]:
    """The codes with those that joined ones state, the dimension whose list states each that is clear, and what is not."""
    found, holds = dict(codes), list[Hold]()
    sources = {used.dimension.name: used for used in dimensions.used if used.dimension.name in codes}
    for used in dimensions.used:
        name = used.dimension.name
        if not used.dimension.within or name not in codes:
            continue
        clear = {one: code for one, code in found.items() if one in sources}
        said, wrong = joined_codes.apart(used, clear, line, references, dimensions)
        holds += wrong
        if wrong or any(above.name in found and above.name not in sources for above in used.dimension.within):
            del sources[name]
            continue
        sources = dict.fromkeys(said, used) | sources
        found |= said
    return found, sources, holds


def _filled_in(codes: Mapping[str, str], references: References) -> dict[str, str]:
    """What Intacct fills in on a line by itself: a project's customer, say, where the company has it do so and the line names none."""
    found = {}
    for name, other in sorted(references.filled):
        value = references.dimensions.get(name, {}).get((codes.get(name, ""),))
        if value is not None and value.parent and BY_NAME[name].parent == other and other not in codes:
            found[other] = value.parent
    return found


def prevented(
    codes: Mapping[str, str],
    line: ExpenseLine,
    references: References,
    dimensions: DimensionsConfiguration,
    subledger: str,
) -> list[Hold]:
    """Why values that a line names may not be on documents of a subledger: the status of a project can prevent it."""
    holds = []
    for row in DIMENSIONS:
        if subledger not in row.prevented or row.name not in codes:
            continue
        place = (*(codes.get(above.name, "") for above in row.within), codes[row.name])
        value = references.dimensions.get(row.name, {}).get(place)
        if value is None or subledger not in value.prevented:
            continue
        field, words = row.prevented[subledger]
        reason = f"The status of {dimensions.noun(row.name)} {codes[row.name]!r} in Intacct says {words} ({field})."
        cure = f"Give it another status in Intacct ({row.menu}), choose another in Certify, or map it in dimensions.{row.name}.map."
        holds.append(Hold.on_line(line, Rule.PROJECT_STATUS, reason, cure))
    return holds


def _missing(row: Dimension, settings: DimensionSettings, line: ExpenseLine) -> Hold:
    """A line without what it must have. Only departments come with their name, so that it is known which has no code."""
    place = settings.place
    if place.kind is PlaceKind.DEPARTMENT and not is_blank(line.department_name):
        reason = f"The {row.noun} {line.department_name!r} of the line has no code."
        cure = f"Give it a code in Certify ({place.menu}): the ID of the {row.noun} in Intacct."
    else:
        reason = f"The line has no {row.noun}: {place.label} is empty or has no code."
        where = "on the expense" if place.kind is PlaceKind.REPORT_GLD else "of the user"
        cure = f"Choose the {row.noun} {where} in Certify; when one is chosen, give it its code ({place.menu})."
    if row.object == LOCATION.object:
        cure += " Or, when lines may be without, set dimensions.entity.required: false and company.entities: none."
    return Hold.on_line(line, row.missing, reason, cure)


def _has_any(row: Dimension, references: References) -> bool:
    """Whether there is one to choose. Departments every company has; locations it need not have."""
    return row.object != LOCATION.object or any(
        value.active for value in references.dimensions.get(row.name, {}).values()
    )


def on_line(codes: Mapping[str, str], references: References, dimensions: DimensionsConfiguration) -> dict[str, str]:
    """The codes of a line by the fields that it has for them; of a dimension that the company made it has the value's ID.

    :param codes: by the names of their dimensions
    """
    rows = {row.name: row for row in dimensions.known}
    found = {}
    for name, code in codes.items():
        row = rows[name]
        value = references.dimensions.get(name, {}).get((code,)) if row.own else None
        found[row.line] = value.more["id"] if value is not None else code
    return found


def demanded(
    account: Account, codes: Mapping[str, str], dimensions: DimensionsConfiguration, given: frozenset[str] = frozenset()
) -> list[Dimension]:
    """The dimensions that an account demands and a line has not.

    A line that has no location lies in a company without entities: elsewhere the entity is one, and no document is made without it.

    :param given: dimensions that lines have from the header of their document
    """
    missing = account.requires - codes.keys() - given
    return [dimensions.location if row.name == ENTITY.name else row for row in dimensions.known if row.name in missing]


def filled_by(row: Dimension, dimensions: DimensionsConfiguration) -> str:
    """What a person does so that lines have a dimension which an account demands; the beginning of a sentence."""
    used = dimensions.of(row.name)
    if used is not None:
        return f"Fill {used.place.label} in Certify with the {row.noun}"
    if row.places:
        row_of_it = f"{row.name}: {{certify: PLACE}}"
        return f"Add `{row_of_it}` to dimensions in connector.yaml (dimensions.{row.name}) and fill it in Certify"
    return f"Stop the account from requiring the {row.noun} (Intacct, General Ledger > Accounts)"


def _wrong(
    row: Dimension,
    codes: Mapping[str, str],
    line: ExpenseLine,
    references: References,
    dimensions: DimensionsConfiguration,
    source: Used,
) -> Iterator[Hold]:
    """:param source: the dimension whose list in Certify states the code"""
    code = codes[row.name]
    missing = [above for above in row.within if above.name not in codes]
    for above in missing:
        noun = dimensions.noun(above.name)
        reason = f"The {row.noun} {code!r} ({row.line}) means nothing without its {noun}, which the line does not have."
        yield Hold.on_line(line, Rule.DIMENSION_PARENT, reason, f"Choose the {noun} in Certify.")
    if missing:
        return
    place = (*(codes[above.name] for above in row.within), code)
    known = references.dimensions.get(row.name, {})
    value = known.get(place)
    if value is None or not value.active:
        state = "does not exist" if value is None else f"is {value.status}"
        named = " / ".join(map(repr, place))
        used = dimensions.of(row.name)
        beside = [*(codes[-1] for codes in known if codes[:-1] == place[:-1]), *(used.map if used else ())]
        hint = looks_like(code, beside) if value is None else ""
        reason = f"{row.heading} {named} {state} in Intacct ({row.line}, from {source.settings.place.label}).{hint}"
        cure = (
            "Choose another in Certify, make it in Intacct"
            if value is None
            else "Activate it in Intacct, choose another in Certify"
        )
        cure += f", or map it in dimensions.{row.name}.map."
        yield Hold.on_line(line, row.unknown, reason, cure)
    elif value.parent and codes.get(row.parent, value.parent) != value.parent:
        parent = dimensions.noun(row.parent)
        reason = f"The {row.noun} {code!r} belongs to the {parent} {value.parent!r}, and the line names {codes[row.parent]!r}."
        yield Hold.on_line(line, Rule.DIMENSION_PARENT, reason, f"Correct {row.noun} or {parent} in Certify.")
