"""Runs of the past, as the manifest and the ledger have them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

_NUMBERS = itertools.count(1)


def earlier_run(
    owner_url: str,
    day: date,
    totals: Iterable[str],
    *,
    days: int = 1,
    currency: str = "USD",
    state: str = "loaded",
    entities: Sequence[str] = (),
    document: str = "accepted",
    approved_by: str = "",
    at: time = time(12),
) -> int:
    """Adds a run that sent a document of each total on ``day``, and returns its load."""
    with psycopg.connect(owner_url) as connection:
        load = _load(connection, day, days, state, entities)
        if approved_by:
            connection.execute(
                """
                INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, reasons, run_id, decided_at)
                VALUES (%s, '', 'approved', 'kim', '', 'earlier', now())
                """,
                [load],
            )
        for total in totals:
            number = f"EARLIER{next(_NUMBERS)}"
            values = {"load": load, "number": number, "currency": currency, "total": total, "day": day, "state": document,
                      "approved": approved_by, "sent": datetime.combine(day, at, ZoneInfo("Europe/Berlin"))}  # fmt: skip
            connection.execute(
                """
                INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, source_hash, content,
                    load_id)
                VALUES ('sandbox', %(number)s, 1, %(number)s, '', '', '', '{}', %(load)s)
                """,
                values,
            )
            connection.execute(
                """
                INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind,
                    payer, entity, session_entity, currency, total, line_count, payee_id, posting_date, state, revision, control_id,
                    canonical, sha256, request, config_hash, load_id, content, last_sent_at, approved_by)
                VALUES ('sandbox', 'SANDBOX', %(number)s, 1, 1, %(number)s, %(number)s, 'ap_bill', 'employee', '100', '', %(currency)s,
                    %(total)s, 1, 'E-1', %(day)s, 'sending', 1, %(number)s, '', '', '', '', %(load)s, '{}', %(sent)s, %(approved)s)
                """,
                values,
            )
            if document != "sending":
                connection.execute("UPDATE ledger.document SET state = %(state)s WHERE number = %(number)s", values)
    return load


def planned_run(owner_url: str, day: date, totals: Iterable[str], *, days: int = 1, currency: str = "USD") -> int:
    """Adds a run that planned a document of each total, and returns its load."""
    with psycopg.connect(owner_url) as connection:
        load = _load(connection, day, days, "planned", ())
        connection.execute(
            """
            INSERT INTO plan.report (load_id, report_id, token, label, source_hash, content) VALUES (%s, 'R', 'T', '', '', '{}')
            """,
            [load],
        )
        connection.cursor().executemany(
            """
            INSERT INTO plan.document (load_id, report_id, number, sequence, ordinal, kind, entity, session_entity, currency, total,
                line_count, payee_id, posting_date, revision, canonical, sha256, config_hash)
            VALUES (%s, 'R', %s, 1, %s, 'ap_bill', '100', '', %s, %s, 1, 'E-1', %s, 1, '', '', '')
            """,
            [(load, f"D{ordinal}", ordinal, currency, total, day) for ordinal, total in enumerate(totals, start=1)],
        )
    return load


def _load(connection: Any, day: date, days: int, state: str, entities: Sequence[str]) -> int:
    row = connection.execute(
        """
        INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, entities, config_hash,
            code_version, state)
        VALUES ('expense_sync', 'earlier', 'scheduled', 'expense', %s, %s, false, %s, '', '', %s) RETURNING load_id
        """,
        [day, day + timedelta(days=days - 1), list(entities), state],
    ).fetchone()
    return int(row[0])
