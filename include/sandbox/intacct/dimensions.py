"""Dimensions of the company: what is told of them and their relations, and what a line's value of one fills in.

Intacct XML gateway reference, Platform Services > Dimensions. Numbers of standard objects begin at 5001 here; nothing reads them.
"""

from __future__ import annotations

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import problems
from include.sandbox.intacct.catalog import LineTraits, ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.own_catalog import STANDARD, Relation, catalog_of, line_field, relations
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session
from include.sandbox.settings import Settings

_FIRST_STANDARD, _FIRST_OWN = 5001, 10001


def _names(settings: Settings) -> dict[str, str]:
    """The number of every dimension, by its object. Raises FunctionFailed where the user may not know them."""
    if not settings.dimensions_readable:
        raise FunctionFailed(
            Failure("PL04000005", "You do not have permission for API operation READ on dimensions", support_id=True)
        )
    own = [name.upper() for name in settings.user_defined_dimensions]
    numbered = {name: str(number) for number, name in enumerate(STANDARD, start=_FIRST_STANDARD)}
    return numbered | {name: str(number) for number, name in enumerate(own, start=_FIRST_OWN)}


def listed(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`getDimensions`: the dimensions of the company."""
    catalog = catalog_of(sandbox.settings)
    own = {name.upper(): one for name, one in sandbox.settings.user_defined_dimensions.items()}
    terms = {name.upper(): term for name, term in sandbox.settings.dimension_terms.items()}
    names = _names(sandbox.settings)
    data = etree.Element("data")
    block = etree.SubElement(data, "dimensions")
    for name in names:
        dimension = etree.SubElement(block, "dimension")
        child(dimension, "objectName", name)
        child(dimension, "objectLabel", catalog[name].label)
        child(dimension, "termLabel", terms.get(name, catalog[name].label))
        child(dimension, "userDefinedDimension", str(name in own).lower())
        child(dimension, "enabledInGL", str(name not in own or own[name].enabled_in_gl).lower())
    return Outcome(data=data, read=len(names))


def relationships(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`getDimensionRelationships`: to-one and to-many relations of every dimension."""
    names, known = _names(sandbox.settings), relations(sandbox.settings)
    data = etree.Element("data")
    for name, number in names.items():
        ones = [one for one in known if one.source == name]
        filling = [one for one in ones if one.how != "related"]
        block = _block(data, "relationship", name, number)
        child(block, "autofillrelated", str(bool(filling)).lower())
        child(block, "enableoverride", str(_overridable(filling)).lower())
        for one in ones:
            _related(block, names, one.target, one, ("Many", "One"))
        for one in known:
            if one.target == name:
                _related(block, names, one.source, one, ("One", "Many"))
    return Outcome(data=data, read=len(names))


def autofill(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`getDimensionAutofillDetails`: which to-one relations fill in a value, and whether a line may say another."""
    names = _names(sandbox.settings)
    data = etree.Element("data")
    for name, number in names.items():
        filling = [one for one in relations(sandbox.settings) if one.source == name and one.how != "related"]
        block = _block(data, "relationship", name, number)
        child(block, "enableoverride", str(_overridable(filling)).lower())
        for one in filling:
            inner = _block(block, "autofill", one.target, names[one.target])
            child(inner, "relationship_id", one.number)
            child(inner, "type", "Many-to-One")
    return Outcome(data=data, read=len(names))


def restrictions(sandbox: Sandbox, _session: Session, _call: Element) -> Outcome:
    """`getDimensionRestrictions`: by which others the values of a dimension are restricted."""
    names, count = _names(sandbox.settings), 0
    data = etree.Element("data")
    for name, number in names.items():
        ones = [one for one in relations(sandbox.settings) if one.source == name]
        if not ones:
            continue
        count += 1
        block = _block(data, "restriction", name, number)
        for one in ones:
            inner = _block(block, "restrictedby", one.target, names[one.target])
            child(inner, "relationship_id", one.number)
    return Outcome(data=data, read=count)


def restricted_data(sandbox: Sandbox, _session: Session, call: Element) -> Outcome:
    """`getDimensionRestrictedData`: of a value of a dimension the values of others that have it. Raises FunctionFailed."""
    name = (call.findtext("DimensionValue/dimension") or "").strip().upper()
    value = (call.findtext("DimensionValue/value") or "").strip()
    catalog = catalog_of(sandbox.settings)
    if name not in _names(sandbox.settings):
        raise FunctionFailed(Failure("XL03000006", f"{name or 'The dimension'} is not a dimension.", support_id=True))
    kind, data, count = catalog[name], etree.Element("data"), 0
    named = sandbox.store.find(SIDE, name, kind.description_field or kind.business_key, value)
    value = named[0].get(kind.business_key, value) if named else value
    for one in relations(sandbox.settings):
        found = sandbox.store.find(SIDE, one.source, one.field, value) if one.target == name else []
        if found:
            block = etree.SubElement(data, "RestrictedData")
            child(block, "dimension", one.source)
            for record in found:
                child(block, "value", record["RECORDNO"])
            count += len(found)
    return Outcome(data=data, read=count)


def _block(parent: Element, tag: str, name: str, number: str) -> Element:
    block = etree.SubElement(parent, tag)
    child(block, "dimension", name)
    child(block, "object_id", number)
    return block


def _related(block: Element, names: dict[str, str], name: str, one: Relation, sides: tuple[str, str]) -> None:
    inner = _block(block, "related", name, names[name])
    child(inner, "relationship_id", one.number)
    child(inner, "source_side", sides[0])
    child(inner, "related_side", sides[1])


def _overridable(filling: list[Relation]) -> bool:
    return bool(filling) and all(one.how == "filled" for one in filling)


# -- lines ----------------------------------------------------------------------------------------------------------------


def fill(company: Company, kind: ObjectType, names: LineTraits, record: Record) -> set[str]:
    """Fill in what the dimensions of a line say of others; the fields that were filled. Raises Problem."""
    filled: set[str] = set()
    known = [one for one in relations(company.settings) if one.how != "related"]
    for _ in known:  # what was filled in may fill in more
        for one in known:
            source, target = (_field(names, name) for name in (one.source, one.target))
            if not {source, target} <= kind.fields.keys() or not record.get(source):
                continue
            value = (company.find(one.source, record[source]) or {}).get(one.field, "")
            if value and not record.get(target):
                record[target] = value
                filled.add(target)
            elif value and record[target] != value and one.how == "fixed":
                raise problems.filled_in(company.catalog[one.target].label, value)
    return filled


def _field(names: LineTraits, name: str) -> str:
    return {"DEPARTMENT": names.department, "LOCATION": names.location}.get(name) or line_field(name)
