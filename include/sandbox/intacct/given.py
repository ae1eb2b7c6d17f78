"""What a request gives for one record: the XML of generic create and update, read into flat fields and lines.

Tags are matched without regard to case. Nested blocks become dotted names (PERSONALINFO.CONTACTNAME); repeated values of a
list such as USERLOCATIONS are joined with `#~#`, as the service itself writes multiple values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from include.sandbox.intacct import problems
from include.sandbox.intacct.catalog import Catalog, ObjectType
from include.sandbox.intacct.types import Element
from include.sandbox.intacct.values import MULTIPLE
from include.sandbox.settings import Settings


@dataclass(slots=True)
class Given:
    """The fields (upper-case, dotted) that were given for one record, its lines, and the tax entries and splits of a line."""

    kind: ObjectType
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[Given] | None = None
    taxes: list[dict[str, str]] = field(default_factory=list)
    splits: list[dict[str, str]] = field(default_factory=list)
    action: str = ""


def tag_of(element: Element) -> str:
    """The upper-case tag, or "" for comments and processing instructions."""
    return element.tag.upper() if isinstance(element.tag, str) else ""


def children(element: Element) -> Iterable[Element]:
    """The child elements."""
    return (child for child in element if isinstance(child.tag, str))


def read_record(catalog: Catalog, kind: ObjectType, element: Element, settings: Settings) -> Given:
    """The record given by an element such as <APBILL>. Raises Problem for a tag that is no field of the object."""
    given = Given(kind)
    for child in children(element):
        tag = tag_of(child)
        if tag in kind.lines:
            given.lines = _lines(catalog, kind, tag, child, settings)
        elif tag == "ACTION":
            given.action = text_of(child).strip()
        elif tag == "TAXENTRIES":
            given.taxes = [_cells(entry) for entry in children(child)]
        elif tag == "SPLIT" and "ALLOCATION" in kind.fields:
            given.splits.append(_cells(child))
        elif tag == "CUSTOMFIELDS":
            for custom in children(child):
                cells = {tag_of(cell): text_of(cell) for cell in children(custom)}
                put_custom(given, cells.get("CUSTOMFIELDNAME", ""), cells.get("CUSTOMFIELDVALUE", ""), settings)
        elif len(child):
            _flatten(given, kind, tag, child, settings)
        else:
            _put(given, kind, tag, text_of(child), settings)
    return given


def _cells(element: Element) -> dict[str, str]:
    return {tag_of(cell): text_of(cell).strip() for cell in children(element)}


def text_of(element: Element) -> str:
    """The element's text as sent."""
    return element.text or ""


def _lines(catalog: Catalog, kind: ObjectType, container: str, element: Element, settings: Settings) -> list[Given]:
    line_kind = catalog[kind.lines[container].object]
    found = []
    for child in children(element):
        if tag_of(child) != line_kind.name:
            raise problems.unknown_field(tag_of(child))
        found.append(read_record(catalog, line_kind, child, settings))
    return found


def _flatten(given: Given, kind: ObjectType, prefix: str, element: Element, settings: Settings) -> None:
    own = kind.fields.get(prefix)
    if own is not None and own.type in {"DATE", "TIMESTAMP"}:
        given.fields[prefix] = "Array"  # what the service makes of a date with children
        return
    if own is not None:
        given.fields[prefix] = MULTIPLE.join(text_of(child).strip() for child in children(element))
        return
    for child in children(element):
        name = f"{prefix}.{tag_of(child)}"
        if len(child):
            _flatten(given, kind, name, child, settings)
        else:
            _put(given, kind, name, text_of(child), settings)


def _put(given: Given, kind: ObjectType, name: str, text: str, settings: Settings) -> None:
    name = kind.written.get(name, name)
    if name in kind.fields:
        own = kind.fields.get(name)
        if name in given.fields and own is not None and own.type == "TEXT" and name.startswith("USER"):
            text = given.fields[name] + MULTIPLE + text
        given.fields[name] = text
    elif _is_contact_block(kind, name):
        given.fields[name] = text
    elif name in kind.relations and kind.relations[name].is_block and not text.strip():
        pass  # an empty contact block, as the official SDKs write it when nothing in it changes
    elif settings.unknown_fields == "refuse":
        raise problems.unknown_field(name)


def _is_contact_block(kind: ObjectType, name: str) -> bool:
    return any(relation.is_block and name.startswith(relation.path + ".") for relation in kind.relations.values())


def put_custom(given: Given, name: str, text: str, settings: Settings) -> None:
    """A `customfield` of a legacy function: a field that the company added, or a user-defined dimension. Raises Problem."""
    own = given.kind.fields.get(name.strip().upper())
    if own is not None and (own.custom or own.name.startswith("GLDIM")):
        given.fields[own.name] = text
    elif settings.unknown_fields == "refuse":
        raise problems.unknown_field(name)
