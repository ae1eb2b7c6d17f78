"""What a GET finds: the documented filters, their defaults, and paging, straight from the store."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from include.sandbox import clock
from include.sandbox.certify.resources import RESOURCES, Resource, Type, canonical
from include.sandbox.certify.wire import Refused
from include.sandbox.settings import Settings
from include.sandbox.store import Record, Store, decode, encode

PROCESSED = ("expensereports", "expenses", "invoicereports", "invoices")
REIMBURSED = ("expensereports", "invoicereports")
# One index answers which reports or lines of a period there are without touching the records.
PROCESSED_INDEX = ("Processed", "ProcessedDate", "Status")


@dataclass(frozen=True)
class RecordCondition:
    """SQL of one condition on the records, with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Found:
    """A page of records, its number, and how many pages and records there are in all."""

    records: list[Record]
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True)
class Search:
    """Looks in one resource of the store. `index` is the GLD's number."""

    store: Store
    settings: Settings
    resource: Resource
    index: int | None = None
    conditions: tuple[RecordCondition, ...] = field(default_factory=tuple)

    def where(self, name: str, operator: str, value: Any) -> Search:
        """The same search with one more condition; a field that was never set counts as its unset value."""
        column = self.store.column("certify", self.resource.name, name)
        kind = self.resource.fields.get(name, Type.TEXT)
        if column is None:
            holds = operator == "=" and value == kind.unset
            return self._and(RecordCondition("1" if holds else "0"))
        if operator == "=" and value == kind.unset:
            return self._and(RecordCondition(f"({column} IS NULL OR {column} = ?)", (encode(value),)))
        if column != "_id" and name not in PROCESSED_INDEX and (operator == "=" or name.endswith("Date")):
            self.store.index("certify", self.resource.name, name)
        return self._and(RecordCondition(f"{column} {operator} ?", (encode(value),)))

    def _and(self, condition: RecordCondition) -> Search:
        return replace(self, conditions=(*self.conditions, condition))

    def filtered(self, query: Mapping[str, str]) -> Search:
        """The search that the query parameters of a GET ask for. Raises Refused for values that cannot be."""
        search = self
        for parameter, name in self._filters().items():
            if query.get(parameter, "") != "":
                search = search.where(name, "=", self._value(parameter, name, query[parameter]))
        if self.resource.name == "receipts":
            search = search.of_processed_reports()
        dated = False
        for parameter, (name, operator) in self.resource.ranges.items():
            if query.get(parameter, "") != "":
                dated = dated or name == "ProcessedDate"
                inclusive = operator == ">=" or self.settings.certify_end_date_inclusive
                search = search.where(name, operator if inclusive else "<", _day(parameter, query[parameter]))
                if name == "ReimbursedDate":
                    search = search.where("Reimbursed", "=", True)
        if self.resource.name in PROCESSED:
            search = search._processed(query, dated)
        if self.resource.name in REIMBURSED and _choice("reimbursed", query, "2") != "2":
            search = search.where("Reimbursed", "=", query["reimbursed"] == "1")
        return search.approved(query) if self.resource.name == "expenses" else search

    def of_processed_reports(self) -> Search:
        """Without the receipts of reports that are not processed (as documented: receipts of a processed report)."""
        report = self.store.column("certify", "receipts", "_ExpenseReportID")
        processed = self.store.column("certify", "expensereports", "Processed")
        if report is None or processed is None:
            return self
        reports, own = self.store.table("certify", "expensereports"), self.store.table("certify", "receipts")
        unprocessed = f"SELECT 1 FROM {reports} p WHERE p._id = {own}.{report} AND p.{processed} IS NOT ?"
        return self._and(RecordCondition(f"NOT EXISTS ({unprocessed})", (encode(True),)))

    def approved(self, query: Mapping[str, str]) -> Search:
        """Without the disapproved lines, unless includedisapproved is 1."""
        if _choice("includedisapproved", query, "0", ("0", "1")) == "1":
            return self
        column = self.store.column("certify", "expenses", "Status")
        if column is None:
            return self
        return self._and(RecordCondition(f"{column} IS NOT ?", (self.settings.certify_disapproved_status,)))

    def _processed(self, query: Mapping[str, str], dated: bool) -> Search:
        wanted = _choice("processed", query, "1")
        if dated:  # a range of processed dates never shows what is not processed
            return self.where("Processed", "=", True)
        return self if wanted == "2" else self.where("Processed", "=", wanted == "1")

    def _filters(self) -> dict[str, str]:
        filters = dict(self.resource.filters)
        if self.resource.name == "users" and self.settings.certify_email_filter == "honoured":
            filters["email"] = "Email"
        return filters

    def _value(self, parameter: str, name: str, text: str) -> Any:
        kind = self.resource.fields.get(name, Type.TEXT)
        if kind is Type.FLAG and text not in ("0", "1"):
            raise Refused(400, f"Bad Request. {parameter} must be 0 or 1.")
        if kind is Type.GUID or name == "_ExpenseReportID":
            return canonical(text)
        if kind in (Type.FLAG, Type.INTEGER):
            if not re.fullmatch(r"-?[0-9]{1,9}", text):
                raise Refused(400, f"Bad Request. {parameter} must be a number.")
            return int(text)
        return text

    def page(self, number: int, *, of_a_report: bool = False) -> Found:
        """One page of what was found. Raises Refused where the service refuses a page after the last one."""
        self._index_processed()
        clause, parameters = self._clause(listed=True)
        table = self.store.table("certify", self.resource.name)
        # `+rowid`: sort the few that the index finds rather than walk the whole table in order.
        there = self.store.numbers("certify", f"SELECT rowid FROM {table}{clause} ORDER BY +rowid", parameters)
        total = len(there)
        size = self.settings.certify_page_size
        pages = math.ceil(total / size)
        past = number > max(pages, 1)
        expenses = self.resource.name == "expenses" and not of_a_report
        if past and expenses and self.settings.certify_past_end_of_expenses == "http_403":
            raise Refused(403, "Forbidden.")
        if past or not total:
            return Found([], number, pages)
        wanted = json.dumps(list(there[(number - 1) * size : number * size]))
        records = self._records(" WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid", [wanted])
        return Found(records, number, pages, total)

    def _index_processed(self) -> None:
        if self.resource.name in ("expensereports", "expenses"):
            columns = [self.store.column("certify", self.resource.name, name) for name in PROCESSED_INDEX]
            if all(columns):
                table = self.store.table("certify", self.resource.name)
                index = f'"certify:{self.resource.name}:processed by date"'
                self.store.rows(f"CREATE INDEX IF NOT EXISTS {index} ON {table} ({', '.join(map(str, columns))})")

    def all(self) -> list[Record]:
        """Everything that was found, not paged."""
        clause, parameters = self._clause(listed=False)
        return self._records(f"{clause} ORDER BY rowid", parameters)

    def one(self, identity: str) -> Record | None:
        """The record with this ID if the conditions let it through."""
        found = self._and(RecordCondition("_id = ?", (identity,))).all()
        return found[0] if found else None

    def _clause(self, *, listed: bool) -> tuple[str, list[Any]]:
        conditions = list(self.conditions)
        if self.index is not None:
            column = self.store.column("certify", self.resource.name, index_field(self.resource))
            conditions.append(RecordCondition(f"{column or 'NULL'} = ?", (self.index,)))
        delay = self.settings.certify_visibility_delay_seconds
        if listed and delay:
            conditions.append(RecordCondition("_created <= ?", (clock.time() - delay,)))
        parameters = [value for condition in conditions for value in condition.parameters]
        return (" WHERE " + " AND ".join(condition.sql for condition in conditions) if conditions else ""), parameters

    def _records(self, tail: str, parameters: list[Any]) -> list[Record]:
        table = self.store.table("certify", self.resource.name)
        names = [row[1] for row in self.store.rows(f"PRAGMA table_info({table})") if row[1] not in ("_id", "_created")]
        columns = ", ".join(["_id", *('"' + name.replace('"', '""') + '"' for name in names)])
        return [
            {"ID": row[0]}
            | {name: decode(value) for name, value in zip(names, row[1:], strict=True) if value is not None}
            for row in self.store.rows(f"SELECT {columns} FROM {table}{tail}", parameters)
        ]


def index_field(resource: Resource) -> str:
    """The field that holds the number of a GLD list."""
    return resource.singular + "Index"


def visible_by_id(search: Search) -> Search:
    """What a GET by ID may show: unprocessed reports and lines only where the setting says so."""
    hidden = search.settings.certify_unprocessed_by_id == "hidden"
    if hidden and search.resource.name == "receipts":
        return search.of_processed_reports()
    if hidden and search.resource.name in PROCESSED:
        return search.where("Processed", "=", True)
    return search


def search(store: Store, settings: Settings, name: str, index: int | None = None) -> Search:
    """A search in the resource of this name."""
    return Search(store, settings, RESOURCES[name], index)


def page_number(query: Mapping[str, str]) -> int:
    """The page asked for, 1 when none is. Raises Refused."""
    text = query.get("page", "1") or "1"
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise Refused(400, "Bad Request. page must be a number from 1.")
    return int(text)


def _choice(name: str, query: Mapping[str, str], default: str, allowed: tuple[str, ...] = ("0", "1", "2")) -> str:
    value = query.get(name, default) or default
    if value not in allowed:
        raise Refused(400, f"Bad Request. {name} must be one of {', '.join(allowed)}.")
    return value


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else "").isoformat()
    except ValueError:
        raise Refused(400, f"Bad Request. {name} must be a date YYYY-MM-DD.") from None
