"""The rows that a company's own expectations judge: every column of every stream that may be spoken of can be asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from certify_intacct.runs.own_expectations import of_stream
from certify_intacct.staging.own_expectations import LINES_WITH_REPORTS, rows_to_judge
from certify_intacct.staging.streams import STREAMS
from tests.staging.migration_rows import NEWEST_ROWS


@pytest.fixture
def filled(database, store):
    """A database with a row in every table, as a load read them."""
    with psycopg.connect(database.owner_url) as connection:
        for statements in NEWEST_ROWS.values():
            for statement in statements:
                connection.execute(statement)
        connection.execute(
            "INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, observed_at) "
            "SELECT 1, s, 1, 1, 1, now() FROM unnest(%s::text[]) s ON CONFLICT DO NOTHING",
            [[*STREAMS]],
        )
    return store


@pytest.mark.parametrize("stream", [*STREAMS, LINES_WITH_REPORTS])
def test_every_column_of_a_stream_can_be_asked_for(filled, stream):
    columns = [*of_stream(stream).columns]
    with filled.connection() as connection:
        rows = list(rows_to_judge(connection, 1, stream, columns))
    for row in rows:
        assert {"key", *columns} == row.keys()
        assert "" not in row.values(), "an empty text is no value"
        assert {type(value) for value in row.values()} <= {str, int, bool, date, Decimal, type(None)}


def test_lines_carry_what_their_report_says_and_no_column_hides_another(filled, database):
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM staging.certify_expense")
        connection.execute(
            "INSERT INTO staging.certify_expense (load_id, id, report_id, amount, reason, raw) "
            "VALUES (1, 'e-1', 'r-1', 10.5, '', '{}'), (1, 'e-2', 'of nobody', 1, 'x', '{}')"
        )
        connection.execute(
            "UPDATE staging.certify_expense_report SET name = 'Trip', total_amount = 10.5 WHERE id = 'r-1'"
        )
    with filled.connection() as connection:
        found = list(
            rows_to_judge(
                connection, 1, LINES_WITH_REPORTS, ["report_id", "report_name", "report_total_amount", "reason"]
            )
        )
    assert found == [
        {
            "key": "e-1",
            "report_id": "r-1",
            "report_name": "Trip",
            "report_total_amount": Decimal("10.5"),
            "reason": None,
        }
    ]


def test_of_people_those_are_left_out_who_are_to_have_no_user(filled, database):
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM staging.judged_person")
        connection.execute("DELETE FROM staging.intacct_employee")
        connection.execute(
            "INSERT INTO staging.intacct_employee (load_id, recordno, employee_id, status, raw) "
            "VALUES (1, 1, 'E1', 'active', '{}'), (1, 2, 'E2', 'inactive', '{}')"
        )
        connection.execute(
            "INSERT INTO staging.judged_person (load_id, stream, recordno, judged, address) "
            "VALUES (1, 'intacct_employees', 1, true, ''), (1, 'intacct_employees', 2, false, '')"
        )
    with filled.connection() as connection:
        found = list(rows_to_judge(connection, 1, "intacct_employees", ["employee_id"]))
    assert found == [{"key": "1", "employee_id": "E1"}]
