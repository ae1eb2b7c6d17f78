"""The verdicts on reports take seconds however little PostgreSQL knows of the load: its statistics are those of another day."""

from __future__ import annotations

import psycopg

REPORTS, LINES = 6000, 10


def staged(connection: psycopg.Connection, load_id: int, reports: int) -> None:
    """Reports of which every seventh does not add up; the first line of every eleventh is disapproved and counts for nothing."""
    connection.execute(
        """
        INSERT INTO staging.certify_expense_report
            (load_id, id, total_amount, reim_amount, non_reim_amount, currency, employee_id, raw)
        SELECT %s, 'r' || n, 100, CASE WHEN n %% 11 = 0 THEN 80 ELSE 90 END, 10, 'USD', 'E1', '{}' FROM generate_series(1, %s) n
        """,
        [load_id, reports],
    )
    connection.execute(
        """
        INSERT INTO staging.certify_expense (load_id, id, report_id, amount, reim_amount, currency, status, raw)
        SELECT %s, n || '-' || m, 'r' || n, 10, CASE WHEN m = 10 AND n %% 7 <> 0 THEN 0 ELSE 10 END, 'USD',
               CASE WHEN n %% 11 = 0 AND m = 1 THEN ' Disapproved ' END, '{}'
        FROM generate_series(1, %s) n, generate_series(1, %s) m
        """,
        [load_id, reports, LINES],
    )


def test_the_first_expense_run_after_an_organization_run_judges_thousands_of_reports(database):
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        for direction in ("organization", "expense"):
            connection.execute(
                """
                INSERT INTO ops.load
                    (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version)
                VALUES ('d', 'r', 'manual', %s, '2026-01-01', '2026-01-01', false, 'x', '1')
                """,
                [direction],
            )
        for table in ("certify_expense_report", "certify_expense"):
            connection.execute(f"ALTER TABLE staging.{table} SET (autovacuum_enabled = false)")
        staged(connection, 1, 1)
        connection.execute("INSERT INTO ops.extract VALUES (1, 'intacct_employees', 1, 1, 1, 0, now())")
        connection.execute("ANALYZE")
        staged(connection, 2, REPORTS)
        for stream in ("certify_expense_reports", "certify_expenses"):
            connection.execute("INSERT INTO ops.extract VALUES (2, %s, 2, 1, 1, 0, now())", [stream])
        connection.execute("SET statement_timeout = '15s'")
        rows = connection.execute(
            "SELECT key, totals_match FROM quality.certify_expense_reports_verdicts WHERE load_id = 2"
        ).fetchall()
    assert len(rows) == REPORTS
    assert {key for key, match in rows if not match} == {f"r{n}" for n in range(7, REPORTS + 1, 7)}
