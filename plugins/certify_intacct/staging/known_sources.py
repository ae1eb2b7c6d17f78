"""What a load read, against what earlier loads have shown: the same company of Certify, and the same shape of the services' answers.

Certify names its company nowhere, but it deletes no user, and no two companies share a user's ID. Neither service announces a
change of its answers; a field that was in every row and is in none any more was renamed, and not emptied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import only
from certify_intacct.staging.streams import STREAMS, Stream, configured, of_direction

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration

_USERS = "certify_users"
#: So many users are remembered of a company.
_SAMPLE = 200
#: Fewer rows than this prove nothing about a field.
_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the rows of a stream look like.

    :param present: in how many rows each field of the service's answer is there, whatever it holds
    :param unreadable: in how many rows each column could not be read as its type
    """

    rows: int
    present: dict[str, int]
    unreadable: dict[str, int]


def strange_company(connection: Connection, load_id: int, certify_company: str) -> str:
    """A sentence when most users that are known of this company of Certify are not in what the load read; else empty."""
    row = connection.execute(
        """
        SELECT count(*) AS known, count(u.id) AS found FROM ops.known_user k
        JOIN ops.extract x ON x.load_id = %s AND x.stream = %s
        LEFT JOIN staging.certify_user u ON u.load_id = x.source_load_id AND u.id = k.user_id
        WHERE k.certify_company = %s
        """,
        [load_id, _USERS, certify_company],
    ).fetchone()
    if row is None or row["found"] * 2 >= row["known"]:
        return ""
    return (
        f"Of {row['known']} users that are known of the company {certify_company!r} of Certify, {row['known'] - row['found']} are not "
        "in what was read: Certify deletes no user, so the key belongs to another company."
    )


def changed_shapes(connection: Connection, load_id: int, settings: Configuration) -> list[str]:
    """A sentence for each field that was in every row until now and is in none, or that cannot be read any more in most rows."""
    found = []
    for stream, source in _streams(connection, load_id, settings):
        shape = _shape(connection, stream, source)
        if not shape.rows:
            continue
        known = connection.execute(
            "SELECT field FROM ops.known_field WHERE stream = %s AND rows >= %s AND present = rows ORDER BY field",
            [stream.name, _ROWS],
        ).fetchall()
        gone = [row["field"] for row in known if row["field"] in shape.present and not shape.present[row["field"]]]
        if gone:
            found.append(f"{stream.name}: {', '.join(gone)} was in every row until now and is in none of {shape.rows}.")
        changed = [
            column
            for column, count in sorted(shape.unreadable.items())
            if shape.rows >= _ROWS and 2 * count > shape.rows
        ]
        if changed:
            of = {column.name: column for column in stream.columns}
            words = ", ".join(f"{of[name].source} is not of the type {of[name].type}" for name in changed if name in of)
            found.append(f"{stream.name}: {words} any more, in most of {shape.rows} rows.")
    return found


def unread(connection: Connection, load_id: int, settings: Configuration) -> list[str]:
    """The streams that connector.yaml asks for and that the load did not read."""
    row = connection.execute(
        """
        SELECT l.direction, array(SELECT stream FROM ops.extract x WHERE x.load_id = l.load_id) AS streams FROM ops.load l
        WHERE l.load_id = %s
        """,
        [load_id],
    ).fetchone()
    assert row is not None
    intacct, certify = of_direction(
        row["direction"],
        settings.dimensions,
        settings.posting.kinds,
        settings.people,
        kept_categories=settings.expense_categories.source,
    )
    return sorted({*intacct, *certify} - {*row["streams"]})


def remember(connection: Connection, load_id: int, settings: Configuration) -> None:
    """Adds what a load read to what is known, when it is planned for the first time: a task that is tried again saw nothing new.

    Streams whose rows another load read are known already.
    """
    planned = "SELECT 1 FROM ops.load WHERE load_id = %s AND counts ?| array['plan', 'planned']"
    if connection.execute(planned, [load_id]).fetchone():
        return
    for stream, source in _streams(connection, load_id, settings):
        if source != load_id:
            continue
        shape = _shape(connection, stream, source)
        connection.cursor().executemany(
            """
            INSERT INTO ops.known_field (stream, field, rows, present) VALUES (%s, %s, %s, %s)
            ON CONFLICT (stream, field) DO UPDATE SET rows = ops.known_field.rows + EXCLUDED.rows,
                present = ops.known_field.present + EXCLUDED.present, seen_at = now()
            """,
            [(stream.name, field, shape.rows, count) for field, count in sorted(shape.present.items()) if shape.rows],
        )
    connection.execute(
        """
        INSERT INTO ops.known_user (certify_company, user_id)
        SELECT %(company)s, u.id FROM ops.extract x JOIN staging.certify_user u ON u.load_id = x.source_load_id
        WHERE x.load_id = %(load)s AND x.stream = %(stream)s
        ORDER BY md5(u.id)
        LIMIT greatest(0, %(sample)s - (SELECT count(*) FROM ops.known_user WHERE certify_company = %(company)s))
        ON CONFLICT DO NOTHING
        """,
        {"company": settings.company.certify_company, "load": load_id, "stream": _USERS, "sample": _SAMPLE},
    )


def _streams(connection: Connection, load_id: int, settings: Configuration) -> list[tuple[Stream, int]]:
    """The streams of a load with the fields that connector.yaml asks for, each with the load that read its rows."""
    rows = connection.execute(
        "SELECT stream, source_load_id FROM ops.extract WHERE load_id = %s ORDER BY stream", [load_id]
    ).fetchall()
    found = [
        (configured(STREAMS[row["stream"]], settings), row["source_load_id"])
        for row in rows
        if row["stream"] in STREAMS
    ]
    return [(stream, source) for stream, source in found if stream is not None]


def _shape(connection: Connection, stream: Stream, load_id: int) -> Shape:
    table = sql.Identifier("staging", stream.table)
    own = only(stream, table)
    # What not every company shows may come and go.
    fields = [field for field in stream.source_fields if field not in {one.source for one in stream.optional}]
    counts = [sql.SQL("count(*) FILTER (WHERE raw ? {})").format(sql.Literal(field)) for field in fields]
    # One array, since fields have dots in their names.
    row = connection.execute(
        sql.SQL("SELECT array[{}] AS n FROM {} WHERE load_id = {} AND {}").format(
            sql.SQL(", ").join([sql.SQL("count(*)"), *counts]), table, sql.Literal(load_id), own
        )
    ).fetchone()
    assert row is not None
    unreadable = connection.execute(
        sql.SQL(
            "SELECT failed.name, count(*) AS n FROM {}, unnest(unreadable) AS failed (name) WHERE load_id = {} AND {} GROUP BY 1"
        ).format(table, sql.Literal(load_id), own)
    ).fetchall()
    return Shape(
        rows=row["n"][0],
        present=dict(zip(fields, row["n"][1:], strict=True)),
        unreadable={one["name"]: one["n"] for one in unreadable},
    )
