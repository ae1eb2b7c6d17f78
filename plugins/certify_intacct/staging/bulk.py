"""Stages the pages of a stream by COPY: memory holds one page, whatever the size of the stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from certify_intacct.model.errors import BadInput
from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams import Stream
from certify_intacct.staging.values import Unreadable, read_value, storable


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

    :raises BadInput: when a record has no readable key
    """
    table = sql.Identifier("staging", stream.table)
    columns = [column.name for column in stream.columns]
    names = sql.SQL(", ").join(map(sql.Identifier, ["load_id", *columns, "unreadable", "raw"]))
    incoming = sql.Identifier(f"incoming_{stream.table}")
    if not keep:
        connection.execute(sql.SQL("DELETE FROM {} WHERE load_id = %s").format(table), [load_id])
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(incoming, table)
    )
    received = page_count = 0
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(incoming, names)) as copy:
        for page in pages:
            page_count += 1
            for record in page:
                copy.write_row(_row(stream, load_id, record))
                received += 1
    inserted = connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(table, names, names, incoming)
    ).rowcount
    connection.execute(sql.SQL("DROP TABLE {}").format(incoming))
    return Staged(rows=inserted, pages=page_count, duplicates=received - inserted)


def _row(stream: Stream, load_id: int, record: Mapping[str, Any]) -> list[Any]:
    row: list[Any] = [load_id]
    unreadable: list[str] = []
    for column in stream.columns:
        try:
            value = read_value(column.type, record.get(column.source))
        except Unreadable:
            value = None
            unreadable.append(column.name)
        if column.key and value is None:
            raise BadInput(
                f"A record of {stream.source} has no readable {column.source}.",
                where=f"stream {stream.name}",
                cure="Look at the record in the service; without its own key it cannot be told from any other.",
            )
        row.append(value)
    raw = {name: record[name] for name in stream.source_fields if name in record}
    return [*row, unreadable, _json(raw)]


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
