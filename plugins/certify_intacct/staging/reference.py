"""The table that all lists share: how a record of a list becomes a row of it, and how the rows of one list are read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from certify_intacct.staging.database import Connection
from certify_intacct.staging.streams.stream import REFERENCE_COLUMNS, Stream
from certify_intacct.staging.values import storable


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A row of a list as a load read it; what the service left out is empty.

    :param key: RECORDNO in Intacct, the ID in Certify; in place of one that cannot be read stands a stand-in
    :param known: whether the key could be read
    :param status: the service's word, ``active`` or ``inactive`` for Certify
    :param within: the codes within which its code means something
    :param frozen: why validation quarantined it; empty when it passed
    """

    key: str
    known: bool
    code: str
    name: str
    status: str
    parent: str
    within: tuple[str, ...]
    attributes: Mapping[str, Any]
    frozen: str

    def text(self, name: str) -> str:
        """A further field as text; empty when there is none."""
        value = self.attributes.get(name)
        return "" if value is None else str(value)

    @property
    def active(self) -> bool:
        return self.status == "active"


_ROWS = """
SELECT t.key, NOT 'key' = ANY(t.unreadable) AS known, coalesce(t.code, '') AS code, coalesce(t.name, '') AS name,
       coalesce(t.status, '') AS status, coalesce(t.parent, '') AS parent, t.within, t.attributes, coalesce(q.reasons, '') AS frozen
FROM ops.extract x
JOIN staging.reference t ON t.load_id = x.source_load_id AND t.stream = x.stream
LEFT JOIN quality.quarantined q ON q.load_id = x.load_id AND q.stream = x.stream AND q.key = t.key
WHERE x.load_id = %s AND x.stream = %s ORDER BY t.code, t.within, t.key
"""


def rows_of(connection: Connection, load_id: int, stream: str) -> list[ListRow]:
    """The rows of a list that a load reads, by code, those that validation quarantined among them."""
    rows = connection.execute(_ROWS, [load_id, stream]).fetchall()
    return [ListRow(**{**row, "within": tuple(row["within"])}) for row in rows]


def passed(connection: Connection, load_id: int, stream: str) -> list[ListRow]:
    """Those that a plan may look up: they have a code, and validation found nothing wrong with them."""
    return [row for row in rows_of(connection, load_id, stream) if row.code and not row.frozen]


def table_columns(stream: Stream) -> list[str]:
    """The columns of its table that a stream fills, without those that every table has."""
    if stream.in_reference:
        return ["stream", *REFERENCE_COLUMNS, "within", "attributes"]
    return [column.name for column in stream.columns]


def in_reference(stream: Stream, record: Mapping[str, Any], values: Sequence[Any]) -> list[Any]:
    """The values of a stream's columns in the order of :func:`table_columns`.

    :param record: as the service gave it
    """
    named = {column.name: value for column, value in zip(stream.columns, values, strict=True)}
    own = [named.pop(name, None) for name in REFERENCE_COLUMNS]
    within = [str(storable(record.get(source) or "")) for source in stream.within]
    return [stream.name, *own, within, json.dumps(named, default=str, ensure_ascii=False)]


def only(stream: Stream, alias: sql.Composable) -> sql.Composed:
    """The condition that tells the rows of a stream from others of its table.

    :param alias: the table, or its name in the query
    """
    if not stream.in_reference:
        return sql.SQL("{}").format(sql.Literal(True))
    return sql.SQL("{}.stream = {}").format(alias, sql.Literal(stream.name))
