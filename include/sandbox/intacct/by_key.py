"""The functions `read` and `readByName`: records by record number or by business key, with the lines that they own."""

from __future__ import annotations

from typing import Any

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import selection, transaction_security
from include.sandbox.intacct.allocations import splits_of
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.envelope import clean
from include.sandbox.intacct.expressions import SIDE, Condition, Expression, Expressions
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.query import readable
from include.sandbox.intacct.read_by_query import chosen
from include.sandbox.intacct.selection import Page, Selection
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session


def execute(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`read` and `readByName`. Records that do not exist are left out. Raises FunctionFailed."""
    kind = readable(sandbox, session, call.findtext("object") or "", "READ")
    keys = [key.strip() for key in (call.findtext("keys") or "").split(",") if key.strip()]
    if kind.name == transaction_security.OBJECT and not keys:
        setup = transaction_security.setup_of(Company(sandbox.store, sandbox.settings, session))
        keys = [setup["RECORDNO"]] if setup else []  # of what is there once no key is required
    if len(keys) > sandbox.settings.read_keys_maximum:
        text = f"The number of keys exceeds the maximum of {sandbox.settings.read_keys_maximum}."
        raise FunctionFailed(Failure("XL03000006", text))
    fields = Expressions(sandbox.store, catalog_of(sandbox.settings), kind)
    wanted = (call.findtext("fields") or "*").strip() or "*"
    columns = chosen(fields, wanted)
    page = _page(sandbox, session, call.tag, fields, columns, keys)
    body = selection.formatted(_without_record_key(page), call.findtext("returnFormat") or "")
    data = etree.Element("data", listtype=kind.name, count=str(len(page.rows)))
    nested = sandbox.settings.read_structure == "nested"
    if body is None:
        for row in page.rows:
            record = etree.SubElement(data, kind.name)
            places = {"": record}
            for name, value in zip(page.tags[1:], row[1:], strict=True):
                within, tag = _place(places, name) if nested else (record, name)
                etree.SubElement(within, selection.tag_of(tag)).text = "" if value is None else clean(value)
            if wanted == "*":
                _add_lines(sandbox, record, kind, str(row[0]))
    return Outcome(data=data, read=len(page.rows), body=body, object=kind.name)


def _place(places: dict[str, Element], name: str) -> tuple[Element, str]:
    """Where a dotted field stands, and its tag there: PERSONALINFO.EMAIL1 is EMAIL1 inside PERSONALINFO."""
    path, _, tag = name.rpartition(".")
    if path not in places:
        within, own = _place(places, path)
        places[path] = etree.SubElement(within, own)
    return places[path], tag


def _without_record_key(page: Page) -> Page:
    return Page(page.tags[1:], [row[1:] for row in page.rows], page.total, page.offset)


def _page(
    sandbox: Sandbox,
    session: Session,
    function: str,
    fields: Expressions,
    columns: list[Expression],
    keys: list[str],
) -> Page:
    """The records, in the order of the keys; the first column is the record number."""
    kind = fields.kind
    column: str
    values: list[Any]
    if function == "read":
        column, values = "t._id", [int(key) for key in keys if key.isascii() and key.isdigit()]
    else:
        sandbox.store.index(SIDE, kind.name, kind.business_key)
        own = sandbox.store.column(SIDE, kind.name, kind.business_key)
        column, values = f"t.{own}" if own else "NULL", keys
    marks = ", ".join("?" * len(values))
    where = selection.visible(sandbox.store, sandbox.settings, session, kind, function, private=True)
    where.append(Condition(f"{column} IN ({marks})", tuple(values)))
    selected = [("", "t._id"), *((expression.name, expression.text) for expression in columns), ("", column)]
    found = selection.run(
        sandbox.store, sandbox.settings, Selection(kind, selected, where=where, limit=max(1, len(values) * 10))
    )
    place: dict[Any, int] = {value: number for number, value in reversed(list(enumerate(values)))}
    rows = sorted(found.rows, key=lambda row: place.get(row[-1], len(place)))
    return Page(found.tags[:-1], [row[:-1] for row in rows], len(rows), 0)


def _add_lines(sandbox: Sandbox, record: Element, kind: ObjectType, record_number: str) -> None:
    """The owned lines of a document, in their container."""
    catalog = catalog_of(sandbox.settings)
    for lines in kind.lines.values():
        line_kind = catalog[lines.object]
        container = etree.Element(lines.container)
        if not lines.optional:
            record.append(container)
        fields = Expressions(sandbox.store, catalog, line_kind)
        parent = sandbox.store.column(SIDE, line_kind.name, lines.parent)
        if parent is None:
            continue
        sandbox.store.index(SIDE, line_kind.name, lines.parent)
        selected = [(name, fields(name).text) for name in line_kind.visible_fields]
        where = [Condition(f"t.{parent} = ?", (record_number,))]
        found = selection.run(
            sandbox.store, sandbox.settings, Selection(line_kind, selected, where=where, limit=100_000)
        )
        selection.as_elements(container, line_kind.tag, found)
        _add_splits(sandbox, container, line_kind, lines.parent, record_number)
        if lines.optional and len(container):
            record.append(container)


def _add_splits(sandbox: Sandbox, container: Element, kind: ObjectType, parent: str, record_number: str) -> None:
    """Into each line the splits of its allocation."""
    if "ALLOCATION" not in kind.fields:
        return
    splits = {one["RECORDNO"]: splits_of(one) for one in sandbox.store.find(SIDE, kind.name, parent, record_number)}
    for line in container:
        for split in splits.get(line.findtext("RECORDNO") or "", ()):
            block = etree.SubElement(line, "SPLIT")
            for name, value in split.items():
                etree.SubElement(block, name).text = clean(value)
