"""The company as one function call sees it: its records, entities, currencies and closed books, in one session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from include.sandbox.intacct import audit, permissions, problems
from include.sandbox.intacct.catalog import Field, ObjectType
from include.sandbox.intacct.closed_books import closed_books
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.records import Record, record_url, time_text
from include.sandbox.intacct.types import Session
from include.sandbox.intacct.values import read_date
from include.sandbox.settings import Settings
from include.sandbox.store import Store

SIDE = "intacct"
ACTIVE = frozenset({"", "active"})


def has_entities(store: Store, settings: Settings) -> bool:
    """Whether this is a multi-entity company."""
    return settings.multi_entity and store.count(SIDE, "LOCATIONENTITY") > 0


def next_record(store: Store, kind: ObjectType) -> str:
    """The number that the next record of an object gets."""
    return str(int(store.get_meta(f"sequence/intacct/{kind.name}") or 0) + 1)


class Entities:
    """The company's entities (LOCATIONENTITY) by LOCATIONID, looked up one by one: a group may have hundreds."""

    def __init__(self, company: Company) -> None:
        self._company = company

    @cached_property
    def any(self) -> bool:
        """Whether this is a multi-entity company."""
        return has_entities(self._company.store, self._company.settings)

    def __bool__(self) -> bool:
        return self.any

    def __contains__(self, location: object) -> bool:
        return isinstance(location, str) and bool(self.get(location))

    def get(self, location: str) -> Record:
        """The entity with this LOCATIONID; empty when there is none."""
        return (self._company.find("LOCATIONENTITY", location) if location and self.any else None) or {}

    def currencies(self) -> set[str]:
        """The base currencies of all entities."""
        base, store = self._company.settings.base_currency, self._company.store
        column = store.column(SIDE, "LOCATIONENTITY", "CURRENCY") or "NULL"
        table = store.table(SIDE, "LOCATIONENTITY")
        found = store.rows(f"SELECT DISTINCT {column} FROM {table}") if self.any else []
        return {currency or base for (currency,) in found}


class Company:
    """What the write functions ask of the company. Looks each record up once; lives for one function call."""

    def __init__(self, store: Store, settings: Settings, session: Session) -> None:
        self.store = store
        self.settings = settings
        self.session = session
        self.catalog = catalog_of(settings)
        self.now = session.now
        self._found: dict[tuple[str, str, str], Record | None] = {}

    # -- records ------------------------------------------------------------------------------------------------------

    def find(self, object_name: str, value: str, **also: str) -> Record | None:
        """The record with this business key that the session may use, or None. `also` names further fields that must agree."""
        key = (object_name, value, "|".join(f"{k}={v}" for k, v in sorted(also.items())))
        if key not in self._found:
            kind = self.catalog[object_name]
            hits = self.store.find(SIDE, object_name, kind.business_key, value) if value else []
            fitting = [h for h in hits if self.usable(kind, h) and all(h.get(k, "") == v for k, v in also.items())]
            self._found[key] = fitting[0] if fitting else None
        return self._found[key]

    def usable(self, kind: ObjectType, record: Mapping[str, str]) -> bool:
        """Whether the session may use a record: a private record belongs to its own entity's sessions (inferred)."""
        owner = record.get("MEGAENTITYID", "") if kind.private else ""
        if not owner or owner == self.session.entity:
            return True
        return not self.session.entity and self.settings.private_records_at_top_level

    def refer(self, field: Field, value: str, *, active: bool = False) -> Record:
        """The record that a field's value names. Raises Problem: unknown, not usable here, or (with `active`) not active."""
        target = self.catalog[field.refers or ""]
        found = self.find(target.name, value)
        if found is None and field.or_refers:
            found = self.find(field.or_refers, value)
        if found is None:
            raise self.unknown(target, value)
        if active and found.get("STATUS", "") not in ACTIVE:
            raise problems.inactive_reference(target, value)
        return found

    def unknown(self, target: ObjectType, value: str) -> problems.Problem:
        """No such record, or not one that may be used here (setting `invalid_reference_text` chooses among the known texts)."""
        return problems.invalid_reference(target, value, self.settings.invalid_reference_text)

    def forget(self, object_name: str, value: str) -> None:
        """Look this record up again: it was just made or changed."""
        self._found.pop((object_name, value, ""), None)

    def note(self, kind: ObjectType, record: Mapping[str, str], mode: str) -> None:
        """A row of AUDITHISTORY."""
        audit.record(self.store, self.session.user, self.now, kind, record, mode)

    def permitted(self, operation: str, object_name: str) -> bool:
        """Whether the user may do this."""
        return permissions.permitted(self.settings, self.session, operation, object_name)

    # -- stamps -------------------------------------------------------------------------------------------------------

    @cached_property
    def user_key(self) -> str:
        """The record number of the user, "1" when the company has no such USERINFO."""
        found = self.store.find(SIDE, "USERINFO", "LOGINID", self.session.user)
        return found[0]["RECORDNO"] if found else "1"

    @cached_property
    def local_time(self) -> str:
        """Now, in the zone of WHENMODIFIED (setting `timestamp_zone`)."""
        return time_text(self.now.astimezone(ZoneInfo(self.settings.timestamp_zone)))

    def stamp_created(self, kind: ObjectType, record: Record) -> None:
        """Time stamps, user and owning entity of a new record."""
        audited = "AUWHENCREATED" in kind.fields
        when = ("AUWHENCREATED", time_text(self.now)) if audited else ("WHENCREATED", self.local_time)
        for name, value in (
            when,
            ("WHENMODIFIED", self.local_time),
            ("CREATEDBY", self.user_key),
            ("MODIFIEDBY", self.user_key),
            ("CREATEDBYLOGINID", self.session.user),
            ("MODIFIEDBYLOGINID", self.session.user),
            *(self._own_stamps | {"CREATEDAT": self.local_time}).items(),
        ):
            if name in kind.fields:
                record[name] = value
        if kind.private and self.session.entity:
            record |= self.ownership

    def stamp_modified(self, kind: ObjectType, record: Record) -> None:
        """Time stamp and user of a change."""
        for name, value in (
            ("WHENMODIFIED", self.local_time),
            ("MODIFIEDBY", self.user_key),
            ("MODIFIEDBYLOGINID", self.session.user),
            *self._own_stamps.items(),
        ):
            if name in kind.fields:
                record[name] = value

    @cached_property
    def _own_stamps(self) -> Record:
        """What an object that the company made calls these stamps."""
        return {"UPDATEDAT": self.local_time, "UPDATEDBY": self.user_key}

    @cached_property
    def ownership(self) -> Record:
        """MEGAENTITYKEY, ID and NAME of records created in this entity session."""
        entity = self.entities.get(self.session.entity)
        return {
            "MEGAENTITYKEY": entity.get("RECORDNO", ""),
            "MEGAENTITYID": self.session.entity,
            "MEGAENTITYNAME": entity.get("NAME", ""),
        }

    def insert(self, kind: ObjectType, record: Record) -> Record:
        """Put a new record into the store, with its RECORDNO and RECORD_URL, and a row of AUDITHISTORY."""
        self.stamp_created(kind, record)
        if "RECORD_URL" in kind.fields:
            number = next_record(self.store, kind)
            own = {"ID": number} if kind.user_defined else {}
            record = {**record, "RECORDNO": number, "RECORD_URL": record_url(kind.name, number), **own}
        kept = self.store.insert(SIDE, kind.name, record)
        self.note(kind, kept, "C")
        return kept

    # -- entities -----------------------------------------------------------------------------------------------------

    @cached_property
    def entities(self) -> Entities:
        """The entities by LOCATIONID; none in a company of one entity."""
        return Entities(self)

    def entity_of(self, location: Mapping[str, str]) -> str:
        """The entity of a location: its ENTITY, else the nearest parent that is an entity, else ""."""
        seen: set[str] = set()
        current: Mapping[str, str] | None = location
        while current is not None and current["LOCATIONID"] not in seen:
            seen.add(current["LOCATIONID"])
            if current["LOCATIONID"] in self.entities:
                return current["LOCATIONID"]
            if current.get("ENTITY") in self.entities:
                return current["ENTITY"]
            current = self.find("LOCATION", current.get("PARENTID", ""))
        return ""

    def currency_of(self, entity: str) -> str:
        """The base currency of an entity, or of the company for ""."""
        return self.entities.get(entity).get("CURRENCY") or self.settings.base_currency

    def only_inside_entities(self, policy: str) -> bool:
        """Whether a policy keeps documents from being entered here, at top level, since entities have several base currencies."""
        return policy == "refuse" and not self.session.entity and len(self.entities.currencies()) > 1

    # -- closed books -------------------------------------------------------------------------------------------------

    def require_open(self, day: date, ledger: str, entities: set[str]) -> None:
        """Raise Problem when the books of a subledger (or of the general ledger) are closed at this date in one of the entities."""
        books = closed_books(self.store)
        closed: dict[str, date] = {}
        for entity in sorted(entities) or [""]:
            until = self._closed_until(books, entity, ledger)
            if until is not None and day <= until:
                closed[self.entities.get(entity).get("NAME", "") or entity or self.session.company] = until
        if closed:
            raise problems.closed_period(day, max(closed.values()) + timedelta(days=1), list(closed), self.settings)

    @staticmethod
    def _closed_until(books: Mapping[str, Mapping[str, str]], entity: str, ledger: str) -> date | None:
        ends = [
            read_date(books.get(place, {}).get(book, "")) for place in {entity, "*"} for book in {ledger, "GL", "*"}
        ]
        return max((end for end in ends if end is not None), default=None)
