"""What the services hold, as tests put it in and look at it: records of any object, lines inside their document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from include.sandbox.certify.reader import index_field
from include.sandbox.certify.resources import RESOURCES, Resource, Type
from include.sandbox.certify.wire import DATED
from include.sandbox.core import Sandbox
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import next_record
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.store import Record, Store

# Fields of a report that its lines repeat when they do not say otherwise.
REPEATED = (
    "FirstName",
    "LastName",
    "EmployeeID",
    "Processed",
    "ProcessedDate",
    "Currency",
    "ExpenseReportName",
    "_BatchID",
)


class BadRecord(ValueError):
    """A record names an object or a field that does not exist; the text names those that do."""


def load(
    sandbox: Sandbox, side: str, name: str, records: Iterable[Mapping[str, Any]], *, keep: bool = False
) -> list[str]:
    """Add records as given, lines inside their document, and return their IDs. All or nothing. Raises BadRecord.

    What a record does not say gets the service's default. Unknown fields are refused unless `keep` is set.
    """
    with sandbox.store.transaction():
        if side == "certify":
            return [_load_certify(sandbox, name, record, keep) for record in records]
        kind = _kind(sandbox, name)
        return [_load_intacct(sandbox, kind, record, keep) for record in records]


def records(sandbox: Sandbox, side: str, name: str) -> list[Record]:
    """All records of an object with their lines; Certify's with the defaults that its API would write. Raises BadRecord."""
    if side == "certify":
        return _certify_state(sandbox.store, name)
    kind = _kind(sandbox, name)
    records = sandbox.store.select("intacct", kind.name)
    for lines in kind.lines.values():
        of_parent = _grouped(sandbox.store.select("intacct", lines.object), lines.parent)
        for record in records:
            record[lines.container] = of_parent[str(record["RECORDNO"])]
    return records


def _grouped(lines: Iterable[Record], parent: str) -> defaultdict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for line in lines:
        groups[str(line.get(parent, ""))].append(line)
    return groups


# -- Intacct -----------------------------------------------------------------------------------------------------------


def _kind(sandbox: Sandbox, name: str) -> ObjectType:
    catalog = catalog_of(sandbox.settings)
    if name not in catalog:
        raise BadRecord(f"Intacct has no object {name!r} here. {_closest(name.upper(), list(catalog))}")
    return catalog[name]


def _load_intacct(sandbox: Sandbox, kind: ObjectType, given: Mapping[str, Any], keep: bool) -> str:
    containers = {lines.container: lines for lines in kind.lines.values()}
    own = {name: value for name, value in given.items() if name.upper() not in containers}
    record = _intacct_record(sandbox, kind, own, keep)
    if kind.user_defined:
        record["RECORDNO"] = record["ID"] = record.get("ID") or next_record(sandbox.store, kind)
    identity = str(sandbox.store.insert("intacct", kind.name, record, at=0)[kind.record_key])
    for name, value in given.items():
        lines = containers.get(name.upper())
        if lines is None:
            continue
        if not isinstance(value, list):
            raise BadRecord(f"{name} of {kind.name} must be a list of {lines.object} records.")
        for number, line in enumerate(value, start=1):
            line_kind = catalog_of(sandbox.settings)[lines.object]
            told = {"LINE_NO": str(number)}
            if kind.ledger is None and kind.business_key != kind.record_key:
                told[kind.business_key] = record.get(kind.business_key, "")
            told = {field: item for field, item in told.items() if field in line_kind.fields}
            fields = told | {lines.parent: identity} | dict(line)
            sandbox.store.insert("intacct", lines.object, _intacct_record(sandbox, line_kind, fields, keep), at=0)
    if kind.name == "LOCATIONENTITY" and not sandbox.store.find(
        "intacct", "LOCATION", "LOCATIONID", record["LOCATIONID"]
    ):
        same = {name: record[name] for name in ("LOCATIONID", "NAME", "STATUS", "CURRENCY") if name in record}
        location = same | {"ENTITY": record["LOCATIONID"], "ENTITYNAME": record.get("NAME", ""), "LOCATIONTYPE": "E"}
        sandbox.store.insert(
            "intacct",
            "LOCATION",
            _intacct_record(sandbox, catalog_of(sandbox.settings)["LOCATION"], location, keep),
            at=0,
        )
    return identity


def _intacct_record(sandbox: Sandbox, kind: ObjectType, given: Mapping[str, Any], keep: bool) -> Record:
    record: Record = {}
    for name, value in _flat(given).items():
        if name.upper() not in kind.fields and not keep and name != "RECORDNO":
            raise BadRecord(f"{kind.name} has no field {name}. {_closest(name.upper(), list(kind.fields))}")
        record[name.upper() if name.upper() in kind.fields else name] = _intacct_text(value)
    stamp = sandbox.now().strftime("%m/%d/%Y %H:%M:%S")
    for name, field in kind.fields.items():
        if name not in record:
            if field.default is not None:
                record[name] = field.default
            elif field.type == "TIMESTAMP" and name in ("WHENCREATED", "WHENMODIFIED", "AUWHENCREATED"):
                record[name] = stamp
    if "RAWSTATE" in kind.fields and "STATE" in record and "RAWSTATE" not in record:
        record["RAWSTATE"] = kind.fields["STATE"].values.get(record["STATE"], "")
    for name, field in kind.fields.items():
        if field.refers and field.fill and record.get(name):
            found = sandbox.store.find(
                "intacct", field.refers, catalog_of(sandbox.settings)[field.refers].business_key, record[name]
            )
            for ours, theirs in field.fill.items() if found else ():
                record.setdefault(ours, found[0].get(theirs, ""))
    return record


def _flat(given: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested fields as dotted ones: {"PERSONALINFO": {"EMAIL1": …}} is PERSONALINFO.EMAIL1."""
    flat: dict[str, Any] = {}
    for name, value in given.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return flat


def _intacct_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


# -- Certify -----------------------------------------------------------------------------------------------------------


def _resource(name: str) -> tuple[Resource, int | None]:
    plain, _, index = name.lower().partition("/")
    resource = RESOURCES.get(plain)
    if resource is None or (index and not (resource.indexed and index in ("1", "2", "3", "4", "5"))):
        raise BadRecord(f"Certify has no resource {name!r} here. {_closest(plain, list(RESOURCES))}")
    return resource, int(index) if index else None


def _load_certify(sandbox: Sandbox, name: str, given: Mapping[str, Any], keep: bool) -> str:
    resource, index = _resource(name)
    record = _certify_record(resource, {name: value for name, value in given.items() if name != "Expenses"}, keep)
    if resource.indexed:
        record.setdefault(index_field(resource), index or 1)
    if "Active" in resource.fields:
        record.setdefault("Active", 1)
    for dated in DATED:  # never empty: a client of the live service reads them into a type that cannot be
        if dated in resource.fields:
            record.setdefault(dated, sandbox.now().date().isoformat())
    if resource.name == "users":
        record.setdefault("UserName", record.get("Email", ""))
        record.setdefault("Role", "Employees")
    if resource.name in ("expensereports", "expenses") and record.get("ProcessedDate"):
        record.setdefault("Processed", True)
    record = sandbox.store.insert("certify", resource.name, record)
    for line in given.get("Expenses", ()) if resource.name == "expensereports" else ():
        repeated = {field: record[field] for field in REPEATED if field in record}
        owned = repeated | {"ExpenseReportID": record["ID"]} | _certify_record(RESOURCES["expenses"], line, keep)
        sandbox.store.insert("certify", "expenses", owned)
    return str(record["ID"])


def _certify_record(resource: Resource, given: Mapping[str, Any], keep: bool) -> Record:
    record: Record = {}
    for name, value in given.items():
        if name not in resource.fields and not name.startswith("_") and not keep:
            raise BadRecord(f"{resource.name} has no field {name}. {_closest(name, list(resource.fields))}")
        record[name] = amount_text(value) if resource.fields.get(name) is Type.AMOUNT else _kept(value)
    if "ID" in record:
        record["ID"] = str(record["ID"]).lower()
    return record


def amount_text(value: Any) -> Any:
    """An amount as the store keeps it: the digits as text. What is no number stays as it was given."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _kept(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def _certify_state(store: Store, name: str) -> list[Record]:
    resource, index = _resource(name)
    where = {index_field(resource): index} if index else None
    records = [_with_defaults(resource, record) for record in store.select("certify", resource.name, where=where)]
    if resource.name == "expensereports":
        lines = _grouped(store.select("certify", "expenses"), "ExpenseReportID")
        for record in records:
            record["Expenses"] = [_with_defaults(RESOURCES["expenses"], line) for line in lines[record["ID"]]]
    return records


def _with_defaults(resource: Resource, record: Record) -> Record:
    return {name: kind.unset for name, kind in resource.fields.items() if name != "ReceiptImage"} | record


def _closest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(known)}."
