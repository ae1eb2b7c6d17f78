"""Attachments (SUPDOC) and their folders: create_supdoc, update_supdoc, create_supdocfolder and their deletion.

Intacct XML gateway reference, Company > Attachments: each file has a name without extension, a type without dot and base64 data;
an update adds files, and a file that is there cannot be replaced. Files are kept in the record's ATTACHMENTS, a list of mappings
with attachmentname, attachmenttype and attachmentdata.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from include.sandbox.intacct import fields, problems
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import Given, children, text_of
from include.sandbox.intacct.records import date_text
from include.sandbox.intacct.types import Element

PARTS = ("attachmentname", "attachmenttype", "attachmentdata")


def create_supdoc(company: Company, call: Element) -> dict[str, Any]:
    """Keep a new attachment with its files. Raises Problem: no such folder, or the ID is taken."""
    kind = company.catalog["SUPDOC"]
    given = _given(company, call)
    record: dict[str, Any] = fields.settle(company, given)
    fields.require(kind, record)
    files = _files(company, call)
    if not files and company.settings.empty_attachment == "refuse":
        raise problems.missing("Attachments")
    if company.find("SUPDOC", record["SUPDOCID"]) is not None:
        raise problems.duplicate(kind, record["SUPDOCID"])
    _no_twice(company, files)
    return _kept(company, kind, record | {"ATTACHMENTS": files, "CREATIONDATE": date_text(company.now)})


def _kept(company: Company, kind: ObjectType, record: dict[str, Any]) -> dict[str, Any]:
    """Put it into the store; CREATEDBY is the user's login here and LASTMODIFIEDBY the number, as recorded."""
    made = company.insert(kind, record)
    return company.store.update(SIDE, kind.name, made["RECORDNO"], {"CREATEDBY": company.session.user})


def update_supdoc(company: Company, call: Element) -> dict[str, Any]:
    """Change an attachment's texts and add files to it. Raises Problem."""
    kind = company.catalog["SUPDOC"]
    given = _given(company, call)
    before: dict[str, Any] | None = company.find("SUPDOC", given.fields.get("SUPDOCID", "").strip())
    if before is None:
        raise company.unknown(kind, given.fields.get("SUPDOCID", ""))
    files = [*before.get("ATTACHMENTS", []), *_files(company, call)]
    _no_twice(company, files)
    changes: dict[str, Any] = fields.settle(company, given, defaults=False)
    company.stamp_modified(kind, changes)
    changes |= {"ATTACHMENTS": files, "LASTMODIFIED": date_text(company.now), "LASTMODIFIEDBY": company.user_key}
    kept = company.store.update(SIDE, kind.name, before["RECORDNO"], changes)
    company.note(kind, kept, "M")
    return kept


def create_folder(company: Company, call: Element) -> dict[str, Any]:
    """Keep a new folder. Raises Problem: the name is taken, or no such parent."""
    kind = company.catalog["SUPDOCFOLDER"]
    record = fields.settle(company, _folder(company, call))
    fields.require(kind, record)
    if company.settings.duplicate_folder_name == "refuse" and company.find(kind.name, record["NAME"]) is not None:
        raise problems.duplicate(kind, record["NAME"])
    today = date_text(company.now)
    return _kept(
        company, kind, record | {"CREATIONDATE": today, "LASTMODIFIED": today, "LASTMODIFIEDBY": company.user_key}
    )


def update_folder(company: Company, call: Element) -> dict[str, Any]:
    """Change a folder's description or parent. Raises Problem."""
    kind = company.catalog["SUPDOCFOLDER"]
    given = _folder(company, call)
    before = company.find(kind.name, given.fields.get("NAME", "").strip())
    if before is None:
        raise company.unknown(kind, given.fields.get("NAME", ""))
    changes = fields.settle(company, given, defaults=False)
    company.stamp_modified(kind, changes)
    kept = company.store.update(SIDE, kind.name, before["RECORDNO"], changes)
    company.note(kind, kept, "M")
    return kept


def delete(company: Company, object_name: str, value: str) -> None:
    """Remove an attachment by SUPDOCID or a folder by name. Raises Problem: unknown, or the folder is not empty."""
    kind = company.catalog[object_name]
    before = company.find(object_name, value)
    if before is None:
        raise company.unknown(kind, value)
    if object_name == "SUPDOCFOLDER" and company.store.find(SIDE, "SUPDOC", "FOLDERNAME", value):
        raise problems.in_use(kind, value, company.catalog["SUPDOC"])
    company.store.delete(SIDE, object_name, before["RECORDNO"])
    company.note(kind, before, "D")


def _given(company: Company, call: Element) -> Given:
    names = {
        "supdocid": "SUPDOCID",
        "supdocname": "SUPDOCNAME",
        "supdocfoldername": "FOLDERNAME",
        "supdocdescription": "DESCRIPTION",
    }
    return Given(company.catalog["SUPDOC"], {names[c.tag]: text_of(c) for c in children(call) if c.tag in names})


def _folder(company: Company, call: Element) -> Given:
    names = {
        "supdocfoldername": "NAME",
        "supdocfolderdescription": "DESCRIPTION",
        "supdocparentfoldername": "PARENTFOLDER",
    }
    return Given(company.catalog["SUPDOCFOLDER"], {names[c.tag]: text_of(c) for c in children(call) if c.tag in names})


def _files(company: Company, call: Element) -> list[dict[str, str]]:
    block = call.find("attachments")
    found = []
    for file in children(block) if block is not None else ():
        parts = {name: (file.findtext(name) or "").strip() for name in PARTS}
        for name in PARTS[:2] if company.settings.attachment_name_periods == "refuse" else ():
            if "." in parts[name]:
                raise problems.other(f"The {name} '{parts[name]}' cannot contain a period.")
        try:
            base64.b64decode("".join(parts["attachmentdata"].split()), validate=True)
        except (binascii.Error, ValueError):
            raise problems.other(f"The data of attachment '{parts['attachmentname']}' is not valid base64.") from None
        found.append(parts)
    return found


def _no_twice(company: Company, files: list[dict[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for file in files if company.settings.duplicate_attachment_file == "refuse" else ():
        name = (file["attachmentname"], file["attachmenttype"])
        if name in seen:
            raise problems.other(f"Attachment file '{'.'.join(name)}' already exists; delete it first.")
        seen.add(name)
