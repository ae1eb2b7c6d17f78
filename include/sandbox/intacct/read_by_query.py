"""The legacy functions `readByQuery` and `readMore` (Intacct XML gateway reference, Queries).

A result is remembered by its query, not by its rows: each page is read anew, so that rows may be skipped or repeated
when the data changes in between, as users of the service report.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import selection, sqllike
from include.sandbox.intacct.catalog import Field, ObjectType
from include.sandbox.intacct.expressions import BadValue, Conditions, Expressions, UnknownField
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.query import AUDIT, PROCESSING_ERROR, readable
from include.sandbox.intacct.selection import Page, Selection
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session

_PREFIX = "result/"
_NOTHING = "\x00"  # equal to no stored value
_DEFAULT_PAGE = 100


def execute(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`readByQuery`. Raises FunctionFailed."""
    kind = readable(sandbox, session, call.findtext("object") or "", "READ_BY_QUERY")
    size = (call.findtext("pagesize") or "").strip()
    if size and not size.isdigit():
        raise FunctionFailed(PROCESSING_ERROR)
    kept = {
        "object": kind.name,
        "fields": (call.findtext("fields") or "*").strip() or "*",
        "query": call.findtext("query") or "",
        "pagesize": max(1, min(int(size or _DEFAULT_PAGE), sandbox.settings.read_page_maximum)),
        "offset": 0,
        "format": (call.findtext("returnFormat") or "").strip(),
        "owner": _owner(session),
    }
    result_id = f"{secrets.randbelow(10**10):010d}{secrets.token_urlsafe(19)}"
    return _page(sandbox, session, result_id, kept)


def more(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`readMore`: the next page of a result of this session, by result ID or by object. Raises FunctionFailed."""
    found: tuple[str, dict[str, Any]] | None = None
    if call[0].tag == "resultId":
        result_id = (call[0].text or "").strip()
        kept = sandbox.store.get_meta(_PREFIX + result_id)
        found = (result_id, kept) if kept and kept["owner"] == _owner(session) else None
    elif call[0].tag == "object":
        result_id = str(sandbox.store.get_meta(_last(session, (call[0].text or "").strip().upper())) or "")
        kept = sandbox.store.get_meta(_PREFIX + result_id)
        found = (result_id, kept) if kept else None
    if found is None:
        raise FunctionFailed(Failure("readMore Failed", f"No result found for {call[0].tag} '{call[0].text or ''}'"))
    return _page(sandbox, session, *found)


def _owner(session: Session) -> list[str]:
    return [session.id, session.user, session.entity]


def _last(session: Session, object_name: str) -> str:
    return f"{_PREFIX}last/{'/'.join(_owner(session))}/{object_name}"


def _page(sandbox: Sandbox, session: Session, result_id: str, kept: dict[str, Any]) -> Outcome:
    kind = catalog_of(sandbox.settings)[kept["object"]]
    page = _run(sandbox, session, kind, kept)
    sandbox.store.set_meta(_PREFIX + result_id, {**kept, "offset": kept["offset"] + len(page.rows)})
    sandbox.store.set_meta(_last(session, kind.name), result_id)
    body = selection.formatted(page, kept["format"])
    data = etree.Element(
        "data",
        listtype=kind.tag,
        count=str(len(page.rows)),
        totalcount=str(page.total),
        numremaining=str(page.remaining),
        # Nothing to come back for: no ID, as in the official SDKs' answers. The last page of readMore has it still.
        resultId=result_id if page.remaining or kept["offset"] else "",
    )
    if body is None:
        selection.as_elements(data, kind.tag, page)
    return Outcome(data=data, read=len(page.rows), body=body, object=kind.name)


def _run(sandbox: Sandbox, session: Session, kind: ObjectType, kept: dict[str, Any]) -> Page:
    settings = sandbox.settings
    fields = Expressions(sandbox.store, catalog_of(sandbox.settings), kind)
    columns = [(expression.name, expression.text) for expression in chosen(fields, kept["fields"])]
    # A field that is joined by a foreign key can be read, not asked for (Queries > Supported operators).
    conditions = Conditions(fields, sandbox.store, decoded=lambda field, value: _word(kind, field, value), joins=False)
    try:
        parser = sqllike.Parser(kept["query"], conditions)
        condition = parser.parsed()
    except (sqllike.NotUnderstood, UnknownField, BadValue):
        raise FunctionFailed(PROCESSING_ERROR) from None
    where = selection.visible(
        sandbox.store, settings, session, kind, "readByQuery", private=settings.read_by_query_private
    )
    where += [condition] if condition is not None else []
    start = parser.rows.first - 1
    wanted = Selection(kind, columns, where=where, limit=kept["pagesize"], offset=start + kept["offset"])
    page = selection.run(sandbox.store, settings, wanted)
    last = page.total if parser.rows.last is None else min(page.total, parser.rows.last)
    total = max(0, last - start)
    page = replace(page, rows=page.rows[: max(0, total - kept["offset"])], total=total, offset=kept["offset"])
    return _in_words(kind, page) if kind.name == AUDIT else page


def chosen(fields: Expressions, wanted: str) -> list[Any]:
    """The fields of a `fields` element.

    `*` or names between commas. Raises FunctionFailed for a name that does not exist.
    """
    names = fields.kind.visible_fields if wanted.strip() in ("", "*") else [name.strip() for name in wanted.split(",")]
    try:
        return [fields(name) for name in names if name]
    except UnknownField as unknown:
        raise FunctionFailed(Failure(f"Invalid fields list {unknown.name}")) from None


def _word(kind: ObjectType, field: Field, value: str) -> str:
    """The stored value of a database code: `STATUS = 'T'` means active, a word means nothing here (as documented).

    The audit history is kept in codes and asked for in words.
    """
    if kind.name == AUDIT:
        return field.values.get(value, value)
    if field.type == "BOOLEAN":
        return {"T": "true", "F": "false"}.get(value.strip().upper(), _NOTHING)
    if field.type != "ENUM":
        return value
    return next((word for word, code in field.values.items() if code == value), _NOTHING)


def _in_words(kind: ObjectType, page: Page) -> Page:
    words = {code: word for word, code in kind.fields["ACCESSMODE"].values.items()}
    rows = [
        tuple(
            words.get(str(value), value) if tag == "ACCESSMODE" else value
            for tag, value in zip(page.tags, row, strict=True)
        )
        for row in page.rows
    ]
    return replace(page, rows=rows)
