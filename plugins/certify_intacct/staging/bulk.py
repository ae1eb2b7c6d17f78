"""Stages the pages of a stream by COPY: memory holds one page, whatever the size of the stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from psycopg import Copy, errors, sql

from certify_intacct.staging.database import Connection
from certify_intacct.staging.page_block import block_of
from certify_intacct.staging.reference import in_reference, only, table_columns
from certify_intacct.staging.streams import Column, Stream
from certify_intacct.staging.values import Unreadable, read_value, shown, storable

log = logging.getLogger(__name__)

#: What stands in the place of an ID that cannot be read; no ID of Certify has a colon.
STAND_IN = "unreadable:"
_DEEP = "a nested value, too deep to be kept"
# A stream that is broken throughout is stopped as such; here it need not be told row by row.
_MOST_TOLD = 20


@dataclass(frozen=True)
class Staged:
    """How much of a stream was staged; ``duplicates`` are rows that a service gave twice while it was paged."""

    rows: int
    pages: int
    duplicates: int


def stage_pages(
    connection: Connection,
    stream: Stream,
    load_id: int,
    pages: Iterable[Sequence[Mapping[str, Any]]],
    *,
    keep: bool = False,
) -> Staged:
    """Replaces what ``load_id`` has of ``stream`` by the records of ``pages``, in the connection's transaction.

    A value that cannot be read is NULL, and its column is named in ``unreadable``. A record whose key cannot be read is staged under
    a stand-in that says which record it was (``unreadable:<position>:<hash>``, or the position below zero), so that it is refused by
    name and the others go on.

    :param keep: adds to what the load has
    """
    table = _Table(connection, stream, load_id)
    if not keep:
        table.empty()
    received = inserted = page_count = 0
    # While PostgreSQL takes one page, the next one is read. Nobody else uses the connection meanwhile.
    with ThreadPoolExecutor(1, "staging") as beside:
        added: Future[int] | None = None
        for page in pages:
            inserted += added.result() if added else 0
            added = beside.submit(table.add, page, received)
            page_count += 1
            received += len(page)
        inserted += added.result() if added else 0
    return Staged(rows=inserted, pages=page_count, duplicates=received - inserted)


class _Table:
    """The staging table of a stream, as far as a load fills it."""

    def __init__(self, connection: Connection, stream: Stream, load_id: int) -> None:
        self.connection = connection
        self.stream = stream
        self.load_id = load_id
        self.name = sql.Identifier("staging", stream.table)
        self.columns = sql.SQL(", ").join(map(sql.Identifier, ["load_id", *table_columns(stream), "unreadable", "raw"]))
        self._told = 0
        # The table itself does not ask whether the load is there: it would ask once for each row.
        if not connection.execute("SELECT FROM ops.load WHERE load_id = %s FOR KEY SHARE", [load_id]).rowcount:
            raise ValueError(f"There is no load {load_id}.")

    def empty(self) -> None:
        """Deletes what the load has of the stream."""
        self.connection.execute(
            sql.SQL("DELETE FROM {} WHERE load_id = %s AND {}").format(self.name, only(self.stream, self.name)),
            [self.load_id],
        )

    def add(self, page: Sequence[Mapping[str, Any]], before: int) -> int:
        """Adds the records of a page and returns how many that were; one whose key is there already is left out.

        :param before: how many records came before it
        """
        if not page:
            return 0
        block = block_of(self.stream, self.load_id, page)
        if block is not None:
            try:
                with self.connection.transaction():
                    return self._copy(self.name, lambda copy: copy.write(block))
            except errors.UniqueViolation:
                pass
        return self._add_new(page, before)

    def _add_new(self, page: Sequence[Mapping[str, Any]], before: int) -> int:
        """Adds the records one by one, by way of a table without a key."""
        incoming = sql.Identifier(f"incoming_{self.stream.table}")
        self.connection.execute(
            sql.SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(incoming, self.name)
        )
        self._copy(incoming, lambda copy: _write(copy, self._rows(page, before)))
        inserted = self.connection.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(
                self.name, self.columns, self.columns, incoming
            )
        ).rowcount
        self.connection.execute(sql.SQL("DROP TABLE {}").format(incoming))
        return inserted

    def _copy(self, table: sql.Identifier, write: Callable[[Copy], None]) -> int:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, self.columns)
        with self.connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                write(copy)
            return cursor.rowcount

    def _rows(self, page: Sequence[Mapping[str, Any]], before: int) -> Iterator[list[Any]]:
        stream = self.stream
        for position, record in enumerate(page, before + 1):
            values, unreadable = read_record(stream, record)
            raw = _json({name: record[name] for name in stream.source_fields if name in record})
            if unreadable:
                self._told += 1
                _tell(stream, position, record, unreadable, self._told)
                values = _with_stand_in(stream, values, position, raw)
            row = in_reference(stream, record, values) if stream.in_reference else values
            yield [self.load_id, *row, [column.name for column in unreadable], raw]


def _write(copy: Copy, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        copy.write_row(row)


def read_record(stream: Stream, record: Mapping[str, Any]) -> tuple[list[Any], list[Column]]:
    """The values of a record in the order of the stream's columns, and the columns that could not be read, whose value is None."""
    values: list[Any] = []
    unreadable: list[Column] = []
    for column in stream.columns:
        try:
            value = read_value(column.type, record.get(column.source))
            if column.key and (value in (None, "") or (isinstance(value, int) and value < 0)):
                raise Unreadable("no key")
        except Unreadable:
            value = None
            unreadable.append(column)
        values.append(value)
    return values, unreadable


def _with_stand_in(stream: Stream, values: Sequence[Any], position: int, raw: str) -> list[Any]:
    """The values with a key that no record of the service has, where the record's own cannot be read."""
    named = f"{STAND_IN}{position}:{sha256(raw.encode()).hexdigest()[:12]}"
    return [
        (-position if column.type == "integer" else named) if column.key and value is None else value
        for column, value in zip(stream.columns, values, strict=True)
    ]


def _tell(stream: Stream, position: int, record: Mapping[str, Any], unreadable: Sequence[Column], told: int) -> None:
    if told > _MOST_TOLD + 1:
        return
    if told > _MOST_TOLD:
        log.warning("%s: more records hold values that cannot be read.", stream.name)
        return
    what = ", ".join(shown(column.source, record.get(column.source)) for column in unreadable)
    log.warning("%s: record %s cannot be read: %s.", stream.name, position, what)


def _json(record: Mapping[str, Any]) -> str:
    # Amounts become strings with their exact digits.
    try:
        text = json.dumps(record, default=str, ensure_ascii=False)
        if "\\u0000" in text or not (text.isascii() or _encodable(text)):
            text = json.dumps(storable(record), default=str, ensure_ascii=False)
    except RecursionError:
        # Deeper than it can be gone through, though not too deep to be read: no column takes a nested value anyway.
        return _json({name: _DEEP if isinstance(value, (dict, list)) else value for name, value in record.items()})
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
