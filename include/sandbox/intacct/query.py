"""The function `query` (Intacct XML gateway reference, Queries)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import gl_detail, payment_views, permissions, roles, selection, summaries, usage
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import has_entities
from include.sandbox.intacct.expressions import (
    BadValue,
    Condition,
    Conditions,
    Expressions,
    UnknownField,
    joined,
)
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.selection import Selection
from include.sandbox.intacct.shown import shown
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session

PROCESSING_ERROR = Failure("DL02000001", "There was an error processing the request.", support_id=True)
_COMPARISONS = {
    "equalto": "=",
    "notequalto": "<>",
    "lessthan": "<",
    "lessthanorequalto": "<=",
    "greaterthan": ">",
    "greaterthanorequalto": ">=",
}
AUDIT = "AUDITHISTORY"


def unknown_object(name: str) -> FunctionFailed:
    """The refusal of an object that does not exist."""
    return FunctionFailed(Failure("Query Failed", f"Object definition {name} not found"))


def readable(sandbox: Sandbox, session: Session, name: str, operation: str) -> ObjectType:
    """The object to read, once it exists and the user may read it. Raises FunctionFailed."""
    wanted = name.strip()
    kind = shown(sandbox.settings, wanted, read=True)
    unsubscribed = kind is not None and not permissions.subscribed(sandbox.settings, kind.name)
    if kind is None or (unsubscribed and sandbox.settings.unsubscribed_objects == "not_found"):
        raise unknown_object(wanted)
    if unsubscribed and sandbox.settings.unsubscribed_objects == "not_performed":
        permissions.not_performed(operation, kind.name)
    permissions.require(sandbox.settings, session, operation, kind.name)
    if kind.name == "LOCATIONENTITY" and not has_entities(sandbox.store, sandbox.settings):
        match sandbox.settings.entities_without:
            case "not_found":
                raise unknown_object(wanted)
            case "not_permitted":
                permissions.refuse(operation, kind.name)
    if kind.name == AUDIT and not sandbox.settings.audit_history_permitted:
        raise FunctionFailed(Failure("", "You do not have permission to view audit history"))
    if kind.name in usage.OBJECTS:
        usage.refresh(sandbox)
    if kind.name in roles.OBJECTS:
        roles.refresh(sandbox.store)
    if kind.name in summaries.OBJECTS:
        summaries.refresh(sandbox.store, kind.name)
    if kind.name in payment_views.OBJECTS:
        payment_views.refresh(sandbox.store, kind.name)
    if kind.name == gl_detail.OBJECT:
        gl_detail.refresh(sandbox.store)
    return kind


def execute(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """Run a query. Raises FunctionFailed."""
    # The rows of a client of the live service stand under its own spelling: so it finds them.
    asked = (call.findtext("object") or "").strip()
    kind = readable(sandbox, session, asked, "READ_BY_QUERY")
    fields = Expressions(sandbox.store, catalog_of(sandbox.settings), kind)
    options = call.find("options")

    def option(name: str) -> str:
        return (options.findtext(name) or "").strip() if options is not None else ""

    wanted = Selection(
        kind,
        limit=min(int((call.findtext("pagesize") or "").strip() or 100), sandbox.settings.query_page_maximum),
        offset=int((call.findtext("offset") or "").strip() or 0),
    )
    _select(asked, wanted, fields, call.find("select"))
    conditions = Conditions(fields, sandbox.store, case_insensitive=option("caseinsensitive") in ("true", "1"))
    condition = call.find("filter")
    wanted.where = selection.visible(
        sandbox.store,
        sandbox.settings,
        session,
        kind,
        "query",
        private=option("showprivate") in ("true", "1"),
    )
    if condition is not None:
        wanted.where.append(_filter(conditions, kind, condition[0]))
    wanted.order = _order(asked, fields, call.find("orderby"))
    wanted.joins = fields.joins
    page = selection.run(sandbox.store, sandbox.settings, wanted)
    data = etree.Element(
        "data",
        listtype=asked,
        totalcount=str(page.total),
        offset=str(page.offset),
        count=str(len(page.rows)),
        numremaining=str(page.remaining),
    )
    body = selection.formatted(page, option("returnformat"))
    if body is None:
        selection.as_elements(data, asked, page)
    if not page.rows:
        data.text = ""  # written <data …></data>, as recorded
    return Outcome(data=data, read=len(page.rows), body=body, object=kind.name)


def _select(asked: str, wanted: Selection, fields: Expressions, block: Element | None) -> None:
    unknown: list[str] = []
    items = list(block) if block is not None else []
    wanted.aggregated = any(item.tag != "field" for item in items)
    for item in items:
        name = (item.text or "").strip()
        try:
            expression = fields(name)
        except UnknownField:
            unknown.append(name)
            continue
        if item.tag == "field":
            wanted.columns.append((expression.name, expression.text))
            if wanted.aggregated:
                wanted.grouped_by.append(expression.text)
            continue
        if item.tag in ("sum", "avg") and not expression.field.is_number:
            raise FunctionFailed(PROCESSING_ERROR)  # inferred
        tag = expression.name if item.tag == "sum" else f"{item.tag.upper()}.{expression.name}"
        wanted.columns.append((tag, selection.aggregate(item.tag, expression)))
    if unknown:
        raise _not_queried(asked, unknown)


def _not_queried(asked: str, unknown: Sequence[str]) -> FunctionFailed:
    # Broken and indented so: one client of the live service searches for just this, another takes both away first.
    text = f"The following fields cannot be queried: [\n\t{asked}: [{', '.join(unknown)}] ]"
    return FunctionFailed(Failure("XL03000006", text, support_id=True))


def _filter(conditions: Conditions, kind: ObjectType, node: Element) -> Condition:
    try:
        return _condition(conditions, node)
    except UnknownField as unknown:
        text = f"Field {unknown.name} does not exist on object {kind.name}."
        raise FunctionFailed(Failure("XL03000010", text, support_id=True)) from None
    except BadValue:
        raise FunctionFailed(PROCESSING_ERROR) from None


def _condition(conditions: Conditions, node: Element) -> Condition:
    if node.tag in ("and", "or"):
        return joined(node.tag.upper(), [_condition(conditions, inner) for inner in node])
    name = node.findtext("field") or ""
    values = [value.text or "" for value in node.findall("value")]
    if node.tag in _COMPARISONS:
        return conditions.compare(name, _COMPARISONS[node.tag], values[0])
    if node.tag == "between":
        return conditions.between(name, values[0], values[1])
    if node.tag in ("in", "notin"):
        found = conditions.one_of(name, values)
    elif node.tag in ("like", "notlike"):
        found = conditions.like(name, values[0])
    else:
        found = conditions.is_null(name)
    return ~found if node.tag in ("notin", "notlike", "isnotnull") else found


def _order(asked: str, fields: Expressions, block: Element | None) -> list[str]:
    found: list[str] = []
    for item in block if block is not None else ():
        try:
            expression = fields(item.findtext("field") or "")
        except UnknownField as unknown:
            raise _not_queried(asked, [unknown.name]) from None
        found.append(f"{expression.order}{' DESC' if item.find('descending') is not None else ''}")
    return found
