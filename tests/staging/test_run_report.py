"""What a run reports: each report and each person once, with everything that is wrong with it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import psycopg

from certify_intacct.staging.database import Database
from certify_intacct.staging.run_report import run_report

DAY = date(2026, 3, 2)

STATEMENTS = (
    """
    INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version)
    SELECT 'd', 'r' || n, 'manual', 'expense', '2026-03-02', '2026-03-02', false, 'x', '1' FROM generate_series(1, 2) n
    """,
    "INSERT INTO ops.extract SELECT n, 'certify_expenses', n, 1, 1, 0, now() FROM generate_series(1, 2) n",
    """
    INSERT INTO staging.certify_expense (load_id, id, report_id, raw)
    SELECT n, 'l-' || m, CASE WHEN m < 4 THEN 'r-1' END, '{}' FROM generate_series(1, 2) n, generate_series(1, 4) m
    """,
    """
    INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason)
    VALUES (1, 'certify_expenses', 'l-1', 'taxi', 'third_decimal', 'x'), (2, 'certify_expenses', 'l-1', 'taxi', 'third_decimal', 'x'),
           (2, 'certify_expenses', 'l-2', 'inn', 'third_decimal', 'x'),
           (2, 'certify_expense_reports', 'r-1', 'r', 'header_adds_up', 'x'),
           (2, 'certify_expenses', 'l-4', 'nobody', 'report_missing', 'x'), (2, 'intacct_vendors', '9', 'V9', 'code_unique', 'x'),
           (2, 'intacct_employees', '7', 'E7 Ana', 'email_present', 'x')
    """,
    """
    INSERT INTO plan.change (load_id, position, subject, action, key, source_key, before, after, reason, rule, cure, billed_calls)
    VALUES (2, 1, 'report', 'hold', 'r-1', '', '{}', '{}', 'x', 'quarantined', '', 0),
           (2, 2, 'report', 'hold', 'r-2', '', '{}', '{}', 'x', 'tax', '', 0),
           (2, 3, 'report', 'hold', 'r-2', '', '{}', '{}', 'x', 'personal', '', 0),
           (2, 4, 'user', 'hold', 'E7', 'employee/7', '{}', '{}', 'x', 'quarantined', '', 0)
    """,
    """
    INSERT INTO ledger.open_item (certify_company, report_id, part, state, rule, source_hash, load_id)
    VALUES ('sandbox', 'r-1', '', 'quarantined', 'quarantined', 'h', 2), ('sandbox', 'r-2', 'p', 'held', 'tax', 'h', 2),
           ('sandbox', 'r-2', 'q', 'held', 'personal', 'h', 2), ('another', 'r-3', '', 'held', 'tax', 'h', 1)
    """,
)


def test_a_report_and_a_person_count_once_however_much_is_wrong(database):
    with psycopg.connect(database.owner_url) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
    with Database(database.loader_url).connection() as connection:
        report = run_report(connection, "sandbox", 2, DAY, ZoneInfo("UTC"))
    assert {item["of"] for item in report.waiting} == {
        "report r-1", "report r-2", "user E7", "certify_expenses l-4", "intacct_vendors 9",
    }  # fmt: skip
    assert (report.reports, report.others, len(report.waiting)) == (2, 3, 10)
    # The taxi of report r-1 was named by the load before; the rest of what is wrong with it is new.
    assert {item["what"] for item in report.waiting} - {item["what"] for item in report.news} == {
        "certify_expenses taxi"
    }
    assert report.new == 5
