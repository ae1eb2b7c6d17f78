"""The entities that a run relies on, and the locations where a company of Intacct has no entities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.dimensions import ENTITY, LOCATION, Dimension
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.near_misses import looks_like
from certify_intacct.rules.preflight.facts import INTACCT, switched_on

_STATED = "connector.yaml: company.entities"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Places:
    """What Intacct says of its entities and locations; None for what it did not say.

    :param entities: active entities, and ``inactive`` others
    :param refusal: with which it refused to list them
    :param locations: active locations
    :param inside: the entities in which locations lie
    :param visible: entities that the user may enter
    :param setup: of ``getFinancialSetup``
    """

    entities: Collection[str] | None = None
    inactive: Collection[str] = ()
    refusal: str = ""
    locations: Collection[str] | None = None
    inside: Collection[str] | None = None
    visible: Collection[str] | None = None
    setup: Mapping[str, str] | None = None


def single_entity(configuration: Configuration, places: Places) -> bool:
    """Whether the company has no entities: as connector.yaml says, or as both lists show."""
    company = configuration.company
    if company.entities == "none":
        return True
    unknown = places.entities is None or places.inside is None
    return not (unknown or places.entities or places.inactive or places.inside or company.intacct_entity)


def kind_of_company(configuration: Configuration, places: Places) -> PreflightRow:
    """Which kind of company it is, with or without entities, and whether that is certain."""
    some = ", ".join(sorted(places.inside or ())[:_SHOWN])
    setup = places.setup or {}
    if configuration.company.entities == "none":
        if some:
            detail = f"connector.yaml says that it has none, and locations lie in {some}."
            return _company(Outcome.MISSING, detail, f"{_STATED}: found")
        return _company(Outcome.PRESENT, "It has none, as connector.yaml says: lines carry locations.")
    if places.entities is None:
        detail = f"Intacct does not list them: {places.refusal}"
        return _company(
            Outcome.MISSING, detail, f"the right to Entities; or, for a company that has none, {_STATED}: none"
        )
    if single_entity(configuration, places):
        if switched_on(setup.get("multiEntityShared", "")):
            detail = "Intacct says that entities share the company, and shows none of them."
            return _company(
                Outcome.MISSING, detail, f"Intacct: the user's Entity access; or, if it has none, {_STATED}: none"
            )
        detail = "It has none: Intacct shows none, and no location lies in one. Lines carry locations."
        return _company(Outcome.PRESENT, detail)
    if not places.entities and some:
        detail = f"Intacct shows none, and locations lie in {some}."
        return _company(Outcome.MISSING, detail, "Intacct: the user's Entity access", required=False)
    if places.inside is None and not places.entities:
        return _company(Outcome.UNKNOWN, "Intacct shows no entities, and does not list its locations.")
    return _company(Outcome.PRESENT, f"It has {len(places.entities)} that are active.")


def in_use(configuration: Configuration, used: Collection[str], places: Places, *, user: str) -> list[PreflightRow]:
    """The codes that Certify's list and connector.yaml name, against those in which the user may post.

    :param used: Intacct codes of Certify's active entities, or of the locations in their place
    """
    named = _named(configuration)
    if not single_entity(configuration, places):
        cure = f"Intacct: Company > Admin > Users > {user}: Entity access; or correct the code in connector.yaml or in Certify's list."
        return codes(ENTITY, named | _by_entity(configuration), used, places.entities, places.visible, cure)
    cure = f"Intacct: {LOCATION.menu}; or correct the code in connector.yaml or in Certify's list."
    return [
        *codes(LOCATION, named, used, places.locations, places.locations, cure),
        *map(_no_entity, sorted(_by_entity(configuration))),
    ]


def base_currency(configured: str, setup: Mapping[str, str] | None) -> PreflightRow:
    """The currency in which a company without entities keeps its books is the one of connector.yaml.

    :param setup: of ``getFinancialSetup``; None when Intacct did not say
    """
    told = (setup or {}).get("baseCurrency", "")
    wrong = bool(told) and told != configured
    missing = wrong or not configured
    return PreflightRow(
        area=INTACCT,
        item="Base currency",
        outcome=Outcome.MISSING if missing else Outcome.PRESENT if told else Outcome.UNKNOWN,
        detail=f"in Intacct: {told or 'not said'}; company.base_currency: {configured or 'not said'}",
        where_to_click=f"connector.yaml: company.base_currency{': ' + told if told else ''}" if missing else "",
    )


def codes(
    row: Dimension,
    named: Collection[str],
    used: Iterable[str],
    existing: Collection[str] | None,
    visible: Collection[str] | None,
    cure: str,
) -> list[PreflightRow]:
    """A row for each code that cannot be posted to, and one that counts the others.

    :param named: codes that connector.yaml names
    :param used: codes that Certify's list has active
    :param existing: active ones of Intacct; None when they could not be read
    :param visible: those that the user may use; None when Intacct did not say
    """
    wanted = sorted({*named, *used})
    item = "Entities in use" if row is ENTITY else "Locations in use"
    if visible is None:
        detail = f"Intacct does not say which {row.noun} the user may use."
        return [PreflightRow(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, detail=detail)]
    found = [
        _closed(row, code, code in named, code in (existing or ()), cure, looks_like(code, sorted(visible)))
        for code in wanted
        if code not in visible
    ]
    detail = f"{len(wanted) - len(found)} of {len(wanted)} are open to the user."
    return [*found, PreflightRow(area=INTACCT, item=item, outcome=Outcome.PRESENT, detail=detail)]


def _closed(row: Dimension, code: str, named: bool, exists: bool, cure: str, hint: str) -> PreflightRow:
    detail = (
        "It is active in Intacct, and the user may not enter it."
        if exists
        else f"Intacct has no active {row.noun} of this code that the user may see.{hint}"
    )
    return PreflightRow(
        area=INTACCT,
        item=f"{row.noun.capitalize()} {code}",
        outcome=Outcome.MISSING,
        required=exists or named,
        detail=f"{detail} connector.yaml names it." if named else detail,
        where_to_click=cure,
    )


def _no_entity(code: str) -> PreflightRow:
    return PreflightRow(
        area=INTACCT,
        item=f"Entity {code}",
        outcome=Outcome.MISSING,
        detail="connector.yaml names it, and the company has no entities.",
        where_to_click='connector.yaml: posting.tax.default, and "" in posting.closed_periods.closed_through, are for such a company.',
    )


def _named(configuration: Configuration) -> set[str]:
    """Codes that stand in connector.yaml in the place of what people and expenses have."""
    return {*configuration.dimensions.entities.named, configuration.people.entities.default} - {""}


def _by_entity(configuration: Configuration) -> set[str]:
    """Entities for which connector.yaml has something of their own."""
    posting = configuration.posting
    return {*posting.tax.entities, *posting.closed_periods.closed_through} - {""}


def _company(outcome: Outcome, detail: str, where: str = "", *, required: bool = True) -> PreflightRow:
    return PreflightRow(
        area=INTACCT,
        item="Entities of the company",
        outcome=outcome,
        required=required,
        detail=detail,
        where_to_click=where,
    )
