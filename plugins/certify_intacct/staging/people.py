"""The people streams of a load as the model's records, with what validation quarantined marked as frozen, never absent."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from psycopg import sql

from certify_intacct.model.people import (
    CertifyGld,
    CertifyOrganization,
    CertifyUser,
    Deletion,
    Entity,
    IntacctOrganization,
    Person,
    PersonKind,
    UnprocessedReport,
)
from certify_intacct.staging.database import Connection
from certify_intacct.staging.organization import certify_departments, intacct_departments

_PERSON_STREAMS = {
    PersonKind.EMPLOYEE: ("intacct_employees", "intacct_employee"),
    PersonKind.VENDOR: ("intacct_person_vendors", "intacct_person_vendor"),
    PersonKind.USER: ("intacct_users", "intacct_user"),
}
_AUDITED = {"employee": PersonKind.EMPLOYEE, "vendor": PersonKind.VENDOR, "userinfo": PersonKind.USER}
_COMPLETE_STREAMS = (
    "intacct_departments",
    "intacct_entities",
    "intacct_locations",
    "intacct_employees",
    "intacct_person_vendors",
    "intacct_users",
)


def intacct_organization(connection: Connection, load_id: int) -> IntacctOrganization:
    """What a load read of Intacct."""
    people = [person for kind in PersonKind for person in _people(connection, load_id, kind)]
    return IntacctOrganization(
        departments=tuple(intacct_departments(connection, load_id)),
        entities=_entities(connection, load_id),
        locations=_locations(connection, load_id),
        people=tuple(people),
        deletions=_deletions(connection, load_id),
        complete=_complete(connection, load_id),
    )


def certify_organization(connection: Connection, load_id: int) -> CertifyOrganization:
    """What a load read of Certify, active and inactive."""
    glds = _rows(connection, load_id, "certify_entities", "certify_entity", _item_columns())
    users = _rows(connection, load_id, "certify_users", "certify_user", _columns(CertifyUser))
    reports = _rows(
        connection, load_id, "certify_unprocessed_reports", "certify_unprocessed_report", _columns(UnprocessedReport)
    )
    return CertifyOrganization(
        departments=tuple(certify_departments(connection, load_id)),
        glds=tuple(CertifyGld(**_filled(row)) for row in glds),
        users=tuple(CertifyUser(**_filled(row)) for row in users),
        unprocessed=tuple(UnprocessedReport(**_filled(row)) for row in reports),
    )


def _entities(connection: Connection, load_id: int) -> tuple[Entity, ...]:
    rows = connection.execute(
        """
        SELECT coalesce(e.entity_id, '') AS code, coalesce(e.name, '') AS name, coalesce(e.status = 'active', false) AS active,
               coalesce(q.reasons, '') AS frozen
        FROM ops.extract x
        JOIN staging.intacct_entity e ON e.load_id = x.source_load_id
        LEFT JOIN quality.quarantined q ON q.load_id = x.load_id AND q.stream = x.stream AND q.key = e.recordno::text
        WHERE x.load_id = %s AND x.stream = 'intacct_entities' ORDER BY e.entity_id, e.recordno
        """,
        [load_id],
    ).fetchall()
    return tuple(Entity(**row) for row in rows)


def _locations(connection: Connection, load_id: int) -> dict[str, str]:
    """LOCATIONID to the entity it lies in. An entity is a location of itself, whether or not LOCATION lists it so."""
    rows = connection.execute(
        """
        SELECT l.location_id AS id, l.entity_id AS entity FROM ops.extract x
        JOIN staging.intacct_location l ON l.load_id = x.source_load_id
        WHERE x.load_id = %(load)s AND x.stream = 'intacct_locations' AND l.location_id <> '' AND l.entity_id <> ''
        UNION
        SELECT e.entity_id, e.entity_id FROM ops.extract x
        JOIN staging.intacct_entity e ON e.load_id = x.source_load_id
        WHERE x.load_id = %(load)s AND x.stream = 'intacct_entities' AND e.entity_id <> ''
        """,
        {"load": load_id},
    ).fetchall()
    return {row["id"]: row["entity"] for row in rows}


def _people(connection: Connection, load_id: int, kind: PersonKind) -> list[Person]:
    stream, table = _PERSON_STREAMS[kind]
    rows = connection.execute(
        sql.SQL(
            """
            SELECT t.*, coalesce(q.reasons, '') AS frozen FROM ops.extract x
            JOIN {table} t ON t.load_id = x.source_load_id
            LEFT JOIN quality.quarantined q ON q.load_id = x.load_id AND q.stream = x.stream AND q.key = t.recordno::text
            WHERE x.load_id = %s AND x.stream = %s ORDER BY t.recordno
            """
        ).format(table=sql.Identifier("staging", table)),
        [load_id, stream],
    ).fetchall()
    return [_person(kind, row) for row in rows]


def _person(kind: PersonKind, row: dict[str, Any]) -> Person:
    texts = (
        "employee_id",
        "first_name",
        "last_name",
        "email",
        "department",
        "location",
        "supervisor",
        "role",
        "frozen",
    )
    frozen_status = "" if row["status"] in ("active", "inactive") else f"the status is {row['status']!r}"
    return Person(
        kind=kind,
        record_no=str(row["recordno"]),
        active=row["status"] == "active",
        end_date=row.get("end_date"),
        owner=row.get("owner") or "",
        wanted=row["wanted"],
        vendor_type=row.get("vendor_type") or "",
        individual=row.get("individual"),
        **{name: row[name] or (frozen_status if name == "frozen" else "") for name in texts},
    )


def _deletions(connection: Connection, load_id: int) -> tuple[Deletion, ...]:
    """What the audit trail told, without what is no deletion or plainly that of another record."""
    rows = connection.execute(
        """
        SELECT object_type, object_key FROM quality.intacct_deletions_verdicts
        WHERE load_id = %s AND object_type = ANY(%s) AND object_key <> '' AND unreadable = 0 AND NOT no_deletion AND NOT seen_since
        ORDER BY deleted_at, key
        """,
        [load_id, list(_AUDITED)],
    ).fetchall()
    return tuple(Deletion(kind=_AUDITED[row["object_type"]], object_key=row["object_key"]) for row in rows)


def _complete(connection: Connection, load_id: int) -> bool:
    """Whether every stream of Intacct was read, and no record came twice: then perhaps another did not come at all."""
    row = connection.execute(
        "SELECT count(*) AS n FROM ops.extract WHERE load_id = %s AND stream = ANY(%s) AND duplicates = 0",
        [load_id, list(_COMPLETE_STREAMS)],
    ).fetchone()
    return row is not None and int(row["n"]) == len(_COMPLETE_STREAMS)


def _rows(
    connection: Connection, load_id: int, stream: str, table: str, columns: sql.Composable
) -> list[dict[str, Any]]:
    query = sql.SQL(
        """
        SELECT {columns} FROM ops.extract x JOIN {table} t ON t.load_id = x.source_load_id
        WHERE x.load_id = %s AND x.stream = %s ORDER BY t.id
        """
    ).format(columns=columns, table=sql.Identifier("staging", table))
    return connection.execute(query, [load_id, stream]).fetchall()


def _columns(record: type) -> sql.Composed:
    names: list[sql.Composable] = [sql.Identifier("t", field.name) for field in fields(record)]
    return sql.Composed(names).join(", ")


def _item_columns() -> sql.Composed:
    """A row of a list whose ID cannot be read has none."""
    identity = sql.SQL("CASE WHEN 'id' = ANY(t.unreadable) THEN '' ELSE t.id END AS id")
    names = [sql.Identifier("t", field.name) for field in fields(CertifyGld) if field.name != "id"]
    return sql.Composed([identity, *names]).join(", ")


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without nulls: what Certify leaves out is an empty text, and a flag that is left out is not set."""
    flags = ("active", "treasurer", "full_administrator", "user_administrator")
    return {name: (bool(value) if name in flags else value or "") for name, value in row.items()}
