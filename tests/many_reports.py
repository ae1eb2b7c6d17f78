"""Thousands of staged reports, and what a step of a run takes over them in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

LINES = 10
_ROOT = Path(__file__).parents[1]


def stage(company: Any, load_id: int, reports: int, *, lines: int = LINES) -> None:
    """Stages reports of so many lines each, as an extraction of ``expense_company`` would: every second one is paid with a card.

    Every 50th names an employee whom Intacct does not know, every 70th hands in a charge of the report before it again.
    """
    with psycopg.connect(company.database.owner_url) as connection:
        values = {"load": load_id, "reports": reports, "lines": lines}
        connection.execute(
            """
            INSERT INTO staging.certify_expense_report (load_id, id, employee_id, first_name, last_name, name, currency, total_amount,
                reim_amount, non_reim_amount, submitted_date, processed, processed_date, approval_code, status, emp_gld1_code, raw)
            SELECT l.load_id, 'r' || lpad(n::text, 8, '0'), CASE WHEN n %% 50 = 0 THEN 'E-' || n ELSE 'E-1007' END, 'Ana', 'Ruiz',
                'Trip ' || n, 'USD', 10 * %(lines)s, CASE WHEN n %% 2 = 0 THEN 0 ELSE 10 * %(lines)s END,
                CASE WHEN n %% 2 = 0 THEN 10 * %(lines)s ELSE 0 END, l.period_start, true, l.period_start, 'A' || n, 'Processed',
                '100', jsonb_build_object('ID', n, 'Note', repeat('x', 200))
            FROM generate_series(1, %(reports)s) n, ops.load l WHERE l.load_id = %(load)s
            """,
            values,
        )
        connection.execute(
            """
            INSERT INTO staging.certify_expense (load_id, id, report_id, employee_id, email, department_code, department_name,
                category, category_gl_code, amount, reim_amount, reimbursable, currency, expense_date, posting_date, processed_date,
                vendor, reason, card_name, card_last, card_transaction_id, status, raw)
            SELECT l.load_id, 'e' || n || '-' || m, 'r' || lpad(n::text, 8, '0'), 'E-1007', 'a.ruiz@example.com', '30', 'Sales',
                'Hotel', '6220', 10, CASE WHEN n %% 2 = 0 THEN 0 ELSE 10 END, n %% 2 = 1, 'USD', l.period_start - 5,
                l.period_start - 4,
                l.period_start, 'Hotel ' || m, 'Client visit ' || n || repeat(' and more', 10),
                CASE WHEN n %% 2 = 0 THEN 'Corporate Visa' END, CASE WHEN n %% 2 = 0 THEN '4821' END,
                CASE WHEN n %% 2 = 0 THEN 'T-' || CASE WHEN n %% 70 = 0 THEN n - 2 ELSE n END || '-' || m END, 'Processed',
                jsonb_build_object('ID', n, 'Note', repeat('x', 200))
            FROM generate_series(1, %(reports)s) n, generate_series(1, %(lines)s) m, ops.load l WHERE l.load_id = %(load)s
            """,
            values,
        )
        connection.execute(
            """
            INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, observed_at)
            SELECT %(load)s, s.stream, %(load)s, s.n * %(reports)s, 1, now()
            FROM (VALUES ('certify_expense_reports', 1), ('certify_expenses', %(lines)s)) s (stream, n)
            ON CONFLICT (load_id, stream) DO UPDATE SET row_count = EXCLUDED.row_count
            """,
            values,
        )


def peak(step: str, load_id: int) -> dict[str, float]:
    """What a step of ``expense_sync`` takes over a load in a process of its own: ``megabytes`` at most, and ``seconds`` of its CPU."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, step, str(load_id)],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT / "plugins"), str(_ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _main(step: str, load_id: str) -> None:
    from certify_intacct.operators.plan_expenses import IntacctPlanOperator
    from certify_intacct.operators.validate import ValidateStagingOperator

    operator: Any = (
        IntacctPlanOperator(task_id="plan", load_id=load_id)
        if step == "plan"
        else ValidateStagingOperator(task_id="validate", load_id=load_id, direction="expense")
    )
    done = operator.execute({})
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"megabytes": used.ru_maxrss / 1024, "seconds": used.ru_utime + used.ru_stime, **done}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
