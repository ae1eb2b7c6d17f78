"""What the sandbox's company knows about each Intacct object: data, not code.

One YAML file an object. The read engine and the write functions are generic and driven by these descriptions.

File format::

    object: APBILL                 # name on the wire, upper case
    label: Bill                    # the word of error texts and of lookup
    keys: {record: RECORDNO, business: RECORDID}
    name: NAME                     # optional: the field that describes the record (RECORDID/NAME pairs)
    private: true                  # records created in an entity session belong to that entity (MEGAENTITYID)
    operations: [create, update, delete]      # generic functions the gateway accepts (reading is always possible)
    refused: {create: create_expensereport}   # optional: which legacy function does it instead
    module: 3.AP                   # optional: MODULEKEY of what is created here
    ledger: AP                     # optional: the subledger whose books must be open
    audit: {type: apbill, key: RECORDNO}      # how the object appears in AUDITHISTORY
    unique: [[DEPARTMENTID]]       # sets of fields that no two records may share
    numbered: 'E-%05d'             # optional: the number given when the business key is missing and numbering is on
    invalid: "The department '{value}' is invalid."   # said of an unknown record; a list when several texts are known
    inactive: "..."                # optional: said when a record is referred to that is not active
    approved: Approved             # optional: what a submitted document is once it is approved, Posted otherwise
    could_not: "Could not {verb} eexpenses record."     # optional: its own text of the generic error, which then stands last
    written: {WAREHOUSEID: LOCATIONID}                  # optional: a name that only create and update have, and the one that is read
    line: {account: GLACCOUNTNO, state_code: true}      # optional: what is particular to a kind of line (LineTraits)
    fields:                        # in the order of the service's own captures
      RECORDNO: INTEGER readonly
      TITLE: TEXT 80 required
      STATUS: {type: ENUM, values: {active: T, inactive: F}, default: active}
      PARENTID: {type: TEXT, refers: DEPARTMENT, fill: {PARENTKEY: RECORDNO, PARENTNAME: TITLE}}
      JOURNAL: {type: TEXT, refers: GLJOURNAL, or_refers: STATJOURNAL}      # one of two objects, with the same fields to fill
      PERSONALINFO.*: CONTACT      # a contact block: expands to its fields and to a relation to CONTACT
    relations:                     # many-to-one paths of dotted fields; `many: true` is one-to-many: a query has a row for each
      MANAGER: {object: EMPLOYEE, by: SUPERVISORID, key: EMPLOYEEID}
    lines:
      APBILLITEMS: {object: APBILLITEM, parent: RECORDKEY, total: TRX_AMOUNT}

A field is ``TYPE [max_length] [required] [readonly]`` or a mapping with type, max_length, required, readonly, values (display word to
database code), default, refers (object whose business key the value must be), or_refers, fill (our field: field of the referred
record), hidden, called (its label).

Types: TEXT, INTEGER, BOOLEAN, DATE, TIMESTAMP, ENUM, DECIMAL, CURRENCY, PERCENT, SEQUENCE (Intacct XML gateway reference, `lookup`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
TYPES = frozenset(
    {"TEXT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP", "ENUM", "DECIMAL", "CURRENCY", "PERCENT", "SEQUENCE"}
)

_FLAGS: dict[str, dict[str, Any]] = {word: {word: True} for word in ("required", "readonly", "hidden")}

# The fields of a contact inside another record, in the order of a real EMPLOYEE capture of 2026.
CONTACT_BLOCK: Mapping[str, str] = {
    "CONTACTNAME": "TEXT 200",
    "PREFIX": "TEXT 15",
    "FIRSTNAME": "TEXT 40",
    "INITIAL": "TEXT 40",
    "LASTNAME": "TEXT 40",
    "COMPANYNAME": "TEXT 100",
    "PRINTAS": "TEXT 200",
    "PHONE1": "TEXT 30",
    "PHONE2": "TEXT 30",
    "CELLPHONE": "TEXT 30",
    "PAGER": "TEXT 30",
    "FAX": "TEXT 30",
    "EMAIL1": "TEXT 200",
    "EMAIL2": "TEXT 200",
    "URL1": "TEXT 250",
    "URL2": "TEXT 250",
    "MAILADDRESS.ADDRESS1": "TEXT 80",
    "MAILADDRESS.ADDRESS2": "TEXT 80",
    "MAILADDRESS.ADDRESS3": "TEXT 80",
    "MAILADDRESS.CITY": "TEXT 80",
    "MAILADDRESS.STATE": "TEXT 40",
    "MAILADDRESS.ZIP": "TEXT 30",
    "MAILADDRESS.COUNTRY": "TEXT 60",
    "MAILADDRESS.COUNTRYCODE": "TEXT 2",
}


# Objects with a second name: `lookup` of GLBATCH calls its journal JOURNAL, and so can be looked up and queried (Queries).
ALIASES = {"JOURNAL": "GLJOURNAL"}

# As recorded, every object that has these fields leads by them to who made and who changed a record, and to its entity.
_EVERYWHERE: Mapping[str, tuple[str, str, str, str]] = {
    "USERINFOCREATEDBY": ("USERINFO", "CREATEDBY", "RECORDNO", "Created by"),
    "USERINFOMODIFIEDBY": ("USERINFO", "MODIFIEDBY", "RECORDNO", "Last modified user"),
    "MELOCATION": ("LOCATION", "MEGAENTITYID", "LOCATIONID", ""),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object. `values` maps the display word (`query`) to the database code (`readByQuery`).

    A company's own (`catalog_of`) are `custom`; of a pick-list of theirs `multiple` words may be given. `tag` is what an answer
    calls it where that is not the name.
    """

    name: str
    type: str = "TEXT"
    required: bool = False
    readonly: bool = False
    max_length: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    refers: str | None = None
    or_refers: str | None = None
    fill: Mapping[str, str] = field(default_factory=dict)
    hidden: bool = False
    called: str = ""
    custom: bool = False
    multiple: bool = False
    tag: str = ""

    @property
    def label(self) -> str:
        if self.called:
            return self.called
        if self.name == "RECORDNO":
            return "Record number"
        return self.name.replace("_", " ").replace(".", " ").title()

    @property
    def is_number(self) -> bool:
        return self.type in {"INTEGER", "DECIMAL", "CURRENCY", "PERCENT", "SEQUENCE"}


@dataclass(frozen=True, slots=True)
class Relation:
    """A many-to-one path: `path`.X is field X of the `object` whose `key` equals our field `by`.

    Where there may be `many` of them a query has a row for each, and `lookup` does not tell the path (as recorded).
    """

    path: str
    object: str
    by: str
    key: str
    label: str = ""
    many: bool = False

    @property
    def is_block(self) -> bool:
        """A contact that is given and read as part of the record itself; `lookup` lists its fields, and not the way to it."""
        return self.object == "CONTACT" and self.by == f"{self.path}.CONTACTNAME"


@dataclass(frozen=True, slots=True)
class Lines:
    """Owned lines.

    :param container: the tag around them, which is left out without any where it is `optional`
    :param parent: the field of the line that holds the document's RECORDNO
    :param total: the field of the line that the document adds up
    """

    container: str
    object: str
    parent: str
    total: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class LineTraits:
    """What is particular to a kind of line.

    :param account: the name of its account's field, like `department` and `location`
    :param header_vendor: the vendor of the document is the vendor of the line, unless it names another (as recorded)
    :param labels_only: where the company posts by account label, it takes no account numbers
    :param state_code: its STATE is the code where the document's is the word: A where the bill says Posted, as recorded
    """

    account: str = "ACCOUNTNO"
    department: str = "DEPARTMENTID"
    location: str = "LOCATIONID"
    header_vendor: bool = False
    labels_only: bool = False
    state_code: bool = False


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object of the company, as described by its YAML file."""

    name: str
    label: str
    fields: Mapping[str, Field]
    record_key: str
    business_key: str
    description_field: str | None
    private: bool
    operations: frozenset[str]
    refused: Mapping[str, str]
    relations: Mapping[str, Relation]
    lines: Mapping[str, Lines]
    module: str | None
    ledger: str | None
    audit_type: str
    audit_key: str
    unique: tuple[tuple[str, ...], ...]
    numbered: str | None
    invalid: tuple[str, ...]
    inactive: str | None
    approved: str
    could_not: str | None
    line: LineTraits
    user_defined: bool = False
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """The lower-case tag of `readByQuery` and of the answers to create and update."""
        return self.name.lower()

    @property
    def single_lines(self) -> Lines | None:
        """The one kind of owned lines, if there is one."""
        return next(iter(self.lines.values()), None)

    @property
    def visible_fields(self) -> list[str]:
        """Names of the fields that `lookup`, `inspect` and ``*`` show, in order."""
        return [f.name for f in self.fields.values() if not f.hidden]


class Catalog(Mapping[str, ObjectType]):
    """All objects by upper-case name; look-ups ignore case."""

    def __init__(self, objects: Mapping[str, ObjectType]) -> None:
        self._objects = dict(objects)

    def __getitem__(self, name: str) -> ObjectType:
        wanted = name.upper()
        return self._objects[ALIASES.get(wanted, wanted)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and ALIASES.get(name.upper(), name.upper()) in self._objects

    def path(self, object_name: str, dotted: str) -> tuple[list[Relation], Field] | None:
        """The relations to follow and the field at the end of a dotted name, or None when no such field can be queried.

        A field of the object itself (which may have a dotted name, such as PERSONALINFO.EMAIL1) has no relations to follow; its
        value is the record's own when stored there, else that of the related record (see `related`).
        """
        kind = self[object_name]
        if dotted in kind.fields:
            return [], kind.fields[dotted]
        hops: list[Relation] = []
        climbed = False
        rest = dotted
        while rest not in kind.fields:
            head, dot, rest = rest.partition(".")
            relation = kind.relations.get(head)
            if not dot or relation is None:
                return None
            if relation.object == kind.name:
                if climbed:
                    return None  # hierarchical relations are followed one level only
                climbed = True
            hops.append(relation)
            kind = self[relation.object]
        return hops, kind.fields[rest]

    def related(self, object_name: str, field_name: str) -> tuple[Relation, str] | None:
        """For an own field with a dotted name: the relation that supplies it and the field there, when the record has no value."""
        head, dot, rest = field_name.partition(".")
        relation = self[object_name].relations.get(head) if dot else None
        return (relation, rest) if relation is not None else None


@cache
def load_catalog(folder: Path = FOLDER) -> Catalog:
    """Read every description; a mistake in one is a ValueError that names the file and the field."""
    objects = {}
    for path in sorted(folder.glob("*.yaml")):
        kind = _object(path.name, yaml.safe_load(path.read_text(encoding="utf-8")))
        objects[kind.name] = kind
    _check_targets(objects)
    return Catalog(objects)


def _object(file: str, raw: dict[str, Any]) -> ObjectType:
    fields: dict[str, Field] = {}
    relations: dict[str, Relation] = {}
    for name, spec in raw["fields"].items():
        if name.endswith(".*"):
            block = name[:-2]
            for inner, inner_spec in CONTACT_BLOCK.items():
                fields[f"{block}.{inner}"] = _field(file, f"{block}.{inner}", inner_spec)
            relations[block] = Relation(block, spec, f"{block}.CONTACTNAME", "CONTACTNAME")
        else:
            fields[name] = _field(file, name, spec)
    for path, target in (raw.get("relations") or {}).items():
        relations[path] = Relation(
            path, target["object"], target["by"], target["key"], many=bool(target.get("many", False))
        )
    relations |= {path: Relation(path, *rest) for path, rest in _EVERYWHERE.items() if rest[1] in fields}
    lines = {tag: Lines(tag, **spec) for tag, spec in (raw.get("lines") or {}).items()}
    keys = raw["keys"]
    audit = raw.get("audit") or {}
    label = raw["label"]
    texts = raw.get("invalid", f"Invalid {label} '{{value}}' specified.")
    return ObjectType(
        name=raw["object"],
        label=label,
        fields=fields,
        record_key=keys["record"],
        business_key=keys["business"],
        description_field=raw.get("name"),
        private=bool(raw.get("private", False)),
        operations=frozenset(raw.get("operations") or ()),
        refused=raw.get("refused") or {},
        relations=relations,
        lines=lines,
        module=raw.get("module"),
        ledger=raw.get("ledger"),
        audit_type=audit.get("type", raw["object"].lower()),
        audit_key=audit.get("key", keys["record"]),
        written=raw.get("written") or {},
        unique=tuple(tuple(group) for group in raw.get("unique") or ()),
        numbered=raw.get("numbered"),
        invalid=tuple([texts] if isinstance(texts, str) else texts),
        inactive=raw.get("inactive"),
        approved=raw.get("approved", "Posted"),
        could_not=raw.get("could_not"),
        line=LineTraits(**raw.get("line", {})),
    )


def _field(file: str, name: str, spec: Any) -> Field:
    if isinstance(spec, str):
        first, *words = spec.split()
        made = Field(name, type=first)
        for word in words:
            if word.isdigit():
                made = replace(made, max_length=int(word))
            elif word in _FLAGS:
                made = replace(made, **_FLAGS[word])
            else:
                raise ValueError(f"{file}: field {name}: '{word}' is not a length, 'required', 'readonly' or 'hidden'")
    elif isinstance(spec, dict):
        values = {str(word): str(code) for word, code in (spec.get("values") or {}).items()}
        made = Field(**{**spec, "name": name, "values": values})
    else:
        raise ValueError(f"{file}: field {name}: expected 'TYPE …' or a mapping, found {spec!r}")
    if made.type not in TYPES:
        raise ValueError(f"{file}: field {name}: type {made.type!r} is none of {', '.join(sorted(TYPES))}")
    return made


def _check_targets(objects: Mapping[str, ObjectType]) -> None:
    for kind in objects.values():
        for key in (kind.record_key, kind.business_key, *(name for group in kind.unique for name in group)):
            if key not in kind.fields:
                raise ValueError(f"{kind.name}.yaml: key {key} is not among the fields")
        for relation in kind.relations.values():
            if (
                relation.object not in objects
                or relation.by not in kind.fields
                or relation.key not in objects[relation.object].fields
            ):
                raise ValueError(f"{kind.name}.yaml: relation {relation.path} leads nowhere")
        for own in kind.fields.values():
            if own.refers is not None and own.refers not in objects:
                raise ValueError(
                    f"{kind.name}.yaml: field {own.name} refers to {own.refers}, which is not in the catalog"
                )
            for ours, theirs in own.fill.items():
                if ours not in kind.fields or theirs not in objects[own.refers or ""].fields:
                    raise ValueError(
                        f"{kind.name}.yaml: field {own.name} fills {ours} from {theirs}: one of them does not exist"
                    )
        for lines in kind.lines.values():
            if lines.object not in objects or lines.parent not in objects[lines.object].fields:
                raise ValueError(f"{kind.name}.yaml: lines {lines.container} lead nowhere")
