"""The legacy functions `get_list` and `get`, for attachments and a few lists, under the legacy field names."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from lxml import etree

from include.sandbox import clock
from include.sandbox.core import Sandbox
from include.sandbox.intacct import permissions, summaries
from include.sandbox.intacct.catalog import ObjectType, load_catalog
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.expressions import BadValue, comparable, sort_key
from include.sandbox.intacct.selection import delay_of
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session
from include.sandbox.intacct.values import like
from include.sandbox.store import Record

# Legacy object: object of the catalog, legacy field to field there, in the recorded order. The first field is the key, unless
# KEYS names another.
KEYS = {"supdoc": "SUPDOCID"}
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "supdoc": (
        "SUPDOC",
        {
            "recordno": "RECORDNO",
            "supdocid": "SUPDOCID",
            "supdocname": "SUPDOCNAME",
            "folder": "FOLDERNAME",
            "description": "DESCRIPTION",
            "creationdate": "CREATIONDATE",
            "createdby": "CREATEDBY",
            "lastmodified": "LASTMODIFIED",
            "lastmodifiedby": "LASTMODIFIEDBY",
        },
    ),
    "supdocfolder": (
        "SUPDOCFOLDER",
        {
            "name": "NAME",
            "description": "DESCRIPTION",
            "parentfolder": "PARENTFOLDER",
            "creationdate": "CREATIONDATE",
            "createdby": "CREATEDBY",
            "lastmodified": "LASTMODIFIED",
            "lastmodifiedby": "LASTMODIFIEDBY",
            "status": "STATUS",
        },
    ),
    "department": (
        "DEPARTMENT",
        {"departmentid": "DEPARTMENTID", "title": "TITLE", "parentid": "PARENTID", "status": "STATUS"},
    ),
    "location": ("LOCATION", {"locationid": "LOCATIONID", "name": "NAME", "parentid": "PARENTID", "status": "STATUS"}),
    "class": ("CLASS", {"classid": "CLASSID", "name": "NAME", "parentid": "PARENTID", "status": "STATUS"}),
    "vendor": ("VENDOR", {"vendorid": "VENDORID", "name": "NAME", "vendtype": "VENDTYPE", "status": "STATUS"}),
    "employee": (
        "EMPLOYEE",
        {
            "employeeid": "EMPLOYEEID",
            "title": "TITLE",
            "locationid": "LOCATIONID",
            "departmentid": "DEPARTMENTID",
            "supervisorid": "SUPERVISORID",
            "status": "STATUS",
        },
    ),
    **{
        name: (
            object_name,
            {
                "key": "RECORDNO",
                "batchtitle": "TITLE",
                "datecreated": "CREATED",
                "totalamount": "TOTAL",
                "batchopen": "OPEN",
                "status": "STATUS",
            },
        )  # the names of the fields are inferred
        for name, object_name in (
            ("billbatch", "APBILLBATCH"),
            ("apadjustmentbatch", "APADJUSTMENTBATCH"),
            ("expensereportbatch", "EXPENSEREPORTBATCH"),
        )
    },
    "glaccount": ("GLACCOUNT", {"glaccountno": "ACCOUNTNO", "title": "TITLE", "status": "STATUS"}),
}
_DEFAULT_ITEMS = 100
_WHEN_CHANGED = ("LASTMODIFIED", "LASTMODIFIEDBY")
# As documented (Attachments, get_list.filter.expression), with `like` and `is null`.
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def get_list(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`get_list`.

    Filter, sort and page (`start`, `maxitems`). `<listtype>` names the first and last item and the total.
    """
    name, fields, records = _records(sandbox, session, call)
    kind = load_catalog()[LISTS[name][0]]
    condition = call.find("filter")
    if condition is not None:
        # Looked at with an empty record first: what an expression cannot be is refused of an empty list, too.
        for node in condition:
            _matches(node, kind, fields, {})
        records = [record for record in records if all(_matches(node, kind, fields, record) for node in condition)]
    for sort in reversed(call.findall("sorts/sortfield")):
        field = kind.fields[_named(sort, fields)]
        descending = sort.get("order") == "desc"
        # An empty value comes last, as in Oracle.
        places = {id(record): _place(sort_key(field, str(record.get(field.name, "")))) for record in records}
        records.sort(key=lambda record: places[id(record)], reverse=descending)
    start, most = _number(call.get("start"), 0), _number(call.get("maxitems"), _DEFAULT_ITEMS)
    shown = records[start : start + most]
    listtype = etree.Element(
        "listtype", start=str(start), end=str(max(start, start + len(shown) - 1)), total=str(len(records))
    )
    listtype.text = name
    data = etree.Element("data")
    for record in shown:
        _item(data, name, fields, record, call)
    return Outcome(listtype=listtype, data=data, read=len(shown))


def get(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`get`: one record by its key."""
    name, fields, records = _records(sandbox, session, call)
    key_field, wanted = KEYS.get(name, next(iter(fields.values()))), call.get("key", "")
    found = [record for record in records if wanted in (record.get(key_field), record.get("RECORDNO"))]
    if not found:
        raise FunctionFailed(Failure("XL03000006", f"The {name} '{wanted}' does not exist.", support_id=True))
    listtype = etree.Element("listtype", start="0", end="0", total="1")
    listtype.text = name
    data = etree.Element("data")
    _item(data, name, fields, found[0], call)
    return Outcome(listtype=listtype, data=data, read=1)


def _records(sandbox: Sandbox, session: Session, call: Element) -> tuple[str, dict[str, str], list[Record]]:
    name = call.get("object", "").strip().lower()
    if name not in LISTS:
        raise FunctionFailed(Failure("XL03000006", f"Object {name} is not supported by {call.tag} in this sandbox."))
    object_name, fields = LISTS[name]
    if object_name in summaries.OBJECTS:
        summaries.refresh(sandbox.store, object_name)
    if name == "supdocfolder" and sandbox.settings.folder_record_numbers:
        fields = {**fields, "recordno": "RECORDNO"}
    permissions.require(sandbox.settings, session, "READ_BY_QUERY", object_name)
    everything = bool(session.entity) or call.get("showprivate", "").lower() == "true"
    unseen = _unseen(sandbox, object_name)
    records = [
        record
        for record in sandbox.store.select("intacct", object_name)
        if record["RECORDNO"] not in unseen
        and (
            not record.get("MEGAENTITYID")
            or (everything and record["MEGAENTITYID"] in (session.entity or record["MEGAENTITYID"],))
        )
    ]
    return name, fields, records


def _unseen(sandbox: Sandbox, object_name: str) -> set[str]:
    """The record numbers that do not show yet."""
    delay = delay_of(sandbox.settings, object_name, "get_list")
    if not delay:
        return set()
    table = sandbox.store.table("intacct", object_name)
    rows = sandbox.store.rows(f"SELECT _id FROM {table} WHERE _created > ?", (clock.time() - delay,))
    return {str(number) for (number,) in rows}


def _place(key: Any) -> tuple[bool, Any]:
    return (key is None, "" if key is None else key)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _named(element: Element | None, fields: dict[str, str]) -> str:
    """The field of the catalog that an element names. Raises FunctionFailed."""
    name = (element.text or "").strip().lower() if element is not None else ""
    if name not in fields:
        raise FunctionFailed(Failure("XL03000010", f"Field {name} does not exist.", support_id=True))
    return fields[name]


def _matches(node: Element, kind: ObjectType, fields: dict[str, str], record: Record) -> bool:
    """Whether a record fulfils an expression, or a logical one of several. Numbers and dates compare as such."""
    if node.tag == "logical":
        results = [_matches(inner, kind, fields, record) for inner in node]
        return all(results) if node.get("logical_operator") == "and" else any(results)
    field = kind.fields[_named(node.find("field"), fields)]
    value, wanted = str(record.get(field.name, "")), node.findtext("value") or ""
    sign = (node.findtext("operator") or "").strip().lower()
    if sign == "is null":
        return not value
    if sign == "like":
        return like(value, wanted)
    if sign not in _COMPARISONS:
        raise FunctionFailed(Failure("XL03000006", f"Operator {sign} is not supported.", support_id=True))
    try:
        other = comparable(field, wanted) if wanted else None
    except BadValue:
        raise FunctionFailed(
            Failure("DL02000001", "There was an error processing the request.", support_id=True)
        ) from None
    own = sort_key(field, value)
    # What is empty compares with nothing, as in `query`.
    return own is not None and other is not None and _COMPARISONS[sign](own, other)


def _item(data: Element, name: str, fields: dict[str, str], record: Record, call: Element) -> None:
    item = etree.SubElement(data, name)
    wanted = [(field.text or "").strip() for field in call.findall("fields/field")]
    for legacy, field in fields.items():
        if name == "supdoc" and field in _WHEN_CHANGED and not record.get(field):
            continue  # an attachment that was never changed does not have them (as recorded)
        if not wanted or legacy in wanted:
            child(item, legacy, record.get(field) or ("active" if legacy == "status" else ""))
    if name == "supdoc" and (not wanted or "attachments" in wanted):
        block = etree.SubElement(item, "attachments")
        for file in record.get("ATTACHMENTS") or []:
            attachment = etree.SubElement(block, "attachment")
            for part in ("attachmentname", "attachmenttype", "attachmentdata"):
                child(attachment, part, file[part])
