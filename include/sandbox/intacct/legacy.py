"""Legacy functions: their elements under the catalog's names (legacy.yaml), so that the same rules apply to both ways.

Dates are elements with year, month and day; anything else reads as the date `Array`, which is refused (PL03000006).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from include.sandbox.intacct.catalog import Catalog, ObjectType
from include.sandbox.intacct.given import Given, children, put_custom, text_of
from include.sandbox.intacct.types import Element
from include.sandbox.settings import Settings


@cache
def mappings() -> dict[str, dict[str, Any]]:
    """Function name to its mapping."""
    return yaml.safe_load((Path(__file__).parent / "legacy.yaml").read_text(encoding="utf-8"))


def kind_of(catalog: Catalog, call: Element) -> ObjectType:
    """The object that a legacy function is about."""
    return catalog[mappings()[call.tag]["object"]]


def given_by(catalog: Catalog, call: Element, settings: Settings) -> Given:
    """What a legacy function gives for one record, lines included."""
    mapping, kind = mappings()[call.tag], kind_of(catalog, call)
    given = _record(kind, call, mapping["fields"], settings, skip=mapping.get("container"))
    container = call.find(mapping["container"]) if "container" in mapping else None
    if container is not None:
        line_kind = catalog[next(iter(kind.lines.values())).object]
        found = [line for line in children(container) if line.tag == mapping["line"]]
        given.lines = [
            _worded(_record(line_kind, line, mapping["line_fields"], settings), mapping.get("words", {}))
            for line in found
        ]
    return given


def changed_lines(catalog: Catalog, call: Element, settings: Settings) -> list[tuple[int | None, Given]]:
    """The lines of an update: (line number, changes) for one that is there, (None, line) for a new one.

    update_expensereport: updateexpense and expense; update_bill: updatelineitem and lineitem; update_cctransaction:
    updateccpayitem. A line number that is none is 0, which no line has.
    """
    mapping = mappings()[call.tag]
    container = call.find(mapping["container"])
    line_kind = catalog[next(iter(catalog[mapping["object"]].lines.values())).object]
    found: list[tuple[int | None, Given]] = []
    for line in children(container) if container is not None else ():
        said = line.get("line_num", "").strip()
        wanted = int(said) if said.isascii() and said.isdigit() else 0
        number = wanted if line.tag == mapping["update_line"] else None
        found.append((number, _record(line_kind, line, mapping["line_fields"], settings)))
    return found


def date_of(element: Element | None) -> str:
    """The mm/dd/yyyy of a date element; `Array` when it is malformed, "" when it is absent."""
    if element is None:
        return ""
    parts = {child.tag: text_of(child).strip() for child in children(element)}
    if not {"year", "month", "day"} <= parts.keys():
        return "Array"
    return f"{parts['month'].zfill(2)}/{parts['day'].zfill(2)}/{parts['year']}"


def _record(
    kind: ObjectType, element: Element, names: dict[str, str], settings: Settings, *, skip: str | None = None
) -> Given:
    given = Given(kind)
    for path, leaf in _leaves(element, skip):
        if path == "customfields":
            for custom in children(leaf):
                name, text = (custom.findtext(f"customfield{part}") or "" for part in ("name", "value"))
                put_custom(given, name, text, settings)
        elif path == "taxentries":
            given.taxes = [
                {cell.tag.upper(): text_of(cell).strip() for cell in children(entry)} for entry in children(leaf)
            ]
        elif (name := names.get(path, "")) == "ACTION":
            given.action = text_of(leaf).strip()
        elif name:
            own = kind.fields.get(name)
            is_date = own is not None and own.type == "DATE"
            given.fields[name] = date_of(leaf) if is_date else text_of(leaf)
    return given


def _worded(given: Given, words: dict[str, str]) -> Given:
    """The same with the legacy words of lists (debit, credit) replaced by the catalog's."""
    for name, own in given.kind.fields.items():
        if own.type == "ENUM" and name in given.fields:
            given.fields[name] = words.get(given.fields[name].strip().lower(), given.fields[name])
    return given


def _leaves(element: Element, skip: str | None, prefix: str = "") -> list[tuple[str, Element]]:
    found: list[tuple[str, Element]] = []
    for child in children(element):
        path = prefix + child.tag
        if path == skip:
            continue
        inner = {grand.tag for grand in children(child)}
        if not inner or path in {"customfields", "taxentries"} or inner & {"year", "month", "day"}:
            found.append((path, child))
        else:
            found += _leaves(child, skip, path + ".")
    return found
