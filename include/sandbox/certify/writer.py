"""What PUT and POST do: create one record, update one or many, with the checks of each resource."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from include.sandbox.certify.reader import index_field
from include.sandbox.certify.resources import RESOURCES, Resource, Type, canonical
from include.sandbox.certify.wire import Refused
from include.sandbox.settings import Settings
from include.sandbox.store import Record, Store

READ_ONLY = ("ID", "LastModifiedDate", "WelcomeEmailSent")
WRITE_ONLY = {"users": ("SendWelcomeEmail",)}
#: What people choose from.
LISTS = ("departments", "empglds", "exprptglds", "expensecategories")


_DIGITS = 12
#: Fields of a user that clients read and none is known to write.
NEVER_SEEN_WRITTEN = frozenset(
    {"Culture", "Language", "Currency", "MobilePhone", *(f"EmpGLD{number}ID" for number in range(2, 6))}
)


class Wrong(Exception):
    """One record cannot be written; the text says why."""


class Writer:
    """Writes records of one resource. `today` is the day that LastModifiedDate gets."""

    def __init__(self, store: Store, settings: Settings, resource: Resource, index: int | None, today: date) -> None:
        self.store = store
        self.settings = settings
        self.resource = resource
        self.index = index
        self.today = today.isoformat()

    def create(self, body: Any) -> str:
        """PUT: add the record and return its ID. Raises Refused."""
        if not isinstance(body, dict):
            raise Refused(400, "Bad Request. PUT creates one record: the body must be one object.")
        if self.resource.name == "users" and self.settings.certify_put_users == "email_only":
            body = {name: value for name, value in body.items() if name in ("Email", "SendWelcomeEmail")}
        try:
            record = self._checked(body)
            typed = self.resource.name == "expensecategories" and self.settings.certify_category_type == "required"
            required = [*self.resource.required, *(["ExpenseTypeID"] if typed else [])]
            missing = [name for name in required if not record.get(name)]
            if missing:
                raise Wrong(f"{missing[0]} is required.")
            self._own_rate(record)
            existing = self._existing_detail(record)
            if existing:
                self.store.update("certify", self.resource.name, existing["ID"], record)
                return str(existing["ID"])
            self._unique(record, None)
        except Wrong as wrong:
            raise Refused(400, f"Bad Request. {wrong}") from None
        return str(self.store.insert("certify", self.resource.name, self._new(record, body))["ID"])

    def update(self, records: Sequence[Any]) -> list[dict[str, str]]:
        """POST: update each record by its ID; what is not given keeps its value. One status for each record."""
        return [self._updated(record) for record in records]

    def _updated(self, body: Any) -> dict[str, str]:
        body = _spelled(body)
        identity = body.get("ID", "") if isinstance(body, dict) else ""
        try:
            if not isinstance(body, dict) or not isinstance(identity, str) or not identity:
                raise Wrong("ID is required.")
            given, identity = identity, canonical(identity)
            existing = self.store.get("certify", self.resource.name, identity)
            if existing is None or (self.index is not None and existing.get(index_field(self.resource)) != self.index):
                if self.settings.certify_unknown_id_in_post == "http_404":
                    raise Refused(404, f"Not Found. There is no {self.resource.singular} {given}.")
                raise Wrong(f"{self.resource.singular} {given} does not exist.")
            changes = self._checked({name: value for name, value in body.items() if value is not None})
            self._unique(existing | changes, identity)
            if "LastModifiedDate" in self.resource.fields:
                changes["LastModifiedDate"] = self.today
            if self.resource.name == "users" and body.get("SendWelcomeEmail") in (1, "1"):
                changes["WelcomeEmailSent"] = 1
            self.store.update("certify", self.resource.name, identity, changes)
        except Wrong as wrong:
            return {"ID": str(identity), "Status": "Error", "Message": str(wrong)}
        return {"ID": identity, "Status": "Updated", "Message": ""}

    def _new(self, record: Record, body: Mapping[str, Any]) -> Record:
        record = dict(record)
        if self.index is not None:
            record[index_field(self.resource)] = self.index
        if "Active" in self.resource.fields:
            record.setdefault("Active", 1)
        if "LastModifiedDate" in self.resource.fields:
            record["LastModifiedDate"] = self.today
        if self.resource.name == "users":
            record.setdefault("UserName", record["Email"])
            record.setdefault("Role", "Employees")
            record["WelcomeEmailSent"] = 0 if body.get("SendWelcomeEmail") in (0, "0") else 1
        return record

    def _checked(self, body: Mapping[str, Any]) -> Record:
        known = {name.casefold(): name for name in self.resource.fields}
        ignored = WRITE_ONLY.get(self.resource.name, ())
        record: Record = {}
        for given, value in body.items():
            name = known.get(str(given).casefold())
            if name is None and given not in ignored and self.settings.certify_unknown_fields == "refuse":
                raise Wrong(f"{given} is not a field of {self.resource.singular}.")
            if name is None or name in READ_ONLY or (self.index is not None and name.endswith(("Index", "Label"))):
                continue
            if (
                self.resource.name == "users"
                and name in NEVER_SEEN_WRITTEN
                and self.settings.certify_users_keep != "all"
            ):
                if self.settings.certify_users_keep == "refuse_others":
                    raise Wrong(f"{name} cannot be changed.")
                continue
            record[name] = self._fitting(name, _value(name, self.resource.fields[name], self._whole(name, value)))
            if self.resource.fields[name] is Type.GUID:
                record[name] = canonical(record[name])
            self._references(name, record[name])
        return record

    def _whole(self, name: str, value: Any) -> Any:
        """A number without the decimals that a field of whole numbers does not have, where they are cut off."""
        cuts = self.settings.certify_decimals_in_whole_numbers == "cut" and self.resource.fields[name] is Type.INTEGER
        return int(value) if cuts and isinstance(value, Decimal) and value.adjusted() < _DIGITS else value

    def _fitting(self, name: str, value: Any) -> Any:
        """The value as the list keeps it. Raises Wrong where it is too long and nothing is cut."""
        lengths = {"Code": self.settings.certify_longest_code, "Name": self.settings.certify_longest_name}
        longest = lengths.get(name, 0) if self.resource.name in LISTS else 0
        if not longest or len(value) <= longest:
            return value
        if self.settings.certify_too_long == "refuse":
            raise Wrong(f"{name} must not have more than {longest} characters.")
        return value[:longest]

    def _references(self, name: str, value: Any) -> None:
        choices = self.resource.choices.get(name)
        if choices and value not in choices:
            raise Wrong(f"{name} must be one of {', '.join(choices)}.")
        target = self.resource.references.get(name)
        if not target or not value:
            return
        found = self.store.get("certify", target, value)
        wanted = int(name[len("EmpGLD")]) if target == "empglds" else None
        if found is None or (wanted is not None and found.get(index_field(RESOURCES[target])) != wanted):
            raise Wrong(f"{name} {value} does not exist.")

    def _unique(self, record: Record, identity: str | None) -> None:
        settings = self.settings
        name = self.resource.name
        codes = [("Code", settings.certify_duplicate_codes)] if "Code" in self.resource.fields else []
        names = [("Name", settings.certify_duplicate_names)] if name in LISTS else []
        fields = {
            "users": [
                ("Email", settings.certify_duplicate_emails),
                ("EmployeeID", settings.certify_duplicate_employee_ids),
            ]
        }.get(name, [*codes, *names])
        for field, policy in fields:
            value = record.get(field)
            if policy == "accept" or not value:
                continue
            others = self._with_email(value) if field == "Email" else self.store.find("certify", name, field, value)
            if any(other["ID"] != identity and self._same_list(other) for other in others):
                raise Wrong(f"{field} {value} already exists.")

    def _with_email(self, email: str) -> list[Record]:
        """The users of this e-mail address, upper and lower case alike."""
        table, column = self.store.table("certify", "users"), self.store.column("certify", "users", "Email")
        if column is None:
            return []
        self.store.rows(f'CREATE INDEX IF NOT EXISTS "certify:users:lower email" ON {table} (LOWER({column}))')
        found = self.store.rows(f"SELECT _id FROM {table} WHERE LOWER({column}) = LOWER(?)", (email,))
        return [{"ID": identity} for (identity,) in found]

    def _same_list(self, other: Record) -> bool:
        return self.index is None or other.get(index_field(self.resource)) == self.index

    def _own_rate(self, record: Record) -> None:
        """Details belong to the company's own rates only: the federal ones are kept by Certify."""
        if self.resource.name != "mileageratedetails":
            return
        rate = self.store.get("certify", "mileagerates", str(record.get("MileageRateID", "")))
        if rate and rate.get("FederalMileageRateType", 0) != 0:
            raise Wrong("Details can only be added to a mileage rate whose FederalMileageRateType is 0.")

    def _existing_detail(self, record: Record) -> Record | None:
        """The one documented upsert: a mileage rate detail with the same rate and date is overwritten."""
        if self.resource.name != "mileageratedetails":
            return None
        where = {"MileageRateID": record["MileageRateID"], "EffectiveDate": record["EffectiveDate"]}
        return next(iter(self.store.select("certify", self.resource.name, where=where, limit=1)), None)


def _spelled(body: Any) -> Any:
    """The record with its ID under that name, however it is spelt: names of fields ignore case."""
    if not isinstance(body, dict) or "ID" in body:
        return body
    return {"ID" if str(name).upper() == "ID" else name: value for name, value in body.items()}


def _value(name: str, kind: Type, value: Any) -> Any:
    if kind in (Type.TEXT, Type.GUID):
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Wrong(f"{name} must be text.")
        return value
    if kind is Type.DATE:
        if value not in (None, "") and not (isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value)):
            raise Wrong(f"{name} must be a date YYYY-MM-DD.")
        return value or ""
    if kind is Type.AMOUNT:
        if isinstance(value, bool) or not re.fullmatch(
            r"-?[0-9]+(\.[0-9]+)?", format(value, "f") if isinstance(value, Decimal) else str(value)
        ):
            raise Wrong(f"{name} must be a number.")
        return format(Decimal(value), "f")
    return _whole(name, kind, value)


def _whole(name: str, kind: Type, value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
    if not whole or (kind is Type.FLAG and value not in (0, 1)):
        raise Wrong(f"{name} must be {'0 or 1' if kind is Type.FLAG else 'a whole number'}.")
    return value
