"""Stages the pages of a stream by COPY: memory holds one page, whatever the size of the stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from psycopg import sql

from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import in_reference, only, table_columns
from certify_intacct.staging.streams import Column, Stream
from certify_intacct.staging.values import Unreadable, read_value, shown, storable

log = logging.getLogger(__name__)

#: What stands in the place of an ID that cannot be read; no ID of Certify has a colon.
STAND_IN = "unreadable:"
# A stream that is broken throughout is stopped as such; here it need not be told row by row.
_MOST_TOLD = 20
# As long as a task may take (runs/dag_defaults.py).
_COPY_HOURS = 2


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
    table = sql.Identifier("staging", stream.table)
    names = sql.SQL(", ").join(map(sql.Identifier, ["load_id", *table_columns(stream), "unreadable", "raw"]))
    incoming = sql.Identifier(f"incoming_{stream.table}")
    if not keep:
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE load_id = %s AND {}").format(table, only(stream, table)), [load_id]
        )
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(incoming, table)
    )
    received = page_count = told = 0
    # It lasts as long as the service takes to give all pages.
    connection.execute(f"SET LOCAL statement_timeout = '{_COPY_HOURS}h'")
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(incoming, names)) as copy:
        for page in pages:
            page_count += 1
            for record in page:
                received += 1
                values, unreadable = read_record(stream, record)
                raw = _json({name: record[name] for name in stream.source_fields if name in record})
                if unreadable:
                    told += 1
                    _tell(stream, received, record, unreadable, told)
                    values = _with_stand_in(stream, values, received, raw)
                row = in_reference(stream, record, values) if stream.in_reference else values
                copy.write_row([load_id, *row, [column.name for column in unreadable], raw])
    connection.execute("SET LOCAL statement_timeout = DEFAULT")
    inserted = connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(table, names, names, incoming)
    ).rowcount
    connection.execute(sql.SQL("DROP TABLE {}").format(incoming))
    return Staged(rows=inserted, pages=page_count, duplicates=received - inserted)


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
    text = json.dumps(record, default=str, ensure_ascii=False)
    if "\\u0000" in text or not (text.isascii() or _encodable(text)):
        text = json.dumps(storable(record), default=str, ensure_ascii=False)
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
