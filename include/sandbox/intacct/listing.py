"""The legacy functions `get_list` and `get`, for attachments and a few lists, under the legacy field names."""

from __future__ import annotations

from functools import partial
from typing import Any

from lxml import etree

from include.sandbox import clock
from include.sandbox.core import Sandbox
from include.sandbox.intacct import permissions
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.selection import delay_of
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, Outcome, Session
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
    "glaccount": ("GLACCOUNT", {"glaccountno": "ACCOUNTNO", "title": "TITLE", "status": "STATUS"}),
}
_DEFAULT_ITEMS = 100
_WHEN_CHANGED = ("LASTMODIFIED", "LASTMODIFIEDBY")


def get_list(sandbox: Sandbox, session: Session, call: Element) -> Outcome:
    """`get_list`.

    Filter, sort and page (`start`, `maxitems`). `<listtype>` names the first and last item and the total.
    """
    name, fields, records = _records(sandbox, session, call)
    condition = call.find("filter")
    if condition is not None:
        records = [record for record in records if all(_matches(node, fields, record) for node in condition)]
    for sort in reversed(call.findall("sorts/sortfield")):
        field = fields.get((sort.text or "").strip().lower(), "")
        descending = sort.get("order", "asc").lower().startswith("desc")
        records.sort(key=partial(_sort_key, field), reverse=descending)
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


def _sort_key(field: str, record: Record) -> str:
    return str(record.get(field, ""))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _matches(node: Element, fields: dict[str, str], record: Record) -> bool:
    if node.tag == "logical":
        results = [_matches(inner, fields, record) for inner in node]
        return all(results) if node.get("logical_operator") == "and" else any(results)
    field = (node.findtext("field") or "").strip().lower()
    if field not in fields:
        raise FunctionFailed(Failure("XL03000010", f"Field {field} does not exist.", support_id=True))
    value, wanted = str(record.get(fields[field], "")), node.findtext("value") or ""
    operator = (node.findtext("operator") or "=").strip().lower()
    tests: dict[str, Any] = {
        "=": value == wanted,
        "!=": value != wanted,
        "<>": value != wanted,
        "<": value < wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        ">=": value >= wanted,
        "like": wanted.strip("%") in value,
        "is null": not value,
    }
    if operator not in tests:
        raise FunctionFailed(Failure("XL03000006", f"Operator {operator} is not supported.", support_id=True))
    return bool(tests[operator])


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
