"""The schema, its roles, and its agreement with the streams."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest
from psycopg.rows import dict_row

from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.streams.stream import REFERENCE_COLUMNS

POSTGRES_TYPES = {
    "text": "text",
    "id": "text",
    "code": "text",
    "integer": "bigint",
    "numeric": "numeric",
    "date": "date",
    "timestamp": "timestamp without time zone",
    "boolean": "boolean",
}


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_a_stream_and_its_table_agree(name, database):
    stream = STREAMS[name]
    with psycopg.connect(database.analyst_url) as connection:
        columns = dict(
            connection.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'staging' AND table_name = %s",
                [stream.table],
            ).fetchall()
        )
    shared = {"stream": "text", **dict.fromkeys(REFERENCE_COLUMNS, "text"), "within": "ARRAY", "attributes": "jsonb"}
    own = {column.name: POSTGRES_TYPES.get(column.type) for column in stream.columns}
    assert columns == {
        "load_id": "bigint", **(shared if stream.in_reference else own), "unreadable": "ARRAY", "raw": "jsonb",
    }  # fmt: skip
    assert stream.key_columns
    # A list is not read for a period, and another type than text would not fit into the columns that all lists share.
    kinds = {column.type for column in stream.columns if column.name in REFERENCE_COLUMNS[1:]}
    assert not stream.in_reference or (stream.kind == "state" and kinds <= {"text", "code", "activity"})


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_stream_has_a_verdict_view(name, database):
    with psycopg.connect(database.analyst_url, row_factory=dict_row) as connection:
        shared = STREAMS[name].verdicts
        cursor = connection.execute(f"SELECT * FROM quality.{shared or f'{name}_verdicts'}")
        wanted = {"load_id", "key", "label", *(["stream"] if shared else [])}
        assert wanted <= {column.name for column in cursor.description}


def test_migrating_again_changes_nothing(database):
    result = subprocess.run(
        [sys.executable, "-m", "certify_intacct.staging.migrate"],
        env=os.environ | {"CONNECTOR_DB_URL": database.owner_url},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan.change SET reason = 'x'",
        "DELETE FROM plan.change",
        "DELETE FROM plan.outcome",
        "DELETE FROM ops.load",
        "CREATE TABLE ops.mine (a int)",
    ],
)
def test_the_loader_may_not(statement, database):
    with psycopg.connect(database.loader_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_analyst_only_reads(database):
    with psycopg.connect(database.analyst_url) as connection:
        connection.execute("SELECT * FROM ops.load")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO ops.published VALUES ('x', '2026-01-01', 1, now())")
