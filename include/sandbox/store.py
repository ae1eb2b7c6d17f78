"""The sandbox's one store: records of both services in one SQLite file, generic over objects.

A record is a flat dict of field name to JSON value. Each (side, object) is one table whose columns are the fields seen
so far; a field that is new to an object becomes a new column. `None` and an absent field are told apart. Field names
differing only in case are one field.

Every Intacct value is kept as a string as the gateway shows it (dates mm/dd/yyyy, plain decimal amounts,
"true"/"false"), and the record number (`RECORDNO`) is the table's integer key. Certify records are keyed by their
lower-case GUID (`ID`).

The file is in WAL mode: what a transaction committed survives a SIGKILL of the process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from include.sandbox import clock
from include.sandbox.remembered import Remembered

Record = dict[str, Any]

SIDES = ("intacct", "certify")
_JSON_MARK = "\x01"
_CHUNK = 500


def id_field(side: str, object_name: str) -> str:
    """The field that holds a record's id: RECORDNO (ID in the audit history), or Certify's ID."""
    return "RECORDNO" if side == "intacct" and object_name != "AUDITHISTORY" else "ID"


class NoSuchRecord(KeyError):
    """The record to change does not exist."""


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def encode(value: Any, side: str = "certify") -> Any:
    """A JSON value as SQLite keeps it: strings and integers plainly, everything else as marked JSON text.

    Intacct knows no difference between an absent value and none.
    """
    if value is None and side == "intacct":
        return None
    if isinstance(value, str):
        return value if not value.startswith(_JSON_MARK) else _JSON_MARK + json.dumps(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _JSON_MARK + json.dumps(value, ensure_ascii=False)


def decode(value: Any) -> Any:
    """The JSON value that `encode` kept."""
    if isinstance(value, str) and value.startswith(_JSON_MARK):
        return json.loads(value[1:])
    return value


class Store:
    """Records and small facts (`meta`) of one sandbox. Safe to use from several threads: calls are serialised."""

    def __init__(self, path: Path | str) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._columns: dict[str, dict[str, str]] = {}
        self._indexes: set[str] = set()
        self._remembered = Remembered()
        self._db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.execute("PRAGMA case_sensitive_like=ON")
        self._db.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # -- transactions ------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nested use is a savepoint; an exception that leaves the block rolls the block back."""
        with self._lock:
            name = f"level{self._depth}"
            self._db.execute("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._db.execute("ROLLBACK" if self._depth == 0 else f"ROLLBACK TO {name}")
                if self._depth:
                    self._db.execute(f"RELEASE {name}")
                self._columns.clear()
                self._indexes.clear()
                self._remembered.forget()
                raise
            self._depth -= 1
            self._db.execute("COMMIT" if self._depth == 0 else f"RELEASE {name}")

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a SELECT written with `table` and `column`."""
        with self._lock:
            return self._db.execute(sql, parameters).fetchall()

    def numbers(self, side: str, sql: str, parameters: Sequence[Any] = ()) -> Sequence[int]:
        """The whole numbers that a SELECT of one column gives, in their order, for who asks for them page by page.

        `sql` reads records of that side and nothing else.
        """
        with self._lock:
            return self._remembered.numbers(
                side, (sql, tuple(parameters)), lambda: (number for (number,) in self._db.execute(sql, parameters))
            )

    def function(self, name: str, arguments: int, implementation: Any) -> None:
        """Offer a deterministic Python function to SQL."""
        with self._lock:
            self._db.create_function(name, arguments, implementation, deterministic=True)

    def aggregate(self, name: str, arguments: int, implementation: Any) -> None:
        """Offer a Python aggregate class (step, finalize) to SQL."""
        with self._lock:
            self._db.create_aggregate(name, arguments, implementation)

    # -- tables and columns ------------------------------------------------------------------------------------------

    def table(self, side: str, object_name: str) -> str:
        """The quoted table of an object, made if need be."""
        table = f"{side}:{object_name}"
        with self._lock:
            if table not in self._columns:
                self._db.execute(
                    f"CREATE TABLE IF NOT EXISTS {quoted(table)} (_id {'INTEGER' if side == 'intacct' else 'TEXT'} PRIMARY KEY,"
                    " _created REAL NOT NULL DEFAULT 0)"
                )
                names = [row[1] for row in self._db.execute(f"PRAGMA table_info({quoted(table)})")]
                self._columns[table] = {name.casefold(): name for name in names}
        return quoted(table)

    def column(self, side: str, object_name: str, field: str) -> str | None:
        """The quoted column of a field, or None when no record has had such a field yet. The record number is `_id`."""
        if field.casefold() == id_field(side, object_name).casefold():
            return "_id"
        self.table(side, object_name)
        name = self._columns[f"{side}:{object_name}"].get(field.casefold())
        return quoted(name) if name else None

    def objects(self, side: str) -> list[str]:
        """The objects that have a table."""
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? ORDER BY name"
        tables = self.rows(sql, (f"{side}:%",))
        return [name.split(":", 1)[1] for (name,) in tables]

    def index(self, side: str, object_name: str, field: str) -> None:
        """Make equality on a field fast."""
        column = self.column(side, object_name, field)
        name = f"{side}:{object_name}:{field.casefold()}"
        if column in (None, "_id") or name in self._indexes:
            return
        with self._lock:
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {self.table(side, object_name)} ({column})")
            self._indexes.add(name)

    def _add_columns(self, side: str, object_name: str, fields: Iterable[str]) -> None:
        table = self.table(side, object_name)
        known = self._columns[f"{side}:{object_name}"]
        for field in fields:
            if field.casefold() not in known and field != id_field(side, object_name):
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(field)}")
                known[field.casefold()] = field

    # -- writing -----------------------------------------------------------------------------------------------------

    def insert(self, side: str, object_name: str, record: Mapping[str, Any], *, at: float | None = None) -> Record:
        """Add a record and return it with its id (minted when absent).

        `at` is the moment (epoch seconds) it counts as written: now.
        """
        return self._insert_chunk(side, object_name, [record], clock.time() if at is None else at)[0]

    def insert_many(self, side: str, object_name: str, records: Iterable[Mapping[str, Any]], *, at: float = 0.0) -> int:
        """Add many records in bounded memory.

        They count as written long ago unless `at` says otherwise. Returns how many.
        """
        total, remaining = 0, iter(records)
        with self.transaction():
            while chunk := list(islice(remaining, _CHUNK)):
                total += len(self._insert_chunk(side, object_name, chunk, at))
        return total

    def _insert_chunk(
        self, side: str, object_name: str, records: Sequence[Mapping[str, Any]], at: float
    ) -> list[Record]:
        id_name = id_field(side, object_name)
        with self.transaction():
            ids = self._ids(side, object_name, [record.get(id_name) for record in records])
            kept = [{**record, id_name: record_id} for record, record_id in zip(records, ids, strict=True)]
            fields = list(dict.fromkeys(field for record in kept for field in record if field != id_name))
            self._add_columns(side, object_name, fields)
            self._remembered.forget(side)
            columns = ", ".join(["_id", "_created", *(self.column(side, object_name, field) or "" for field in fields)])
            marks = ", ".join("?" * (len(fields) + 2))
            self._db.executemany(
                f"INSERT INTO {self.table(side, object_name)} ({columns}) VALUES ({marks})",
                (
                    (
                        self._key(side, r[id_name]),
                        at,
                        *(encode(r.get(field), side) if field in r else None for field in fields),
                    )
                    for r in kept
                ),
            )
            return kept

    def update(self, side: str, object_name: str, record_id: Any, changes: Mapping[str, Any]) -> Record:
        """Set some fields of a record and return it whole. Raises NoSuchRecord."""
        fields = [field for field in changes if field != id_field(side, object_name)]
        with self.transaction():
            self._add_columns(side, object_name, fields)
            self._remembered.forget(side)
            if fields:
                columns = ", ".join(f"{self.column(side, object_name, field)} = ?" for field in fields)
                values = [encode(changes[field], side) for field in fields]
                self._db.execute(
                    f"UPDATE {self.table(side, object_name)} SET {columns} WHERE _id = ?",
                    (*values, self._key(side, record_id)),
                )
            record = self.get(side, object_name, record_id)
            if record is None:
                raise NoSuchRecord(f"{side} {object_name} {record_id}")
            return record

    def replace(self, side: str, object_name: str, record_id: Any, record: Mapping[str, Any]) -> Record:
        """Put a record in the place of another, under the same id. Raises NoSuchRecord."""
        with self.transaction():
            created = self.rows(
                f"SELECT _created FROM {self.table(side, object_name)} WHERE _id = ?", (self._key(side, record_id),)
            )
            if not created:
                raise NoSuchRecord(f"{side} {object_name} {record_id}")
            self.delete(side, object_name, record_id)
            return self.insert(side, object_name, {**record, id_field(side, object_name): record_id}, at=created[0][0])

    def delete(self, side: str, object_name: str, record_id: Any) -> bool:
        """Remove a record; False when there was none."""
        with self._lock:
            self._remembered.forget(side)
            cursor = self._db.execute(
                f"DELETE FROM {self.table(side, object_name)} WHERE _id = ?", (self._key(side, record_id),)
            )
            return cursor.rowcount > 0

    def clear(self, side: str | None = None, object_name: str | None = None) -> None:
        """Forget the records of an object, of a side, or of both sides."""
        with self.transaction():
            self._remembered.forget(side)
            for one_side in [side] if side else list(SIDES):
                for name in [object_name] if object_name else self.objects(one_side):
                    self._db.execute(f"DELETE FROM {self.table(one_side, name)}")

    # -- reading -----------------------------------------------------------------------------------------------------

    def get(self, side: str, object_name: str, record_id: Any) -> Record | None:
        """The record with this id, or None."""
        key = self._key(side, record_id)
        return next(iter(self._records(side, object_name, " WHERE _id = ?", (key,))), None) if key is not None else None

    def find(self, side: str, object_name: str, field: str, value: Any) -> list[Record]:
        """The records whose field equals the value, in the order they were added.

        Makes an index for the field on first use.
        """
        self.index(side, object_name, field)
        return self.select(side, object_name, where={field: value})

    def select(
        self,
        side: str,
        object_name: str,
        *,
        where: Mapping[str, Any] | None = None,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Record]:
        """Records by equality (a list of values means any of them.

        None means absent or null), ordered by fields ("-F": downwards).
        """
        sql, parameters = self._where(side, object_name, where)
        keys = [
            f"{self.column(side, object_name, field.lstrip('-')) or 'NULL'}{' DESC' if field.startswith('-') else ''}"
            for field in order
        ]
        sql += " ORDER BY " + ", ".join([*keys, "rowid"])
        if limit is not None or offset:
            sql += f" LIMIT {int(limit) if limit is not None else -1} OFFSET {int(offset)}"
        return self._records(side, object_name, sql, parameters)

    def count(self, side: str, object_name: str, *, where: Mapping[str, Any] | None = None) -> int:
        """How many records there are."""
        sql, parameters = self._where(side, object_name, where)
        return int(self.rows(f"SELECT COUNT(*) FROM {self.table(side, object_name)}{sql}", parameters)[0][0])

    def _where(self, side: str, object_name: str, where: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
        conditions: list[str] = []
        parameters: list[Any] = []
        for field, value in (where or {}).items():
            column = self.column(side, object_name, field) or "NULL"
            if value is None:
                conditions.append(f"({column} IS NULL OR {column} = '{_JSON_MARK}null')")
                continue
            values = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
            conditions.append(f"{column} IN ({', '.join('?' * len(values))})")
            parameters += [self._key(side, one) if column == "_id" else encode(one) for one in values]
        return (" WHERE " + " AND ".join(conditions) if conditions else ""), parameters

    def _records(self, side: str, object_name: str, tail: str, parameters: Sequence[Any]) -> list[Record]:
        with self._lock:
            cursor = self._db.execute(f"SELECT * FROM {self.table(side, object_name)}{tail}", parameters)
            names = [id_field(side, object_name), "_created", *(entry[0] for entry in cursor.description[2:])]
            return [
                {
                    name: (str(value) if name == id_field(side, object_name) else decode(value))
                    for name, value in zip(names, row, strict=True)
                    if value is not None and name != "_created"
                }
                for row in cursor
            ]

    # -- ids ---------------------------------------------------------------------------------------------------------

    @staticmethod
    def _key(side: str, record_id: Any) -> Any:
        if side != "intacct":
            return str(record_id)
        text = str(record_id)
        return int(text) if text.isascii() and text.isdigit() else None

    def _ids(self, side: str, object_name: str, given: Sequence[Any]) -> list[str]:
        """The given ids, and for None the next record number or a new GUID. Record numbers are never used twice."""
        if side != "intacct":
            return [str(one) if one else str(clock.guid()) for one in given]
        key = f"sequence/intacct/{object_name}"
        first = last = int(self.get_meta(key) or 0)
        ids = []
        for one in given:
            number = self._key(side, one) if one else last + 1
            if number is None:
                raise ValueError(f"A record number is a whole number, not {one!r}")
            last = max(last, number)
            ids.append(str(number))
        if last > first:
            self.set_meta(key, last)
        return ids

    # -- small facts -------------------------------------------------------------------------------------------------

    def get_meta(self, key: str) -> Any:
        """The value kept under a key (settings, sequences, sessions, replay memory), or None."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return json.loads(found[0][0]) if found else None

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value under a key."""
        with self._lock:
            self._db.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )

    def metas(self, prefix: str) -> dict[str, Any]:
        """All values whose key starts with a prefix."""
        found = self.rows("SELECT key, value FROM meta WHERE key >= ? AND key < ?", (prefix, prefix + "\U0010ffff"))
        return {key: json.loads(value) for key, value in found}

    def delete_meta(self, prefix: str) -> None:
        """Forget every key that starts with a prefix."""
        with self._lock:
            self._db.execute("DELETE FROM meta WHERE key >= ? AND key < ?", (prefix, prefix + "\U0010ffff"))
