"""What Intacct says about itself: an object's fields, a user's rights, the entities one may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from certify_intacct.intacct.values import parse_date
from certify_intacct.model.errors import BadInput


@dataclass(frozen=True)
class FieldDefinition:
    """One field of an object, from `lookup` or `inspect`.

    :param datatype: TEXT, INTEGER, BOOLEAN, DATE, TIMESTAMP, ENUM, DECIMAL, CURRENCY, PERCENT, SEQUENCE ... or "" (inspect).
    :param max_length: only from `inspect`, and None when it is not said.
    :param valid_values: for ENUM.
    :param custom: whether the company added the field; only from `lookup`.
    """

    name: str
    label: str = ""
    datatype: str = ""
    required: bool = False
    read_only: bool = False
    max_length: int | None = None
    valid_values: tuple[str, ...] = ()
    custom: bool = False


@dataclass(frozen=True)
class Relation:
    """A relation that dotted field names can follow."""

    path: str
    object_name: str
    kind: str


@dataclass(frozen=True)
class ObjectDefinition:
    """An object as the company has it, custom fields included."""

    name: str
    fields: dict[str, FieldDefinition]
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class DimensionDefinition:
    """A dimension of the company.

    :param user_defined: whether it is an object that the company made
    :param in_gl: whether lines of documents may have it
    :param label: what Intacct calls it, and ``term`` what the company does, which may have renamed it
    """

    object_name: str
    user_defined: bool
    in_gl: bool
    label: str = ""
    term: str = ""


@dataclass(frozen=True)
class PermittedEntity:
    """An entity that the signed-in user may work in.

    :param currency: its base currency, or the top level's when it has none of its own.
    """

    id: str
    name: str
    record_no: str
    currency: str


def object_definition(object_name: str, records: Iterable[Mapping[str, Any]]) -> ObjectDefinition:
    """Read the answer of `lookup` or `inspect`. Both spell the same things differently; what is missing stays at its default."""
    fields: dict[str, FieldDefinition] = {}
    relations: list[Relation] = []
    for record in records:
        for item in _items(record.get("Fields"), "Field"):
            definition = _field(item)
            if definition.name:
                fields[definition.name] = definition
        for item in _items(record.get("Relationships"), "Relationship"):
            if isinstance(item, Mapping):
                relations.append(
                    Relation(_get(item, "OBJECTPATH"), _get(item, "OBJECTNAME"), _get(item, "RELATIONSHIPTYPE"))
                )
    return ObjectDefinition(object_name, fields, tuple(relations))


def field_called(definition: ObjectDefinition, name: str, label: str) -> str | None:
    """The field of that name, else the only one that the object's pages call so; None when there is none.

    For fields whose name in XML is published nowhere.
    """
    if name in definition.fields:
        return name
    found = [field.name for field in definition.fields.values() if letters(field.label) == letters(label)]
    return found[0] if len(found) == 1 else None


def permissions(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, frozenset[str]]]:
    """Read the answer of `getUserPermissions`: application name → policy name → rights ("List", "View", "Add" ...)."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for record in records:
        for subscription in _items(record, "appSubscription"):
            if not isinstance(subscription, Mapping):
                continue
            policies = found.setdefault(_get(subscription, "applicationName"), {})
            for policy in _items(subscription.get("policies"), "policy"):
                if isinstance(policy, Mapping):
                    rights = (right.strip() for right in _get(policy, "rights").split("|"))
                    policies[_get(policy, "policyName")] = frozenset(right for right in rights if right)
    return found


def dimensions(records: Iterable[Mapping[str, Any]]) -> list[DimensionDefinition]:
    """Read the answer of `getDimensions`."""
    return [
        DimensionDefinition(
            _get(item, "objectName"),
            _get(item, "userDefinedDimension") == "true",
            _get(item, "enabledInGL") == "true",
            _get(item, "objectLabel"),
            _get(item, "termLabel"),
        )
        for record in records
        for item in _unwrapped(record, "dimension")
        if isinstance(item, Mapping) and _get(item, "objectName")
    ]


def filled(records: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Read the answer of `getDimensionAutofillDetails`: a dimension, and one that it fills in, each by its object."""
    return [
        (_get(item, "dimension"), _get(target, "dimension"))
        for record in records
        for item in _unwrapped(record, "relationship")
        if isinstance(item, Mapping)
        for target in _items(item, "autofill")
        if isinstance(target, Mapping) and _get(item, "dimension") and _get(target, "dimension")
    ]


def entities(records: Iterable[Mapping[str, Any]]) -> list[PermittedEntity]:
    """Read the answer of `readEntityDetails`."""
    return [
        PermittedEntity(_get(item, "id"), _get(item, "name"), _get(item, "recordno"), _get(item, "currency"))
        for record in records
        for item in _unwrapped(record, "entity")
        if isinstance(item, Mapping) and _get(item, "id")
    ]


def preferences(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Read the answer of `get_companyprefs`: preference → value."""
    return {
        _get(item, "preference"): _get(item, "prefvalue")
        for record in records
        for item in _unwrapped(record, "companypref")
        if isinstance(item, Mapping) and _get(item, "preference")
    }


def applications(records: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Read the answer of `get_applications`: letters in elements, however they are nested."""
    return frozenset(text.strip().upper() for record in records for text in _texts(record) if text.strip())


def closed_books_date(records: Iterable[Mapping[str, Any]]) -> date | None:
    """Read the answer of `get_closedbooksdate`, whose form is not documented: a text or year, month and day, somewhere within.

    None when it names no day that can be understood, which is no proof that nothing is closed.
    """
    for record in records:
        parts = flattened([record])
        if all(name in parts for name in ("year", "month", "day")):
            parts["whole"] = f"{parts['month']}/{parts['day']}/{parts['year']}"
        for text in (parts.get("whole", ""), *parts.values()):
            try:
                day = parse_date(text)
            except BadInput:
                continue
            if day is not None:
                return day
    return None


def flattened(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return an answer's names and texts, without the elements around them."""
    found: dict[str, str] = {}
    for record in records:
        for name, value in record.items():
            if isinstance(value, Mapping):
                found |= flattened([value])
            elif isinstance(value, str):
                found[name] = value
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _unwrapped(record: Mapping[str, Any], name: str) -> list[Any]:
    """The items of that name inside a record, or the record itself when it is one."""
    return _items(record, name) or [record]


def _field(item: Any) -> FieldDefinition:
    if not isinstance(item, Mapping):
        return FieldDefinition(name=str(item))
    return FieldDefinition(
        name=_get(item, "ID", "Name", "name", "@Name", "#text"),
        label=_get(item, "LABEL", "DisplayLabel"),
        datatype=_get(item, "DATATYPE", "externalDataName", "dataName"),
        required=_get(item, "REQUIRED", "isRequired").lower() == "true",
        read_only=_get(item, "READONLY", "isReadOnly").lower() == "true",
        max_length=_length(_get(item, "maxLength", "MAXLENGTH")),
        valid_values=tuple(str(value) for value in _items(item.get("VALIDVALUES"), "VALIDVALUE")),
        custom=_get(item, "ISCUSTOM").lower() == "true",
    )


def letters(text: str) -> str:
    """What a name or a label says, however it is written."""
    return "".join(filter(str.isalnum, text)).casefold()


def _length(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0 else None


def _get(item: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _items(holder: Any, name: str) -> list[Any]:
    if not isinstance(holder, Mapping):
        return []
    value = holder.get(name, [])
    return value if isinstance(value, list) else [value]
