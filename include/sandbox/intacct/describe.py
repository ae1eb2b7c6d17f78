"""The functions `lookup` and `inspect`: what an object consists of. Exempt from object permissions."""

from __future__ import annotations

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct.catalog import ALIASES, Catalog, Field, ObjectType
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.query import unknown_object
from include.sandbox.intacct.shown import shown
from include.sandbox.intacct.types import Element, Outcome, Session

# Pt_FieldInt is recorded; the others are made after it.
_DATA_NAMES = {
    "integer": "Pt_FieldInt",
    "boolean": "Pt_FieldBoolean",
    "date": "Pt_FieldDate",
    "timestamp": "Pt_FieldTimestamp",
    "enum": "Pt_FieldEnum",
    "decimal": "Pt_FieldDouble",
    "currency": "Pt_FieldCurrency",
    "percent": "Pt_FieldPercent",
}


_RECORD = "RECORDNO"
_TRUTH = ("true", "false")
# As documented of the one and recorded of the other: RECORDNO is not read-only in `lookup`, though `inspect` says that it is.
_WRITABLE = frozenset({"GLBATCH", "DEPARTMENT"})
_DESCRIPTIONS = {
    _RECORD: "Record Number",
    "WHENCREATED": "Timestamp marking last time this was created.",
    "WHENMODIFIED": "Timestamp marking last time this was changed.",
    "CREATEDBY": "User who created this.",
    "MODIFIEDBY": "User who modified this.",
    "CREATEDBYLOGINID": "Created by user ID",
    "MODIFIEDBYLOGINID": "Modified by user ID",
}
# As recorded: most of Intacct's own words are told as TEXT with valid values, these and those of pick-lists as ENUM.
_PICKED = frozenset({"CARDTYPE"})
_ALSO = {name: alias for alias, name in ALIASES.items()}


def _named(call: Element, *tags: str) -> str:
    return next((text.strip() for tag in tags if (text := call.findtext(tag))), "")


def _labelled(catalog: Catalog, label: str) -> str:
    """The object with this printable name, which is its label."""
    return next((kind.name for kind in catalog.values() if kind.label.casefold() == label.casefold()), label)


def lookup(sandbox: Sandbox, _session: Session, call: Element) -> Outcome:
    """`lookup`: fields with type and valid values, and relationships. Raises FunctionFailed."""
    name = _named(call, "object")
    kind = shown(sandbox.settings, name)
    if kind is None:
        raise unknown_object(name)
    data = etree.Element("data", listtype="All", count="1")
    described = etree.SubElement(
        data, "Type", Name=name.upper(), DocumentType=(call.findtext("docparid") or "").strip()
    )
    fields = etree.SubElement(described, "Fields")
    for field_name in kind.visible_fields:
        _lookup_field(fields, kind, kind.fields[field_name])
    relationships = etree.SubElement(described, "Relationships")
    for relation in kind.relations.values():
        if relation.is_block or relation.many:
            continue
        block = etree.SubElement(relationships, "Relationship")
        child(block, "OBJECTPATH", relation.path)
        child(block, "OBJECTNAME", _ALSO.get(relation.object, relation.object))
        child(block, "LABEL", relation.label)
        child(block, "RELATIONSHIPTYPE", "MANY2ONE")
        child(block, "RELATEDBY", relation.by)
    return Outcome(data=data, read=1, object=kind.name)


def _lookup_field(parent: Element, kind: ObjectType, field: Field) -> None:
    block = etree.SubElement(parent, "Field")
    child(block, "ID", field.tag or field.name)
    child(block, "LABEL", field.label)
    child(block, "DESCRIPTION", _description(field) or "No description specified")
    child(block, "REQUIRED", str(field.required).lower())
    child(block, "READONLY", str(field.readonly and not (field.name == _RECORD and kind.name in _WRITABLE)).lower())
    picked = field.custom or field.name in _PICKED
    child(block, "DATATYPE", "TEXT" if field.type == "ENUM" and not picked else field.type)
    words = _TRUTH if field.type == "BOOLEAN" else tuple(field.values)
    if words:
        values = etree.SubElement(block, "VALIDVALUES")
        for word in words:
            child(values, "VALIDVALUE", word)
    child(block, "ISCUSTOM", str(field.custom).lower())


def inspect(sandbox: Sandbox, _session: Session, call: Element) -> Outcome:
    """`inspect`.

    The names of all objects (`*`), of an object's fields, or (detail 1) their attributes. Raises FunctionFailed.
    """
    catalog = catalog_of(sandbox.settings)
    name = _named(call, "object") or _labelled(catalog, _named(call, "name"))
    if name == "*":
        data = etree.Element("data", listtype="All", count="1")  # 1 however many there are: as recorded
        for known in sorted(name for name in catalog if shown(sandbox.settings, name)):
            etree.SubElement(data, "type", typename=catalog[known].name).text = catalog[known].label
        return Outcome(data=data, read=len(catalog))
    kind = shown(sandbox.settings, name)
    if kind is None:
        raise unknown_object(name)
    data = etree.Element("data", listtype="All", count="1")
    described = etree.SubElement(data, "Type", Name=kind.name)
    detailed = (call.get("detail") or "").strip() in ("1", "true")
    if detailed:
        _attributes(described, kind)
    fields = etree.SubElement(described, "Fields")
    for number, field_name in enumerate(kind.visible_fields, start=1):
        if detailed:
            lengths = sandbox.settings.field_lengths.get(kind.name, {})
            _inspect_field(fields, kind.fields[field_name], number, lengths.get(field_name))
        else:
            child(fields, "Field", kind.fields[field_name].tag or field_name)
    return Outcome(data=data, read=1, object=kind.name)


def _description(field: Field) -> str:
    return _DESCRIPTIONS.get(field.name, "")


def _attributes(parent: Element, kind: ObjectType) -> None:
    block = etree.SubElement(parent, "Attributes")
    child(block, "SingularName", kind.label)
    child(block, "PluralName", f"{kind.label}es" if kind.label.endswith("s") else f"{kind.label}s")
    child(block, "Description")


def _inspect_field(parent: Element, field: Field, number: int, longest: int | None) -> None:
    external = {
        "INTEGER": "integer",
        "SEQUENCE": "integer",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "ENUM": "enum",
        "DECIMAL": "decimal",
        "CURRENCY": "currency",
        "PERCENT": "percent",
    }.get(field.type, "text")
    block = etree.SubElement(parent, "Field")
    child(block, "Name", field.tag or field.name)
    child(block, "GroupName")
    child(block, "dataName", _DATA_NAMES.get(external, "Pt_FieldString"))
    child(block, "externalDataName", external)
    child(block, "isRequired", str(field.required).lower())
    child(block, "isReadOnly", str(field.readonly).lower())
    child(block, "maxLength", longest or field.max_length or (8 if field.name == _RECORD else 0))
    child(block, "DisplayLabel", field.label)
    child(block, "Description", _description(field))
    child(block, "id", number)
    if field.values:
        values = etree.SubElement(block, "validValues")
        for value in field.values:
            child(values, "validValue", value)
