"""Everything that is not a transaction: people, dimensions, accounts, terms… One generic way, and a few objects with more.

More: an employee needs an existing contact; vendors, customers and users bring their own contact; a location knows its
entity; a changed contact shows through its owners, whose WHENMODIFIED stays as it was (inferred).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from include.sandbox.intacct import fields, problems, smart_rules
from include.sandbox.intacct.bills import next_number
from include.sandbox.intacct.catalog import ObjectType, Relation
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.records import Record


def create(company: Company, given: Given) -> Record:
    """Keep a new record. Raises Problem."""
    kind = given.kind
    _number(company, given)
    record = fields.settle(company, given)
    _more(company, kind, record, given)
    fields.require(kind, record)
    _unique(company, kind, record)
    smart_rules.check(company.settings, kind, [record])
    kept = company.insert(kind, record)
    _owned_lines(company, kept, given)
    return kept


def update(company: Company, given: Given, before: Record) -> Record:
    """Change the given fields of a record; an empty value clears the field. Raises Problem."""
    kind = given.kind
    if given.fields.get(kind.business_key, before.get(kind.business_key)) != before.get(kind.business_key):
        raise problems.other(f"{fields.label_of(kind, kind.business_key)} cannot be changed.")
    changes = fields.settle(company, given, defaults=False)
    _contacts(company, kind, changes, given, before)
    record = {**before, **changes}
    fields.require(kind, record)
    _unique(company, kind, record)
    smart_rules.check(company.settings, kind, [record])
    company.stamp_modified(kind, changes)
    kept = company.store.update(SIDE, kind.name, before["RECORDNO"], changes)
    _owned_lines(company, kept, given)
    if kind.name == "CONTACT":
        _show_through(company, before, changes)
    company.note(kind, kept, "M")
    return kept


def delete(company: Company, kind: ObjectType, before: Record) -> None:
    """Remove a record. Raises Problem when another one refers to it: used records can only be made inactive."""
    value = before.get(kind.business_key, "")
    for other in company.catalog.values():
        for name in sorted(_pointing(other, kind)) if value else ():
            users = company.store.find(SIDE, other.name, name, value)
            if any(other.name != kind.name or user["RECORDNO"] != before["RECORDNO"] for user in users):
                raise problems.in_use(kind, value, other)
    company.store.delete(SIDE, kind.name, before["RECORDNO"])
    _owned_lines(company, before, Given(kind, lines=[] if kind.lines else None))
    company.note(kind, before, "D")


def _owned_lines(company: Company, kept: Record, given: Given) -> None:
    """The lines that a record owns, as given: they replace those that were there."""
    owned = given.kind.single_lines
    if owned is None or given.lines is None:
        return
    line_kind = company.catalog[owned.object]
    for old in company.store.find(SIDE, owned.object, owned.parent, kept["RECORDNO"]):
        company.store.delete(SIDE, owned.object, old["RECORDNO"])
    for number, line in enumerate(given.lines, start=1):
        record = fields.settle(company, line)
        fields.require(line_kind, record)
        own = {"LINE_NO": str(number), given.kind.business_key: kept.get(given.kind.business_key, "")}
        own = {name: text for name, text in own.items() if name in line_kind.fields and name != "RECORDNO"}
        company.store.insert(SIDE, owned.object, record | own | {owned.parent: kept["RECORDNO"]})


def _pointing(other: ObjectType, kind: ObjectType) -> set[str]:
    """The fields of another object that hold this object's business key."""
    fields_ = {own.name for own in other.fields.values() if own.refers == kind.name}
    return fields_ | {r.by for r in other.relations.values() if r.object == kind.name and r.key == kind.business_key}


def _number(company: Company, given: Given) -> None:
    kind = given.kind
    if kind.name in company.settings.numbering and not given.fields.get(kind.business_key, "").strip():
        given.fields[kind.business_key] = next_number(company, kind.name)


def _unique(company: Company, kind: ObjectType, record: Record) -> None:
    for group in kind.unique:
        wanted = {name: record.get(name, "") for name in group}
        for other in company.store.find(SIDE, kind.name, group[-1], wanted[group[-1]]):
            if other["RECORDNO"] != record.get("RECORDNO") and all(other.get(n, "") == v for n, v in wanted.items()):
                raise problems.duplicate(kind, wanted[group[-1]], company.settings)


# -- objects with more ----------------------------------------------------------------------------------------------------


def _more(company: Company, kind: ObjectType, record: Record, given: Given) -> None:
    extra: Callable[[Company, Record], None] | None = _EXTRAS.get(kind.name)
    _contacts(company, kind, record, given, {})
    if extra is not None:
        extra(company, record)


def _employee(company: Company, record: Record) -> None:
    name = record.get("PERSONALINFO.CONTACTNAME", "")
    if not name:
        raise problems.missing("Contact name")
    contact = company.find("CONTACT", name)
    if contact is None:
        raise company.unknown(company.catalog["CONTACT"], name)
    record |= {"CONTACT_NAME": name, "CONTACTKEY": contact["RECORDNO"], "ENTITY": f"E{record.get('EMPLOYEEID', '')}"}
    if len(company.entities.currencies()) > 1 and not company.session.entity and not record.get("LOCATIONID"):
        raise problems.missing("Location ID")


def _vendor(_company: Company, record: Record) -> None:
    record["ENTITY"] = f"V{record.get('VENDORID', '')}"
    record["TOTALDUE"] = "0"


def _user(_company: Company, record: Record) -> None:
    record["DESCRIPTION"] = record.get("DESCRIPTION") or record.get("CONTACTINFO.CONTACTNAME", "")


def _location(company: Company, record: Record) -> None:
    parent = company.find("LOCATION", record.get("PARENTID", ""))
    record["ENTITY"] = company.entity_of(parent) if parent is not None else company.session.entity
    record["ENTITYNAME"] = company.entities.get(record["ENTITY"]).get("NAME", "")
    record["LOCATIONTYPE"] = "L"


def _security(company: Company, _record: Record) -> None:
    """The company's setup is made once, and changed from then on."""
    for one in company.store.select(SIDE, "AFRSETUP"):
        if one.get("MEGAENTITYID", "") in ("", company.session.entity):  # those of other entities stand beside it
            raise problems.duplicate(company.catalog["AFRSETUP"], one["RECORDNO"])


_EXTRAS: dict[str, Callable[[Company, Record], None]] = {
    "EMPLOYEE": _employee,
    "VENDOR": _vendor,
    "USERINFO": _user,
    "LOCATION": _location,
    "AFRSETUP": _security,
}


# -- contacts ---------------------------------------------------------------------------------------------------------


def _contacts(company: Company, kind: ObjectType, record: Record, given: Given, before: Mapping[str, str]) -> None:
    """Contact blocks: a name alone refers to a contact, other fields make (or change) one; the owner keeps the name only."""
    for relation in _blocks(kind):
        prefix = relation.path + "."
        inner = {name.removeprefix(prefix): text for name, text in given.fields.items() if name.startswith(prefix)}
        if not inner:
            continue
        for name in inner:
            record.pop(prefix + name, None)
        known = inner.get("CONTACTNAME") or before.get(relation.by, "")
        if not known:
            known = _contact_name(kind, record, inner)
        details = {name: text for name, text in inner.items() if name != "CONTACTNAME"}
        contact = company.find("CONTACT", known)
        if contact is None and (details or kind.name in {"VENDOR", "CUSTOMER"}):
            made = Given(company.catalog["CONTACT"], {**details, "CONTACTNAME": known})
            made.fields.setdefault("PRINTAS", inner.get("PRINTAS") or known)
            create(company, made)
            company.forget("CONTACT", known)
        elif contact is None:
            raise company.unknown(company.catalog["CONTACT"], known)
        elif details and before:
            update(company, Given(company.catalog["CONTACT"], details), contact)
        record[relation.by] = known
        if kind.name == "USERINFO":
            record["CONTACTKEY"] = (company.find("CONTACT", known) or {}).get("RECORDNO", "")
    if kind.name == "VENDOR" and not before and not given.fields.get("DISPLAYCONTACT.PRINTAS"):
        raise problems.missing("Print as")


def _blocks(kind: ObjectType) -> list[Relation]:
    """The contact blocks of an object that can be given as nested elements."""
    return [relation for relation in kind.relations.values() if relation.is_block]


def _contact_name(kind: ObjectType, record: Record, inner: Mapping[str, str]) -> str:
    if kind.name in {"VENDOR", "CUSTOMER"}:
        return f"{record.get('NAME', '')}({kind.name[0]}{record.get(kind.business_key, '')})"
    full = " ".join(part for part in (inner.get("FIRSTNAME", ""), inner.get("LASTNAME", "")) if part)
    if not full:
        raise problems.missing("Contact name")
    return full


def _show_through(company: Company, before: Record, changes: Record) -> None:
    """Records that carry their contact's fields themselves (loaded ones) follow the contact, without being modified."""
    for kind in company.catalog.values():
        for relation in _blocks(kind):
            for owner in company.store.find(SIDE, kind.name, relation.by, before["CONTACTNAME"]):
                stale = {f"{relation.path}.{n}": v for n, v in changes.items() if f"{relation.path}.{n}" in owner}
                if stale:
                    company.store.update(SIDE, kind.name, owner["RECORDNO"], stale)
