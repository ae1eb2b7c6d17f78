"""The people streams of a load as the model's records, with what validation quarantined marked as frozen, never absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from psycopg import sql

from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.dimensions import DEPARTMENT, ENTITY, LOCATION
from certify_intacct.model.people import (
    CertifyItem,
    CertifyOrganization,
    CertifyUser,
    Deletion,
    IntacctOrganization,
    ListValue,
    Person,
    PersonKind,
    UnprocessedExpense,
    UnprocessedReport,
)
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import rows_of
from certify_intacct.staging.references import value_of
from certify_intacct.staging.streams.dimensions import told

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


def intacct_organization(
    connection: Connection,
    load_id: int,
    dimensions: DimensionsConfiguration,
    settings: PeopleConfiguration,
    *,
    single_entity: bool = False,
) -> IntacctOrganization:
    """What a load read of Intacct.

    :param single_entity: whether the company has no entities; its locations stand in their place
    """
    used = dimensions.in_company(single_entity=single_entity)
    return IntacctOrganization(
        lists={one.dimension.name: _values(connection, load_id, one) for one in used},
        locations=_locations(connection, load_id, single_entity=single_entity),
        single_entity=single_entity,
        people=people_of(connection, load_id, settings),
        deletions=_deletions(connection, load_id),
        complete=_complete(connection, load_id),
    )


def people_of(connection: Connection, load_id: int, settings: PeopleConfiguration) -> tuple[Person, ...]:
    """Every record of Intacct that a load read and that may stand for a person."""
    further = {source.kind: source.further for source in settings.sources}
    return tuple(person for kind in PersonKind for person in _people(connection, load_id, kind, further.get(kind, {})))


def store_judged(connection: Connection, load_id: int, judged: Iterable[tuple[Person, bool, str]]) -> None:
    """Keeps what the verdicts on people rest on, in the place of what the load has, and whether department and location are listed.

    :param judged: each record, whether its content is judged, and its e-mail address as it is compared
    """
    departments = {row.code for row in rows_of(connection, load_id, DEPARTMENT.stream)}
    locations = {row.code for row in rows_of(connection, load_id, LOCATION.stream)}
    connection.execute("DELETE FROM staging.judged_person WHERE load_id = %s", [load_id])
    columns = "load_id, stream, recordno, judged, address, department_listed, location_listed"
    statement = f"COPY staging.judged_person ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for person, counts, address in judged:
            listed = person.department in departments, person.location in locations
            copy.write_row([load_id, _PERSON_STREAMS[person.kind][0], int(person.record_no), counts, address, *listed])


def certify_organization(
    connection: Connection, load_id: int, dimensions: DimensionsConfiguration, settings: PeopleConfiguration
) -> CertifyOrganization:
    """What a load read of Certify, active and inactive."""
    listed = dimensions.listed(entities=settings.entities.source != "none")

    def rows(stream: str, table: str, record: type) -> list[dict[str, Any]]:
        return [_filled(row) for row in _rows(connection, load_id, stream, table, _columns(record))]

    lines = rows("certify_unprocessed_expenses", "certify_unprocessed_expense", UnprocessedExpense)
    reports = rows("certify_unprocessed_reports", "certify_unprocessed_report", UnprocessedReport)
    return CertifyOrganization(
        lists={
            used.dimension.name: _list(connection, load_id, used.dimension.certify_stream) for used in dimensions.used
        },
        glds={place.number: _list(connection, load_id, place.stream) for place in settings.glds_by_hand(listed)},
        users=tuple(CertifyUser(**row) for row in rows("certify_users", "certify_user", CertifyUser)),
        unprocessed=tuple(UnprocessedReport(**row) for row in reports),
        unprocessed_lines=tuple(UnprocessedExpense(**row) for row in lines),
    )


def _values(connection: Connection, load_id: int, used: Used) -> tuple[ListValue, ...]:
    """What validation quarantined is frozen, never absent."""
    return tuple(
        ListValue(
            code=one.code,
            name=one.name,
            active=value_of(one, used.dimension).active,
            supervisor=one.text("supervisor"),
            frozen=one.frozen,
            within=one.within,
            # Intacct states an empty field as an empty text: what is not there at all was not read.
            fields={name: one.text(told(name)) for name in used.told if one.attributes.get(told(name)) is not None},
        )
        for one in rows_of(connection, load_id, used.dimension.stream)
    )


def _list(connection: Connection, load_id: int, stream: str) -> tuple[CertifyItem, ...]:
    """All rows of a list, active or not; one whose ID cannot be read has none."""
    return tuple(
        CertifyItem(id=one.key if one.known else "", code=one.code, name=one.name, active=one.active)
        for one in rows_of(connection, load_id, stream)
    )


def _locations(connection: Connection, load_id: int, *, single_entity: bool) -> dict[str, str]:
    """LOCATIONID to the entity it lies in. An entity is a location of itself, whether or not LOCATION lists it so.

    Without entities each location is its own.
    """
    rows = rows_of(connection, load_id, LOCATION.stream)
    inside = {row.code: row.code if single_entity else row.text("entity_id") for row in rows}
    entities = {row.code: row.code for row in rows_of(connection, load_id, ENTITY.stream)}
    return {code: entity for code, entity in (inside | entities).items() if code and entity}


def _people(connection: Connection, load_id: int, kind: PersonKind, further: Mapping[str, str]) -> list[Person]:
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
    return [_person(kind, row, further) for row in rows]


def _person(kind: PersonKind, row: dict[str, Any], further: Mapping[str, str]) -> Person:
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
        active={"active": True, "inactive": False}.get(row["status"]),
        start_date=row.get("start_date"),
        end_date=row.get("end_date"),
        owner=row.get("owner") or "",
        wanted=row["wanted"],
        vendor_type=row.get("vendor_type") or "",
        individual=row.get("individual"),
        further={word: text for word, name in further.items() if (text := str(row["raw"].get(name) or "")).strip()},
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


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """A row without nulls: what Certify leaves out is an empty text, and a flag that is left out is not set."""
    flags = ("active", "treasurer", "full_administrator", "user_administrator")
    return {name: (bool(value) if name in flags else value or "") for name, value in row.items()}
