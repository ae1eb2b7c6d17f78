"""Reads the verdict views and stores what was judged: results and quarantine."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import sql

from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.staging.bulk import STAND_IN
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import only
from certify_intacct.staging.streams import STREAMS, Stream
from certify_intacct.staging.values import shown

SAMPLE = 20
_AT_ONCE = 5000


def verdict_rows(connection: Connection, stream: str, load_id: int, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The verdicts on the rows of a stream that belong to a load, read as they are asked for, in one transaction.

    :param columns: those that are asked for
    """
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), verdicts_on(stream, load_id)
    )
    with connection.cursor(name=f"verdicts_on_{stream}") as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(query)


def labels(connection: Connection, stream: str, load_id: int, keys: Collection[str]) -> dict[str, str]:
    """What a person calls these rows, by key."""
    if not keys:
        return {}
    query = sql.SQL("SELECT key, label FROM {} AND key = ANY({})").format(
        verdicts_on(stream, load_id), sql.Literal(list(keys))
    )
    return {row["key"]: row["label"] for row in connection.execute(query)}


def verdicts_on(stream: str, load_id: int) -> sql.Composed:
    """The view that judges a stream, and which of its rows belong to a load."""
    known = STREAMS.get(stream)
    shared = known.verdicts if known else ""
    return sql.SQL("{} WHERE load_id = {} AND {}").format(
        sql.Identifier("quality", shared or f"{stream}_verdicts"),
        sql.Literal(load_id),
        sql.SQL("stream = {}").format(sql.Literal(stream)) if shared else sql.Literal(True),
    )


def unreadable_values(connection: Connection, stream: Stream, load_id: int) -> dict[str, str]:
    """What could not be read of the load's rows: by key, each field with what stands in it, and the record's position if need be.

    :param stream: with the fields that connector.yaml asks for
    """
    (key,) = stream.key_columns
    query = sql.SQL(
        """
        SELECT t.{key}::text AS key, t.unreadable, t.raw FROM ops.extract x JOIN {table} t ON t.load_id = x.source_load_id
        WHERE x.load_id = %s AND x.stream = %s AND cardinality(t.unreadable) > 0 AND {own}
        """
    ).format(
        key=sql.Identifier(key.name),
        table=sql.Identifier("staging", stream.table),
        own=only(stream, sql.Identifier("t")),
    )
    sources = {column.name: column.source for column in stream.columns}
    found = {}
    for row in connection.execute(query, [load_id, stream.name]):
        said = [shown(sources[name], row["raw"].get(sources[name])) for name in row["unreadable"] if name in sources]
        found[row["key"]] = ", ".join([*_position(row["key"], key.name in row["unreadable"]), *said])
    return found


def _position(key: str, stand_in: bool) -> list[str]:
    """Which record of the stream it was, as its stand-in says."""
    return [f"record {key.removeprefix(STAND_IN).split(':')[0].lstrip('-')}"] if stand_in else []


def store_verdicts(
    connection: Connection, load_id: int, verdicts: Iterable[Verdict], labels: Mapping[str, Mapping[str, str]]
) -> None:
    """Replaces what a load has in ``quality.result`` and ``quality.quarantine``.

    :param labels: for each stream, what a person calls the row of a key
    """
    verdicts = list(verdicts)
    connection.execute("DELETE FROM quality.result WHERE load_id = %s", [load_id])
    connection.execute("DELETE FROM quality.quarantine WHERE load_id = %s", [load_id])
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO quality.result (load_id, stream, rule, severity, checked, failed, sample, reason, cure) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                load_id,
                v.stream,
                v.rule,
                v.severity.value,
                v.checked,
                len(v.failed_keys),
                json.dumps(list(v.failed_keys[:SAMPLE])),
                v.reason,
                v.cure,
            )
            for v in verdicts
        ],
    )
    cursor.executemany(
        "INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason, cure) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (load_id, v.stream, key, labels.get(v.stream, {}).get(key, key), v.rule, v.reason, v.cure)
            for v in verdicts
            if v.severity is Severity.WARNING
            for key in v.failed_keys
        ],
    )
