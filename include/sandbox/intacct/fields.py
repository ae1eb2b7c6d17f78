"""Turns given fields into a record: types, lengths, words, required fields, references and what they fill in."""

from __future__ import annotations

from include.sandbox.intacct import problems, values
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.records import Record


def settle(company: Company, given: Given, *, defaults: bool = True, active: bool = False) -> Record:
    """The record that the given fields make. Read-only fields are passed over (inferred).

    `active` demands that records referred to are active (transactions). Raises Problem.
    """
    kind = given.kind
    record: Record = {}
    if defaults:
        record = {own.name: own.default for own in kind.fields.values() if own.default is not None}
    for name, text in given.fields.items():
        own = kind.fields.get(name)
        if own is None:  # a contact's field
            record[name] = text
        elif not own.readonly:
            record[name] = values.normal(kind, own, text, company.settings)
    fill_references(company, kind, record, given.fields, active=active)
    return record


def fill_references(company: Company, kind: ObjectType, record: Record, names: dict[str, str], *, active: bool) -> None:
    """Check every reference among `names` and write down what the catalog says it fills."""
    for name in names:
        own = kind.fields.get(name)
        if own is None or own.readonly or own.refers is None or own.refers in {"TASK", "COSTTYPE"}:
            continue
        target = company.refer(own, record[name], active=active) if record.get(name) else {}
        for ours, theirs in own.fill.items():
            if target or ours not in record:
                record[ours] = str(target.get(theirs, ""))


def require(kind: ObjectType, record: Record, *, custom: bool = False) -> None:
    """Raise Problem for the first required field that is empty; `custom`: of those alone that the company added."""
    for own in kind.fields.values():
        if own.required and (own.custom or not custom) and not str(record.get(own.name, "")).strip():
            raise problems.missing(label_of(kind, own.name))


def label_of(kind: ObjectType, name: str) -> str:
    """A field's name as error texts say it: VENDORID is `Vendor ID`."""
    known = {
        "WHENCREATED": "Date",
        "WHENDUE": "Due date",
        "TITLE": "Title",
        "NAME": "Name",
        "PRINTAS": "Print as",
        "BATCH_DATE": "Date",
        "BATCH_TITLE": "Description",
        "TR_TYPE": "Transaction type",
        "ACCOUNTNO": "Account",
        "LOGINID": "User ID",
    }
    if name in known:
        return known[name]
    if name.endswith("ID") and len(name) > 2:
        return f"{name[:-2].title()} ID"
    return kind.fields[name].label
