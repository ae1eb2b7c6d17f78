"""The catalog of a company: what every company has, and what this one added to it (Customization and Platform Services).

A custom field stands behind the object's own. A user-defined dimension is an object of its own with `id` and `name`; lines of
documents have its value as GLDIM and its name, accounts a flag that demands it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from include.sandbox.intacct.catalog import Catalog, Field, LineTraits, ObjectType, load_catalog
from include.sandbox.intacct.catalog import Relation as Way
from include.sandbox.own_fields import CustomField, Related, UserDefinedDimension
from include.sandbox.settings import Settings

#: The dimensions of every company in the recorded order, and what its lines call them where a kind of line has no name of its own.
STANDARD = {
    "DEPARTMENT": "DEPARTMENTID",
    "LOCATION": "LOCATIONID",
    "PROJECT": "PROJECTID",
    "CUSTOMER": "CUSTOMERID",
    "VENDOR": "VENDORID",
    "EMPLOYEE": "EMPLOYEEID",
    "ITEM": "ITEMID",
    "CLASS": "CLASSID",
    "CONTRACT": "CONTRACTID",
    "TASK": "TASKID",
    "WAREHOUSE": "WAREHOUSEID",
    "COSTTYPE": "COSTTYPEID",
}
#: Relations of every company: the dimension, the one other of its own, and the field that holds it.
_RELATED = {
    ("PROJECT", "CUSTOMER"): "CUSTOMERID",
    ("TASK", "PROJECT"): "PROJECTID",
    ("CONTRACT", "CUSTOMER"): "CUSTOMERID",
}
_FIRST_RELATION = 10101
# Of the way from a line to the record of a dimension, which is called as recorded: RGLDIM, the company's number, its own number.
_COMPANY, _FIRST_WAY = "50401000275237", 10022


@dataclass(frozen=True, slots=True)
class Relation:
    """A dimension has one value of another: `field` of its record holds it."""

    number: int
    source: str
    target: str
    field: str
    how: Related


def line_field(name: str) -> str:
    """What a line calls the value of a dimension."""
    return STANDARD.get(name) or f"GLDIM{name}"


def relations(settings: Settings) -> list[Relation]:
    """The to-one relations between dimensions of this company."""
    said = {
        (source.upper(), target.upper()): how
        for source, targets in settings.dimension_relations.items()
        for target, how in targets.items()
    }
    found = []
    for number, pair in enumerate(dict.fromkeys([*_RELATED, *sorted(said)]), start=_FIRST_RELATION):
        found.append(Relation(number, *pair, _RELATED.get(pair, f"R{number}"), said.get(pair, "related")))
    return found


def catalog_of(settings: Settings) -> Catalog:
    """The objects of the company with these settings."""
    if not (settings.custom_fields or settings.user_defined_dimensions or settings.dimension_relations):
        return load_catalog()
    wanted = {"custom_fields", "user_defined_dimensions", "dimension_relations"}
    return _made(json.dumps(settings.model_dump(mode="json", include=wanted), sort_keys=True))


@lru_cache(maxsize=16)
def _made(asked: str) -> Catalog:
    settings = Settings.model_validate(json.loads(asked))
    objects = dict(load_catalog())
    for number, (name, own) in enumerate(settings.user_defined_dimensions.items(), start=_FIRST_WAY):
        _dimension(objects, name.upper(), own, f"RGLDIM{_COMPANY}_{number}")
    for one in relations(settings):
        if one.source in objects and one.field not in objects[one.source].fields:
            _add(objects, one.source, [Field(one.field, called=objects[one.target].label)])
    for name, fields in settings.custom_fields.items():
        _add(objects, name, [_custom(field, own) for field, own in fields.items()])
    return Catalog(objects)


def _custom(name: str, own: CustomField) -> Field:
    return Field(
        name.upper(),
        type=own.type,
        required=own.required,
        readonly=own.readonly,
        max_length=own.max_length,
        values={word: word for word in own.values},
        called=own.label or name,
        custom=True,
        multiple=own.multiple,
    )


# What the records of an object that the company made tell of themselves, after id and name: as recorded.
_STAMPS = {"createdBy": "INTEGER", "createdAt": "TIMESTAMP", "updatedBy": "INTEGER", "updatedAt": "TIMESTAMP"}


def _dimension(objects: dict[str, ObjectType], name: str, own: UserDefinedDimension, path: str) -> None:
    label = own.label or name.title()
    fields = (
        Field("RECORDNO", type="INTEGER", readonly=True, hidden=True),
        Field("ID", type="INTEGER", readonly=True, tag="id"),
        Field("NAME", max_length=200, required=True, tag="name"),
        *(Field(name.upper(), type=type_, readonly=True, tag=name) for name, type_ in _STAMPS.items()),
        Field("RECORD_URL", readonly=True),
    )
    objects[name] = replace(
        objects["CLASS"],
        name=name,
        label=label,
        fields={field.name: field for field in fields},
        business_key="ID",
        description_field="NAME",
        private=False,
        operations=frozenset({"create", "update", "delete"}),
        relations={},
        audit_type=name.lower(),
        unique=(),
        numbered=None,
        invalid=(f"Invalid {label} '{{value}}' specified.",),
        line=LineTraits(),
        user_defined=True,
    )
    if not own.enabled_in_gl:
        return
    for line in _lines(objects):
        _add(objects, line, [Field(line_field(name), refers=name, called=label)])
        way = Way(path, name, line_field(name), "ID", label)
        objects[line] = replace(objects[line], relations={**objects[line].relations, path: way})
    if own.demanded:
        _add(objects, "GLACCOUNT", [Field(f"REQUIRE{line_field(name)}", type="BOOLEAN", default="false")])


def _lines(objects: Mapping[str, ObjectType]) -> list[str]:
    """The lines of documents, and the entries of an allocation."""
    return [
        lines.object
        for kind in objects.values()
        if kind.ledger or kind.name == "ALLOCATION"
        for lines in kind.lines.values()
    ]


def _add(objects: dict[str, ObjectType], name: str, fields: list[Field]) -> None:
    kind = objects[name]
    objects[name] = replace(kind, fields={**kind.fields, **{field.name: field for field in fields}})
