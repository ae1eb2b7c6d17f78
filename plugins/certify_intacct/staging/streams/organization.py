"""The streams of ``organization_sync``: who and what exists in Intacct, and what Certify has of it."""

from __future__ import annotations

from certify_intacct.staging.streams.stream import Column, Stream

INTACCT_DEPARTMENTS = Stream(
    name="intacct_departments",
    service="intacct",
    source="DEPARTMENT",
    table="intacct_department",
    kind="state",
    columns=(
        Column("recordno", "RECORDNO", "integer", key=True),
        Column("department_id", "DEPARTMENTID", "code"),
        Column("title", "TITLE"),
        Column("parent_id", "PARENTID"),
        Column("status", "STATUS"),
    ),
)

CERTIFY_DEPARTMENTS = Stream(
    name="certify_departments",
    service="certify",
    source="departments",
    table="certify_department",
    kind="state",
    columns=(
        Column("id", "ID", "id", key=True),
        Column("name", "Name"),
        Column("code", "Code"),
        Column("active", "Active", "boolean"),
    ),
)

STREAMS = (INTACCT_DEPARTMENTS, CERTIFY_DEPARTMENTS)
