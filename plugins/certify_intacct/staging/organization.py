"""The organization streams of a load as the model's records, with what validation quarantined marked as frozen."""

from __future__ import annotations

from certify_intacct.model.people import CertifyDepartment, Department
from certify_intacct.staging.database import Connection


def intacct_departments(connection: Connection, load_id: int) -> list[Department]:
    """The departments of Intacct, by code. One that validation quarantined is frozen, never absent."""
    rows = connection.execute(
        """
        SELECT coalesce(d.department_id, '') AS code, coalesce(d.title, '') AS name, coalesce(d.status = 'active', false) AS active,
               coalesce(q.reasons, '') AS frozen
        FROM ops.extract x
        JOIN staging.intacct_department d ON d.load_id = x.source_load_id
        LEFT JOIN quality.quarantined q ON q.load_id = x.load_id AND q.stream = x.stream AND q.key = d.recordno::text
        WHERE x.load_id = %s AND x.stream = 'intacct_departments'
        ORDER BY d.department_id, d.recordno
        """,
        [load_id],
    ).fetchall()
    return [Department(**row) for row in rows]


def certify_departments(connection: Connection, load_id: int) -> list[CertifyDepartment]:
    """The departments of Certify, all of them, active or not; one whose ID cannot be read has none."""
    rows = connection.execute(
        """
        SELECT CASE WHEN 'id' = ANY(d.unreadable) THEN '' ELSE d.id END AS id, d.code, d.name, d.active FROM ops.extract x
        JOIN staging.certify_department d ON d.load_id = x.source_load_id
        WHERE x.load_id = %s AND x.stream = 'certify_departments' ORDER BY d.id
        """,
        [load_id],
    ).fetchall()
    return [
        CertifyDepartment(id=r["id"], code=r["code"] or "", name=r["name"] or "", active=bool(r["active"]))
        for r in rows
    ]
